// Cases, their team, and their sharing with other agencies.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/services.h"
#include "api/wire.h"
#include "crypto/strict_json.h"

namespace api {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using crypto::Id;
using crypto::ObjectReader;
using nlohmann::json;

constexpr std::string_view kDepositorRole = "PENERIMA";  // deposits, holds no lockbox

std::string_view name_of(vault::Place place) {
  switch (place) {
    case vault::Place::none:
      return "none";
    case vault::Place::depositor:
      return "depositor";
    case vault::Place::member:
      return "member";
    case vault::Place::custodian:
      return "custodian";
  }
  return "none";
}

json describe(const vault::CaseView& view) {
  const vault::CaseRecord& record = view.record;
  return {{"id", record.id.text()},
          {"code", record.code},
          {"agency", record.agency.text()},
          {"category", record.category},
          {"flags", record.flags},
          {"minor", record.minor},
          {"creator", record.creator.text()},
          {"created", vault::to_text(record.created)},
          {"place", name_of(view.place)}};
}

json describe(const vault::ShareCaseRecord& share) {
  const bool accepted = share.state == static_cast<std::uint64_t>(vault::ShareState::accepted);
  return {{"id", share.id.text()},
          {"case", share.case_id.text()},
          {"agency", share.agency.text()},
          {"by", share.by.text()},
          {"created", vault::to_text(share.created)},
          {"state", accepted ? "accepted" : "sent"}};
}

Outcome<Reply> list_cases(Services& services, Incoming& in) {
  json items = json::array();
  if (const auto typed = in.call.query.find("code"); typed != in.call.query.end()) {
    const auto code = parse::case_code(typed->second);
    if (!code) return tl::unexpected(code.error());
    const auto found = services.vault.cases().find(in.actor, *code);
    if (!found) return refuse(found.error());
    const auto view = services.vault.cases().get(in.actor, *found);
    if (!view) return refuse(view.error());
    items.push_back(describe(*view));
    return json_reply(200, {{"items", std::move(items)}});
  }
  const auto after = parse::query_id(in.call.query, "after");
  if (!after) return tl::unexpected(after.error());
  const auto limit = parse::query_limit(in.call.query);
  if (!limit) return tl::unexpected(limit.error());
  const auto views = services.vault.cases().list(in.actor, *after, *limit + 1);
  if (!views) return refuse(views.error());
  const std::size_t count = std::min(*limit, views->size());
  for (std::size_t i = 0; i < count; ++i) items.push_back(describe((*views)[i]));
  json body{{"items", std::move(items)}};
  if (views->size() > count) body["next"] = (*views)[count - 1].record.id.text();
  return json_reply(200, body);
}

// What its maker signs of a new case: its first generation, held by its agency and her, and its
// label.
struct NewCase {
  crypto::GenerationSubmission generation;
  std::string statement;
};

// Made with the keys that the caller lent.
Outcome<NewCase> draw_case(Services& services, Incoming& in, const vault::CaseLabel& label) {
  LentKeys keys = in.session->keys(in.actor);
  const auto agency = keys.port().node(in.actor.agency, 0);
  if (!agency) return refuse(agency.error().status == 404 ? "conflict" : agency.error().type);
  const std::vector<Holder> holders{
      {HolderKind::node, in.actor.agency, agency->record.generation, agency->record.recipient},
      {HolderKind::access_key, in.actor.key, 0, keys.ring().identity().recipient()}};
  const Id id = Id::make(services.clock());
  NewCase drawn;
  drawn.generation =
      keys.ring().first_generation(id, crypto::NodeKind::case_file, in.actor.agency, holders);
  drawn.statement = keys.ring().sign(crypto::to_statement(crypto::CaseLabelRecord{
      id, in.actor.agency, label.category, label.flags, label.minor, in.actor.key, in.actor.via}));
  return drawn;
}

bool read_flags(const json& list, std::vector<std::string>& flags) {
  for (const json& one : list) {
    if (!one.is_string()) return false;
    flags.push_back(one.get<std::string>());
  }
  return true;
}

Outcome<Reply> create_case(Services& services, Incoming& in) {
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  vault::CaseLabel label;
  label.category = reader.text("category");
  label.minor = reader.flag("minor");
  const bool flags_read = read_flags(reader.array("flags"), label.flags);
  Outcome<NewCase> made = NewCase{};
  bool given = true;
  if (!in.opened()) {
    auto generation = wire::read<crypto::GenerationSubmission>(reader.object("generation"));
    given = generation.has_value();
    if (given) made->generation = std::move(*generation);
    made->statement = reader.lines("statement");
  }
  if (!reader.complete() || !flags_read || !given) return refuse("bad-request");
  if (in.opened()) made = draw_case(services, in, label);
  if (!made) return tl::unexpected(made.error());
  const auto view =
      services.vault.cases().create(in.actor, label, made->statement, made->generation);
  if (!view) return refuse(view.error());
  Reply reply = json_reply(201, describe(*view));
  reply.headers.set("location", "/v1/cases/" + view->record.id.text());
  return reply;
}

Outcome<Reply> show_case(Services& services, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto view = services.vault.cases().get(in.actor, *case_id);
  if (!view) return refuse(view.error());
  return json_reply(200, describe(*view));
}

Outcome<Reply> show_team(Services& services, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto team = services.vault.cases().team(in.actor, *case_id);
  if (!team) return refuse(team.error());
  json items = json::array();
  for (const vault::MemberRecord& member : *team) {
    items.push_back({{"key", member.key.text()},
                     {"agency", member.agency.text()},
                     {"role", member.role},
                     {"by", member.by.text()},
                     {"since", vault::to_text(member.since)}});
  }
  return json_reply(200, {{"items", std::move(items)}});
}

// The lockbox for a further holder, sealed with the keys that the caller lent.
Outcome<crypto::HolderSubmission> seal_to(Incoming& in, const Id& case_id, HolderKind kind,
                                          const Id& holder) {
  LentKeys keys = in.session->keys(in.actor);
  Holder to{kind, holder, 0, {}};
  if (kind == HolderKind::access_key) {
    const auto record = keys.port().access_key(holder);
    if (!record) return tl::unexpected(record.error());
    to.recipient = record->recipient;
  } else {
    const auto node = keys.port().node(holder, 0);
    if (!node) return tl::unexpected(node.error());
    to.generation = node->record.generation;
    to.recipient = node->record.recipient;
  }
  const auto state = keys.ring().fresh(case_id);
  if (!state) return tl::unexpected(state.error());
  return keys.ring().add_holder(*state, to);
}

// A submission belongs to the case in the path, whatever else it says.
bool is_about(const crypto::HolderSubmission& submission, const Id& case_id) {
  const auto statement = crypto::Statement::parse(submission.note);
  if (!statement) return false;
  const auto record = crypto::record_of<crypto::HolderRecord>(*statement);
  return record && record->node == case_id;
}

Outcome<Reply> add_member(Services& services, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  const Id key = reader.id("key");
  std::optional<crypto::HolderSubmission> holder;
  if (!in.opened() && reader.has("holder")) {
    holder = wire::read<crypto::HolderSubmission>(reader.object("holder"));
    if (!holder) return refuse("bad-request");
  }
  if (!reader.complete()) return refuse("bad-request");
  if (in.opened()) {
    // Asked first, so that a stranger to the case learns nothing of the key.
    const auto view = services.vault.cases().get(in.actor, *case_id);
    if (!view) return refuse(view.error());
    const auto record = services.vault.directory().access_key(key);
    if (!record) return refuse(record.error());
    if (record->role != kDepositorRole) {
      auto made = seal_to(in, *case_id, HolderKind::access_key, key);
      if (!made) return tl::unexpected(made.error());
      holder = std::move(*made);
    }
  }
  if (holder && !is_about(*holder, *case_id)) return refuse("invalid");
  const auto added = services.vault.cases().add_member(in.actor, *case_id, key, holder);
  if (!added) return refuse(added.error());
  return json_reply(201, {{"entry", added->index}});
}

Outcome<Reply> show_shares(Services& services, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto shares = services.vault.cases().shares(in.actor, *case_id);
  if (!shares) return refuse(shares.error());
  json items = json::array();
  for (const auto& share : *shares) items.push_back(describe(share));
  return json_reply(200, {{"items", std::move(items)}});
}

Outcome<Reply> add_share(Services& services, Incoming& in) {
  const auto case_id = in.id("case");
  if (!case_id) return tl::unexpected(case_id.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  const Id agency = reader.id("agency");
  std::optional<crypto::HolderSubmission> holder;
  if (!in.opened()) holder = wire::read<crypto::HolderSubmission>(reader.object("holder"));
  if (!reader.complete() || (!in.opened() && !holder)) return refuse("bad-request");
  if (in.opened()) {
    auto made = seal_to(in, *case_id, HolderKind::node, agency);
    if (!made) return tl::unexpected(made.error());
    holder = std::move(*made);
  }
  if (!is_about(*holder, *case_id)) return refuse("invalid");
  const auto share = services.vault.cases().share(in.actor, *case_id, agency, *holder);
  if (!share) return refuse(share.error());
  return json_reply(201, describe(*share));
}

// The statement that a custodian who lent her key would sign: of the share as it was offered.
Outcome<std::string> sign_acceptance(Services& services, Incoming& in, const Id& share) {
  const auto offered = services.vault.cases().offered(in.actor);
  if (!offered) return refuse(offered.error());
  const auto found = std::find_if(offered->begin(), offered->end(),
                                  [&](const auto& one) { return one.id == share; });
  if (found == offered->end()) return refuse("not-found");
  const crypto::ShareRecord record{share, found->case_id, found->agency, in.actor.key,
                                   in.actor.via};
  return in.session->keys(in.actor).ring().sign(crypto::to_statement(record));
}

Outcome<Reply> accept_share(Services& services, Incoming& in) {
  const auto share = in.id("share");
  if (!share) return tl::unexpected(share.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  Outcome<std::string> note = in.opened() ? std::string() : reader.lines("statement");
  if (!reader.complete()) return refuse("bad-request");
  if (in.opened()) note = sign_acceptance(services, in, *share);
  if (!note) return tl::unexpected(note.error());
  const auto accepted = services.vault.cases().accept(in.actor, *share, *note);
  if (!accepted) return refuse(accepted.error());
  return json_reply(200, {{"entry", accepted->index}});
}

}  // namespace

void register_case_routes(Router& router, Services& services) {
  const auto add = routes_into(router, services);
  add("GET", "/v1/cases", kNoBody, list_cases);
  add("POST", "/v1/cases", kJsonBody, create_case);
  add("GET", "/v1/cases/{case}", kNoBody, show_case);
  add("GET", "/v1/cases/{case}/team", kNoBody, show_team);
  add("POST", "/v1/cases/{case}/team", kJsonBody, add_member);
  add("GET", "/v1/cases/{case}/shares", kNoBody, show_shares);
  add("POST", "/v1/cases/{case}/shares", kJsonBody, add_share);
  add("POST", "/v1/shares/{share}/acceptance", kJsonBody, accept_share);
}

}  // namespace api
