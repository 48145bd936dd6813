#include "api/wire.h"

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/strict_json.h"

namespace api::wire {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using crypto::ObjectReader;

Holder read_holder(const json& value, ObjectReader& outer) {
  ObjectReader in(value);
  Holder holder;
  const std::string kind = in.text("kind");
  holder.kind = kind == "node" ? HolderKind::node : HolderKind::access_key;
  holder.id = in.id("id");
  holder.generation = in.number("generation");
  if (in.has("recipient")) holder.recipient = in.recipient("recipient");
  if (!in.complete() || (kind != "node" && kind != "access-key")) outer.refuse();
  return holder;
}

std::vector<Holder> read_holders(ObjectReader& in, std::string_view name) {
  std::vector<Holder> holders;
  for (const json& one : in.array(name)) holders.push_back(read_holder(one, in));
  return holders;
}

json list_of(const std::vector<Holder>& holders) {
  json list = json::array();
  for (const Holder& holder : holders) list.push_back(of(holder));
  return list;
}

// What the notes say: the record, its digest and every holder.
bool fill_from_notes(crypto::NodeState& state) {
  const auto statement = crypto::Statement::parse(state.note);
  if (!statement) return false;
  const auto record = crypto::record_of<crypto::GenerationRecord>(*statement);
  if (!record) return false;
  state.record = *record;
  state.digest = statement->digest();
  state.holders = record->holders;
  for (const std::string& note : state.holder_notes) {
    const auto added = crypto::Statement::parse(note);
    if (!added) return false;
    const auto holder = crypto::record_of<crypto::HolderRecord>(*added);
    if (!holder || holder->node != record->node || holder->generation != record->generation) {
      return false;
    }
    state.holders.push_back(holder->holder);
  }
  return state.successors.size() == state.holders.size();
}

}  // namespace

json of(const Holder& holder) {
  json out{{"kind", holder.kind == HolderKind::node ? "node" : "access-key"},
           {"id", holder.id.text()},
           {"generation", holder.generation}};
  if (holder.recipient != crypto::Recipient{}) out["recipient"] = holder.recipient.text();
  return out;
}

json of(const crypto::NodeState& state) {
  return {{"note", state.note},
          {"holder_notes", state.holder_notes},
          {"successors", list_of(state.successors)},
          {"stale", state.stale},
          {"latest", state.latest}};
}

json of(const crypto::LockboxRef& ref) {
  return {{"generation", ref.generation}, {"holder", of(ref.holder)}};
}

json of(const crypto::GenerationSubmission& submission) {
  json lockboxes = json::array();
  for (const auto& [holder, sealed] : submission.lockboxes) {
    lockboxes.push_back({{"holder", holder.text()}, {"lockbox", crypto::base64(sealed)}});
  }
  json out{{"note", submission.note}, {"lockboxes", std::move(lockboxes)}};
  if (submission.previous) out["previous"] = crypto::base64(*submission.previous);
  return out;
}

json of(const crypto::HolderSubmission& submission) {
  return {{"note", submission.note}, {"lockbox", crypto::base64(submission.lockbox)}};
}

json of(const crypto::HeaderSubmission& submission) {
  return {{"holder", of(submission.holder)},
          {"payload_header", crypto::base64(submission.payload_header)},
          {"manifest_header", crypto::base64(submission.manifest_header)}};
}

json of(const crypto::AccessKeyRecord& record) {
  return {{"key", record.key.text()},
          {"agency", record.agency.text()},
          {"role", record.role},
          {"recipient", record.recipient.text()},
          {"signing", record.signing.text()},
          {"person", crypto::base64(record.person)},
          {"enrolment", crypto::base64(record.enrolment)}};
}

json of(const RotationState& state) {
  json next = json::array();
  for (const auto& node : state.next) next.push_back(of(node));
  return {{"id", state.id.text()},      {"node", state.node.text()},
          {"from", state.from},         {"to", state.to},
          {"replaced", state.replaced}, {"documents", state.documents},
          {"complete", state.complete}, {"next", std::move(next)}};
}

json of(const crypto::Label& label) {
  return {{"type", label.type}, {"class", label.classification}, {"minor", label.minor}};
}

json of(const SealedVersion& version) {
  return {{"id", version.document.text()},
          {"version", version.version},
          {"versions", version.versions},
          {"case", version.case_id.text()},
          {"generation", version.generation},
          {"label", of(version.label)},
          {"depositor", version.depositor.text()},
          {"created", static_cast<std::uint64_t>(version.created)},
          {"sealed_size", version.size},
          {"payload_nonce", crypto::base64(version.payload_nonce)},
          {"payload_root", crypto::base64(version.payload_root)},
          {"manifest", crypto::base64(version.manifest)},
          {"header", of(version.header)}};
}

json of(const crypto::Manifest& manifest) {
  return {{"title", manifest.title},
          {"file_name", manifest.file_name},
          {"media_type", manifest.media_type},
          {"size", manifest.size},
          {"sha256", crypto::to_hex(manifest.sha256)},
          {"via", manifest.via}};
}

template <>
std::optional<crypto::NodeState> read(const json& value) {
  ObjectReader in(value);
  crypto::NodeState state;
  state.note = in.lines("note");
  for (const json& one : in.array("holder_notes")) {
    if (!one.is_string()) return std::nullopt;
    state.holder_notes.push_back(one.get<std::string>());
  }
  state.successors = read_holders(in, "successors");
  state.stale = in.flag("stale");
  state.latest = in.flag("latest");
  if (!in.complete() || !fill_from_notes(state)) return std::nullopt;
  return state;
}

template <>
std::optional<crypto::LockboxRef> read(const json& value) {
  ObjectReader in(value);
  crypto::LockboxRef ref;
  ref.generation = in.number("generation");
  ref.holder = read_holder(in.object("holder"), in);
  if (!in.complete()) return std::nullopt;
  return ref;
}

template <>
std::optional<crypto::GenerationSubmission> read(const json& value) {
  ObjectReader in(value);
  crypto::GenerationSubmission submission;
  submission.note = in.lines("note");
  for (const json& one : in.array("lockboxes")) {
    ObjectReader each(one);
    const Id holder = each.id("holder");
    submission.lockboxes.emplace_back(holder, each.base64("lockbox"));
    if (!each.complete()) return std::nullopt;
  }
  if (in.has("previous")) submission.previous = in.base64("previous");
  if (!in.complete()) return std::nullopt;
  return submission;
}

template <>
std::optional<crypto::HolderSubmission> read(const json& value) {
  ObjectReader in(value);
  crypto::HolderSubmission submission;
  submission.note = in.lines("note");
  submission.lockbox = in.base64("lockbox");
  if (!in.complete()) return std::nullopt;
  return submission;
}

template <>
std::optional<crypto::HeaderSubmission> read(const json& value) {
  ObjectReader in(value);
  crypto::HeaderSubmission submission;
  submission.holder = read_holder(in.object("holder"), in);
  submission.payload_header = in.base64("payload_header");
  submission.manifest_header = in.base64("manifest_header");
  if (!in.complete()) return std::nullopt;
  return submission;
}

template <>
std::optional<crypto::AccessKeyRecord> read(const json& value) {
  ObjectReader in(value);
  crypto::AccessKeyRecord record{in.id("key"),
                                 in.id("agency"),
                                 in.text("role"),
                                 in.recipient("recipient"),
                                 in.verify_key("signing"),
                                 in.block<32>("person"),
                                 in.block<32>("enrolment")};
  if (!in.complete()) return std::nullopt;
  return record;
}

template <>
std::optional<crypto::Label> read(const json& value) {
  ObjectReader in(value);
  crypto::Label label{in.text("type"), in.text("class"), in.flag("minor")};
  if (!in.complete()) return std::nullopt;
  return label;
}

template <typename T>
std::optional<std::vector<T>> read_list(const json& array) {
  if (!array.is_array()) return std::nullopt;
  std::vector<T> list;
  for (const json& one : array) {
    auto element = read<T>(one);
    if (!element) return std::nullopt;
    list.push_back(std::move(*element));
  }
  return list;
}

template <>
std::optional<RotationState> read(const json& value) {
  ObjectReader in(value);
  RotationState state{
      in.id("id"),           in.id("node"),          in.number("from"),   in.number("to"),
      in.number("replaced"), in.number("documents"), in.flag("complete"), {}};
  auto next = read_list<crypto::NodeState>(in.array("next"));
  if (!in.complete() || !next) return std::nullopt;
  state.next = std::move(*next);
  return state;
}

template <>
std::optional<SealedVersion> read(const json& value) {
  ObjectReader in(value);
  SealedVersion version;
  version.document = in.id("id");
  version.version = in.number("version");
  version.versions = in.number("versions");
  version.case_id = in.id("case");
  version.generation = in.number("generation");
  const auto label = read<crypto::Label>(in.object("label"));
  version.depositor = in.id("depositor");
  version.created = static_cast<std::int64_t>(in.number("created"));
  version.size = in.number("sealed_size");
  version.payload_nonce = in.block<16>("payload_nonce");
  version.payload_root = in.block<32>("payload_root");
  version.manifest = in.base64("manifest");
  auto header = read<crypto::HeaderSubmission>(in.object("header"));
  if (!in.complete() || !header || !label) return std::nullopt;
  version.label = *label;
  version.header = std::move(*header);
  return version;
}

template std::optional<std::vector<crypto::NodeState>> read_list(const json&);
template std::optional<std::vector<crypto::LockboxRef>> read_list(const json&);
template std::optional<std::vector<crypto::GenerationSubmission>> read_list(const json&);
template std::optional<std::vector<crypto::HeaderSubmission>> read_list(const json&);
template std::optional<std::vector<crypto::AccessKeyRecord>> read_list(const json&);
template std::optional<std::vector<SealedVersion>> read_list(const json&);

}  // namespace api::wire
