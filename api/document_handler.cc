// Documents as they are listed and shown; their bytes are in content_handler and deposit_handler.
#include <nlohmann/json.hpp>

#include "api/document_room.h"
#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/wire.h"
#include "vault/actions.h"

namespace api {
namespace {

using nlohmann::json;

// As it is sealed; in an opened session with what the manifest says.
Outcome<json> describe(Incoming& in, const vault::DocumentView& view) {
  json item = wire::of(sealed_version(view));
  if (!in.opened()) return item;
  const auto manifest = open_manifest_of(in, view);
  if (!manifest) return tl::unexpected(manifest.error());
  item["opened"] = wire::of(*manifest);
  return item;
}

// In a list: one that somebody sealed wrongly, or that is damaged, does not hide the others.
Outcome<json> describe_listed(Incoming& in, const vault::DocumentView& view) {
  auto item = describe(in, view);
  if (item || problem_for(item.error()).type != "damaged") return item;
  json sealed = wire::of(sealed_version(view));
  sealed["damaged"] = true;
  return sealed;
}

// Titles and file names leave with it, so that it is an entry before it is answered; a custodian's
// who is not of the team is one of its own, by which the team sees her.
Outcome<void> enter(DocumentRoom& room, vault::EntryDraft entry) {
  const auto committed = room.services.vault.committer().commit(entry);
  if (!committed) return refuse(committed.error());
  return {};
}

Outcome<void> enter_list(DocumentRoom& room, const Incoming& in, const Id& case_id,
                         vault::Place place) {
  vault::EntryDraft entry =
      in.actor.draft(place == vault::Place::custodian ? vault::action::kDocumentListUnassigned
                                                      : vault::action::kDocumentList);
  entry.case_id = case_id;
  return enter(room, std::move(entry));
}

bool matches(const parse::Query& query, const std::string& name, const std::string& value) {
  const auto wanted = query.find(name);
  return wanted == query.end() || wanted->second == value;
}

Outcome<Reply> list_documents(DocumentRoom& room, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto& query = in.call.query;
  const auto known = parse::query_names(query, {"after", "limit", "type", "class"});
  if (!known) return tl::unexpected(known.error());
  const auto after = parse::query_id(query, "after");
  if (!after) return tl::unexpected(after.error());
  const auto limit = parse::query_limit(query);
  if (!limit) return tl::unexpected(limit.error());

  const auto view = room.services.vault.cases().get(in.actor, *case_id);
  if (!view) return refuse(view.error());
  const auto page = room.services.vault.documents().list(in.actor, *case_id, *after, *limit);
  if (!page) return refuse(page.error());
  json items = json::array();
  for (const vault::DocumentView& one : page->items) {
    if (!matches(query, "type", one.record.type)) continue;
    if (!matches(query, "class", one.record.classification)) continue;
    auto item = describe_listed(in, one);
    if (!item) return tl::unexpected(item.error());
    items.push_back(std::move(*item));
  }
  const auto entered = enter_list(room, in, *case_id, view->place);
  if (!entered) return tl::unexpected(entered.error());
  json body{{"items", std::move(items)}};
  if (!page->next.is_nil()) body["next"] = page->next.text();
  return json_reply(200, body);
}

Outcome<Reply> show_document(DocumentRoom& room, Incoming& in) {
  const auto document = in.id("document");
  if (!document) return tl::unexpected(document.error());
  const auto version = parse::query_number(in.call.query, "version", 0);
  if (!version) return tl::unexpected(version.error());
  const auto view = room.services.vault.documents().view(in.actor, *document, *version);
  if (!view) return refuse(view.error());
  const auto item = describe(in, *view);
  if (!item) return tl::unexpected(item.error());
  const auto entered = enter_show(room, in, *view);
  if (!entered) return tl::unexpected(entered.error());
  Reply reply = json_reply(200, *item);
  reply.headers.set("etag", entity_tag(*document, view->record.version));
  return reply;
}

Outcome<Reply> list_versions(DocumentRoom& room, Incoming& in) {
  const auto document = in.id("document");
  if (!document) return tl::unexpected(document.error());
  const auto views = room.services.vault.documents().versions(in.actor, *document);
  if (!views) return refuse(views.error());
  json items = json::array();
  for (const vault::DocumentView& view : *views) {
    auto item = describe_listed(in, view);
    if (!item) return tl::unexpected(item.error());
    items.push_back(std::move(*item));
  }
  const auto entered = enter_show(room, in, views->back());
  if (!entered) return tl::unexpected(entered.error());
  return json_reply(200, {{"items", std::move(items)}});
}

}  // namespace

Outcome<void> enter_show(DocumentRoom& room, const Incoming& in, const vault::DocumentView& view) {
  vault::EntryDraft entry =
      in.actor.draft(view.place == vault::Place::custodian ? vault::action::kDocumentShowUnassigned
                                                           : vault::action::kDocumentShow);
  entry.case_id = view.record.case_id;
  entry.document = view.record.document;
  entry.version = view.record.version;
  return enter(room, std::move(entry));
}

SealedVersion sealed_version(const vault::DocumentView& view) {
  const vault::VersionRecord& record = view.record;
  SealedVersion version;
  version.document = record.document;
  version.version = record.version;
  version.versions = view.versions;
  version.case_id = record.case_id;
  version.generation = record.generation;
  version.label = record.label();
  version.depositor = record.depositor;
  version.created = record.created;
  version.size = record.size;
  version.payload_nonce = record.payload_nonce;
  version.payload_root = record.payload_root;
  version.manifest = record.manifest;
  version.header = {
      {static_cast<crypto::HolderKind>(view.header.kind), view.holder, view.header.generation, {}},
      view.header.payload_header,
      view.header.manifest_header};
  return version;
}

std::string entity_tag(const Id& document, std::uint64_t version) {
  return '"' + document.text() + '.' + std::to_string(version) + '"';
}

Outcome<crypto::Manifest> open_manifest_of(Incoming& in, const vault::DocumentView& view) {
  LentKeys keys = in.session->keys(in.actor);
  return open_manifest(keys.ring(), keys.port(), sealed_version(view));
}

Outcome<OpenedVersion> open_version(Incoming& in, const vault::DocumentView& view) {
  LentKeys keys = in.session->keys(in.actor);
  const SealedVersion version = sealed_version(view);
  auto manifest = open_manifest(keys.ring(), keys.port(), version);
  if (!manifest) return tl::unexpected(manifest.error());
  auto key = open_file_key(keys.ring(), version, *manifest);
  if (!key) return tl::unexpected(key.error());
  return OpenedVersion{std::move(*manifest), std::move(*key)};
}

void register_document_routes(Router& router, Services& services) {
  const auto room = std::make_shared<DocumentRoom>(services);
  services.on_tick.push_back([room] {
    room->visits.end_idle();
    room->pending.expire();
  });
  services.on_stop.push_back([room] { room->visits.end_all(); });
  services.sessions.on_end([room](const Session& session) { room->visits.end_session(session); });
  const auto add = [&](const char* method, const char* route, auto function) {
    router.add(method, route, kNoBody,
               [room, function](Incoming& in) { return function(*room, in); });
  };
  add("GET", "/v1/cases/{case}/documents", list_documents);
  add("GET", "/v1/documents/{document}", show_document);
  add("GET", "/v1/documents/{document}/versions", list_versions);
  register_deposit_routes(router, room);
  register_content_routes(router, room);
}

}  // namespace api
