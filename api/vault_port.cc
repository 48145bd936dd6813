#include "api/vault_port.h"

#include "api/problem.h"

namespace api {
namespace {

template <typename T>
Outcome<T> outcome(vault::Result<T> result) {
  if (!result) return refuse(result.error());
  return std::move(*result);
}

}  // namespace

RotationState state_of(const vault::RotationView& view) {
  const auto& record = view.record;
  return {record.id,       record.node,    record.from,     record.to,
          record.replaced, view.documents, record.complete, view.next};
}

vault::Result<vault::Committed> add_generation(vault::KeyGraph& graph, const vault::Actor& actor,
                                               const Id& node,
                                               const crypto::GenerationSubmission& submission) {
  using vault::Errc;
  const auto statement = crypto::Statement::parse(submission.note);
  if (!statement) return tl::unexpected(Errc::invalid);
  const auto record = crypto::record_of<crypto::GenerationRecord>(*statement);
  if (!record || record->node != node) return tl::unexpected(Errc::invalid);

  // A case's first generation is made with the case; alone it has no place.
  if (record->generation > 1) return graph.add_successor(actor, submission);
  if (record->kind != crypto::NodeKind::agency) return tl::unexpected(Errc::invalid);
  return graph.add_first_of_agency(actor, submission);
}

Outcome<crypto::AccessKeyRecord> VaultPort::access_key(const Id& key) {
  return outcome(vault_.directory().access_key(key));
}

Outcome<crypto::NodeState> VaultPort::node(const Id& node, std::uint64_t generation) {
  return outcome(vault_.graph().node(actor_, node, generation));
}

Outcome<std::vector<crypto::LockboxRef>> VaultPort::lockboxes(const Id& node) {
  return outcome(vault_.graph().lockboxes(actor_, node));
}

Outcome<Bytes> VaultPort::lockbox(const Id& node, std::uint64_t generation, const Id& holder) {
  return outcome(vault_.graph().lockbox(actor_, node, generation, holder));
}

Outcome<void> VaultPort::add_generation(const Id& node,
                                        const crypto::GenerationSubmission& submission) {
  const auto added = api::add_generation(vault_.graph(), actor_, node, submission);
  if (!added) return refuse(added.error());
  return {};
}

Outcome<void> VaultPort::add_previous(const Id& node, std::uint64_t generation,
                                      const Bytes& sealed) {
  const auto added = vault_.graph().add_previous(actor_, node, generation, sealed);
  if (!added) return refuse(added.error());
  return {};
}

Outcome<RotationState> VaultPort::start(const Id& node,
                                        const crypto::GenerationSubmission& submission) {
  return outcome(vault_.rotations().start(actor_, node, submission)).map(state_of);
}

Outcome<RotationState> VaultPort::batch(
    const Id& rotation, const std::vector<crypto::GenerationSubmission>& submissions) {
  return outcome(vault_.rotations().batch(actor_, rotation, submissions)).map(state_of);
}

Outcome<void> VaultPort::complete(const Id& rotation, const std::string& note) {
  const auto completed = vault_.rotations().complete(actor_, rotation, note);
  if (!completed) return refuse(completed.error());
  return {};
}

}  // namespace api
