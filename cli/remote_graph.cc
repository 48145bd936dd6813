#include "cli/remote_graph.h"

#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

using crypto::Id;
using nlohmann::json;

std::string node_path(const Id& node) { return "/v1/nodes/" + node.text(); }

// What went wrong as procedures tell it apart: the problem's type, or our own code.
std::string type_of(const Failure& failure) {
  return failure.problem.empty() ? std::string(text_name(failure.what.text())) : failure.problem;
}

json list_of(const std::vector<crypto::GenerationSubmission>& submissions) {
  json list = json::array();
  for (const auto& one : submissions) list.push_back(api::wire::of(one));
  return list;
}

}  // namespace

tl::unexpected<api::Failure> RemoteGraph::keep(const Failure& failure) {
  last_ = failure;
  return api::fail(type_of(failure), failure.status);
}

template <typename T>
api::Outcome<T> RemoteGraph::read_as(const Result<json>& answer) {
  if (!answer) return keep(answer.error());
  auto value = api::wire::read<T>(*answer);
  if (!value) return api::fail("malformed");
  return std::move(*value);
}

api::Outcome<crypto::AccessKeyRecord> RemoteGraph::access_key(const Id& key) {
  const auto answer = remote_.get("/v1/access-keys/" + key.text());
  if (!answer) return keep(answer.error());
  auto record = api::wire::read<crypto::AccessKeyRecord>(answer->value("record", json()));
  if (!record || record->key != key) return api::fail("malformed");
  return std::move(*record);
}

api::Outcome<crypto::NodeState> RemoteGraph::node(const Id& node, std::uint64_t generation) {
  return read_as<crypto::NodeState>(
      remote_.get(node_path(node) + "?generation=" + std::to_string(generation)));
}

api::Outcome<std::vector<crypto::LockboxRef>> RemoteGraph::lockboxes(const Id& node) {
  const auto answer = remote_.get(node_path(node) + "/lockboxes");
  if (!answer) return keep(answer.error());
  auto refs = api::wire::read_list<crypto::LockboxRef>(items_of(*answer));
  if (!refs) return api::fail("malformed");
  return std::move(*refs);
}

api::Outcome<crypto::Bytes> RemoteGraph::lockbox(const Id& node, std::uint64_t generation,
                                                 const Id& holder) {
  const auto answer =
      remote_.get(node_path(node) + "/lockboxes?generation=" + std::to_string(generation) +
                  "&holder=" + holder.text());
  if (!answer) return keep(answer.error());
  auto bytes = crypto::from_base64(text_of(*answer, "lockbox"));
  if (!bytes) return api::fail("malformed");
  return std::move(*bytes);
}

api::Outcome<void> RemoteGraph::add_generation(const Id& node,
                                               const crypto::GenerationSubmission& submission) {
  const auto answer = remote_.post(node_path(node) + "/generations", api::wire::of(submission));
  if (!answer) return keep(answer.error());
  return {};
}

api::Outcome<void> RemoteGraph::add_previous(const Id& node, std::uint64_t generation,
                                             const crypto::Bytes& sealed) {
  const auto answer =
      remote_.post(node_path(node) + "/lockboxes",
                   {{"generation", generation}, {"previous", crypto::base64(sealed)}});
  if (!answer) return keep(answer.error());
  return {};
}

api::Outcome<api::RotationState> RemoteGraph::start(
    const Id& node, const crypto::GenerationSubmission& submission) {
  return read_as<api::RotationState>(remote_.post(node_path(node) + "/rotations",
                                                  json{{"generation", api::wire::of(submission)}}));
}

api::Outcome<api::RotationState> RemoteGraph::batch(
    const Id& rotation, const std::vector<crypto::GenerationSubmission>& submissions) {
  return read_as<api::RotationState>(remote_.post("/v1/rotations/" + rotation.text() + "/batches",
                                                  json{{"generations", list_of(submissions)}}));
}

api::Outcome<void> RemoteGraph::complete(const Id& rotation, const std::string& note) {
  const auto answer =
      remote_.post("/v1/rotations/" + rotation.text() + "/batches", json{{"statement", note}});
  if (!answer) return keep(answer.error());
  return {};
}

api::Outcome<api::RotationState> RemoteGraph::rotation(const Id& rotation) {
  return read_as<api::RotationState>(remote_.get("/v1/rotations/" + rotation.text()));
}

Failure RemoteGraph::explain(const api::Failure& failure) const {
  if (last_ && type_of(*last_) == failure.type) return *last_;
  if (failure.type == "no-way") return {Text::no_way, Message(Text::no_way_advice), kFailed};
  if (failure.type == "sealed-wrong" || failure.type == "manifest-wrong") {
    return {Text::sealed_wrong, Message(Text::sealed_wrong_advice), kFailed};
  }
  return {Text::answer_unreadable, Message(Text::service_malformed_advice), kFailed};
}

}  // namespace cli
