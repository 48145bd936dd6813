// Deposits: plain bytes in an opened session, sealed ones in two steps in a sealed session.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/document_room.h"
#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/wire.h"
#include "crypto/encoding.h"
#include "crypto/strict_json.h"

namespace api {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using nlohmann::json;

constexpr std::string_view kAgeFile = "application/vnd.age";
constexpr std::string_view kUnknownType = "application/octet-stream";
constexpr std::string_view kUntitled = "-";

std::string_view name_of(vault::Readers readers) {
  switch (readers) {
    case vault::Readers::case_holders:
      return "case";
    case vault::Readers::authors:
      return "agency";
    case vault::Readers::author:
      return "depositor";
  }
  return "depositor";
}

// Where a new version goes, and the digest of the manifest that it stands on.
struct Target : vault::DepositPlace {
  std::optional<crypto::Digest> previous;
};

// The class a label has when none is named: the least that type and case allow.
std::string least_class(const vault::Policy& policy, const std::string& type,
                        const std::string& category) {
  const auto* doctype = policy.doctype(type);
  const auto* row = policy.category(category);
  if (doctype == nullptr || row == nullptr) return {};
  return std::max(doctype->at("class"), row->at("min_class"));
}

Outcome<parse::UploadMetadata> metadata_of(const Call& call) {
  const auto field = call.headers.one("upload-metadata");
  if (!field) return refuse("bad-request");
  return parse::upload_metadata(*field);
}

// Refused here, before a byte is taken, what the vault would refuse of it.
Outcome<crypto::Label> label_of(DocumentRoom& room, const Incoming& in, const Target& target,
                                const parse::UploadMetadata& metadata) {
  auto& vault = room.services.vault;
  const auto view = vault.cases().get(in.actor, target.case_id);
  if (!view) return refuse(view.error());
  if (!metadata.type) return refuse("bad-request");
  crypto::Label label{*metadata.type, metadata.classification.value_or(""), metadata.minor};
  if (label.classification.empty()) {
    label.classification = least_class(room.services.policy, label.type, view->record.category);
  }
  const auto may = vault.documents().check_deposit(in.actor, target, label);
  if (!may) return refuse(may.error());
  return label;
}

// Who this type is sealed to, as they are now. The case is made fresh in any case: its generation
// stands in the manifest.
Outcome<std::vector<Holder>> holders_of(LentKeys& keys, const Incoming& in, vault::Readers readers,
                                        const crypto::NodeState& state) {
  if (readers == vault::Readers::author) {
    return std::vector<Holder>{
        {HolderKind::access_key, in.actor.key, 0, keys.ring().identity().recipient()}};
  }
  if (readers == vault::Readers::case_holders) {
    return std::vector<Holder>{
        {HolderKind::node, state.record.node, state.record.generation, state.record.recipient}};
  }
  const auto agency = keys.port().node(in.actor.agency, 0);
  if (!agency) return tl::unexpected(agency.error());
  return std::vector<Holder>{
      {HolderKind::node, in.actor.agency, agency->record.generation, agency->record.recipient}};
}

crypto::Manifest manifest_of(const Target& target, const crypto::Label& label,
                             const parse::UploadMetadata& metadata, const TakenPayload& taken,
                             vault::Time now) {
  crypto::Manifest manifest;
  manifest.document = target.document;
  manifest.version = target.version;
  manifest.case_id = target.case_id;
  manifest.file_name = metadata.filename.value_or(std::string(kUntitled));
  manifest.title = metadata.title.value_or(manifest.file_name);
  manifest.media_type = metadata.filetype.value_or(std::string(kUnknownType));
  manifest.size = taken.plain_size;
  manifest.sha256 = taken.sha256;
  manifest.salt = crypto::random_block<32>();
  manifest.label = label;
  manifest.created = now;
  manifest.payload_nonce = taken.nonce;
  manifest.payload_root = taken.stored.payload_root;
  manifest.previous = target.previous;
  return manifest;
}

Reply deposited(const Target& target, std::uint64_t entry, json body) {
  body["id"] = target.document.text();
  body["version"] = target.version;
  body["entry"] = entry;
  Reply reply = json_reply(201, body);
  reply.headers.set("location", "/v1/documents/" + target.document.text());
  reply.headers.set("etag", entity_tag(target.document, target.version));
  return reply;
}

// Seals the envelope for the case as it is now and names the payload by its record.
Outcome<vault::Committed> commit_plain(DocumentRoom& room, Incoming& in, crypto::Manifest manifest,
                                       const crypto::FileKey& key, vault::StoredPayload& payload) {
  const auto readers = vault::readers_of(room.services.policy, manifest.label.type);
  if (!readers) return refuse("invalid");
  LentKeys keys = in.session->keys(in.actor);
  const auto state = keys.ring().fresh(manifest.case_id);
  if (!state) return tl::unexpected(state.error());
  const auto holders = holders_of(keys, in, *readers, *state);
  if (!holders) return tl::unexpected(holders.error());
  manifest.generation = state->record.generation;
  Envelope envelope = make_envelope(keys.ring(), manifest, key, *holders);

  vault::Deposit deposit{manifest.document,        manifest.version,
                         manifest.case_id,         manifest.generation,
                         manifest.label,           std::move(envelope.manifest),
                         envelope.manifest_digest, std::move(envelope.headers),
                         manifest.content_digest()};
  auto committed = room.services.vault.documents().deposit(in.actor, deposit, payload);
  if (!committed) return refuse(committed.error());
  return std::move(*committed);
}

Outcome<Reply> deposit_plain(DocumentRoom& room, Incoming& in, const Target& target) {
  const auto metadata = metadata_of(in.call);
  if (!metadata) return tl::unexpected(metadata.error());
  const auto label = label_of(room, in, target, *metadata);
  if (!label) return tl::unexpected(label.error());
  std::optional<crypto::Digest> declared;
  if (const auto field = in.call.headers.one("repr-digest")) {
    const auto digest = parse::repr_digest(*field);
    if (!digest) return tl::unexpected(digest.error());
    declared = *digest;
  }

  const auto key = crypto::FileKey::random();
  auto taken = take_plain(room.services.vault.documents(), *in.call.body, key);
  if (!taken) return tl::unexpected(taken.error());
  if (declared && *declared != taken->sha256) return refuse("digest-mismatch");
  const auto manifest = manifest_of(target, *label, *metadata, *taken, room.services.clock());
  const auto committed = commit_plain(room, in, manifest, key, taken->stored);
  if (!committed) return tl::unexpected(committed.error());
  Reply reply = deposited(target, committed->index, {{"sha256", crypto::to_hex(taken->sha256)}});
  reply.headers.set("repr-digest", parse::to_repr_digest(taken->sha256));
  return reply;
}

// The first step of a sealed deposit: its bytes. What it is called and for whom comes with the
// manifest.
Outcome<Reply> deposit_sealed(DocumentRoom& room, Incoming& in, const Target& target) {
  const auto metadata = metadata_of(in.call);
  if (!metadata) return tl::unexpected(metadata.error());
  // Words would be read here by a service that must not know them.
  if (metadata->title || metadata->filename || metadata->filetype) return refuse("bad-request");
  const auto label = label_of(room, in, target, *metadata);
  if (!label) return tl::unexpected(label.error());
  auto taken = take_sealed(room.services.vault.documents(), *in.call.body);
  if (!taken) return tl::unexpected(taken.error());

  const json body{{"id", target.document.text()},
                  {"version", target.version},
                  {"label", wire::of(*label)},
                  {"readers", name_of(*vault::readers_of(room.services.policy, label->type))},
                  {"payload_root", crypto::base64(taken->stored.payload_root)},
                  {"sealed_size", taken->stored.size}};
  const auto waits =
      room.pending.put(target.document, {in.actor.key, target, *label, std::move(*taken), 0});
  if (!waits) return tl::unexpected(waits.error());
  return json_reply(202, body);
}

Outcome<Reply> take_deposit(DocumentRoom& room, Incoming& in, Target target) {
  const auto type = in.call.headers.one("content-type");
  const bool sealed = type && parse::media_type(*type) == kAgeFile;
  // The bytes of a sealed session are sealed by its owner; plain ones would be read on the way.
  if (!in.opened() && !sealed) return refuse("unsupported-media-type");
  if (in.opened()) return deposit_plain(room, in, target);
  if (target.document.is_nil()) {
    const auto id = parse::id(in.call.headers.one("segel-document").value_or(""));
    if (!id) return tl::unexpected(id.error());
    target.document = *id;
  }
  return deposit_sealed(room, in, target);
}

Outcome<Reply> deposit(DocumentRoom& room, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const Id drawn = in.opened() ? Id::make(room.services.clock()) : Id{};
  return take_deposit(room, in, {{*case_id, drawn, 1}, std::nullopt});
}

Outcome<Reply> deposit_version(DocumentRoom& room, Incoming& in) {
  const auto document = in.id("document");
  if (!document) return tl::unexpected(document.error());
  const auto view = room.services.vault.documents().view(in.actor, *document, 0);
  if (!view) return refuse(view.error());
  const auto field = in.call.headers.one("if-match");
  if (!field) return refuse("precondition-failed");
  const auto tags = parse::entity_tags(*field);
  if (!tags) return tl::unexpected(tags.error());
  const vault::VersionRecord& latest = view->record;
  const std::string now = document->text() + '.' + std::to_string(latest.version);
  if (!tags->any && !tags->has_strong(now)) return refuse("precondition-failed");
  return take_deposit(room, in,
                      {{latest.case_id, *document, latest.version + 1}, latest.manifest_digest});
}

Outcome<vault::Deposit> read_manifest_body(Incoming& in, const Id& document) {
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  crypto::ObjectReader reader(*body);
  vault::Deposit deposit;
  deposit.document = document;
  deposit.version = reader.number("version");
  deposit.case_id = reader.id("case");
  deposit.generation = reader.number("generation");
  const auto label = wire::read<crypto::Label>(reader.object("label"));
  deposit.manifest = reader.base64("manifest");
  deposit.manifest_digest = reader.block<32>("manifest_digest");
  deposit.content = reader.block<32>("content");
  auto headers = wire::read_list<crypto::HeaderSubmission>(reader.array("headers"));
  if (!reader.complete() || !label || !headers) return refuse("bad-request");
  deposit.label = *label;
  deposit.headers = std::move(*headers);
  return deposit;
}

// The second step: headers and signed manifest. What waits is kept when this fails, to be tried
// again.
Outcome<Reply> commit_manifest(DocumentRoom& room, Incoming& in) {
  const auto document = in.id("document");
  if (!document) return tl::unexpected(document.error());
  const auto deposit = read_manifest_body(in, *document);
  if (!deposit) return tl::unexpected(deposit.error());
  auto pending = room.pending.take(*document, in.actor.key);
  if (!pending) return refuse("not-found");
  const vault::DepositPlace& place = pending->place;
  if (place.case_id != deposit->case_id || place.version != deposit->version ||
      pending->label != deposit->label) {
    room.pending.restore(*document, std::move(*pending));
    return refuse("invalid");
  }
  const auto committed =
      room.services.vault.documents().deposit(in.actor, *deposit, pending->payload.stored);
  if (!committed) {
    room.pending.restore(*document, std::move(*pending));
    return refuse(committed.error());
  }
  return deposited({pending->place, std::nullopt}, committed->index, json::object());
}

}  // namespace

void register_deposit_routes(Router& router, const std::shared_ptr<DocumentRoom>& room) {
  const auto add = [&](const char* method, const char* route, std::uint64_t body, auto function) {
    router.add(method, route, body, [room, function](Incoming& in) { return function(*room, in); });
  };
  add("POST", "/v1/cases/{case}/documents", kDocumentBody, deposit);
  add("PUT", "/v1/documents/{document}/content", kDocumentBody, deposit_version);
  add("PUT", "/v1/documents/{document}/manifest", kJsonBody, commit_manifest);
}

}  // namespace api
