// Agencies, access keys, and what waits for a second signature.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/services.h"
#include "api/wire.h"
#include "crypto/enrolment.h"
#include "crypto/strict_json.h"

namespace api {
namespace {

using crypto::AccessKeyRecord;
using crypto::AgencyRecord;
using crypto::Id;
using crypto::ObjectReader;
using crypto::Statement;
using nlohmann::json;

Outcome<Reply> registered(const vault::Result<vault::Registered>& result) {
  if (!result) return refuse(result.error());
  json body{{"id", result->id.text()}};
  if (result->order.is_nil()) return json_reply(201, body);
  body["order"] = result->order.text();
  return json_reply(202, body);
}

Outcome<Statement> parse_statement(const std::string& note) {
  auto statement = Statement::parse(note);
  if (!statement) return refuse("bad-request");
  return std::move(*statement);
}

// Signed with the key that the caller lent.
Outcome<Statement> signed_by(Incoming& in, const Statement& statement) {
  return parse_statement(in.session->keys(in.actor).ring().sign(statement));
}

Outcome<AccessKeyRecord> record_for(const std::string& enrolment, const Id& agency,
                                    std::string role) {
  const auto person = crypto::Enrolment::open(enrolment);
  if (!person) return refuse("untrusted");
  return AccessKeyRecord{person->key,     agency,         std::move(role), person->recipient,
                         person->signing, person->person, person->digest};
}

Outcome<Reply> list_agencies(Services& services, Incoming& in) {
  const auto agencies = services.vault.directory().agencies();
  if (!agencies) return refuse(agencies.error());
  json items = json::array();
  for (const AgencyRecord& agency : *agencies) {
    json item{{"id", agency.agency.text()},
              {"code", agency.code},
              {"name", agency.name},
              {"custodian", agency.custodian.key.text()},
              {"generation", 0}};
    const auto node = services.vault.graph().node(in.actor, agency.agency, 0);
    if (!node && node.error() != vault::Errc::not_found) return refuse(node.error());
    if (node) {
      item["generation"] = node->record.generation;
      item["recipient"] = node->record.recipient.text();
    }
    items.push_back(std::move(item));
  }
  return json_reply(200, {{"items", std::move(items)}});
}

Outcome<Reply> add_agency(Services& services, Incoming& in) {
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  const std::string enrolment = reader.lines("enrolment");
  Outcome<Statement> statement = refuse("bad-request");
  if (in.opened()) {
    AgencyRecord agency{Id::make(services.clock()), reader.text("code"), reader.text("name"), {}};
    if (!reader.complete()) return refuse("bad-request");
    const auto custodian = record_for(enrolment, agency.agency, "KUSTODIAN");
    if (!custodian) return tl::unexpected(custodian.error());
    agency.custodian = *custodian;
    statement = signed_by(in, crypto::to_statement(agency));
  } else {
    const std::string note = reader.lines("statement");
    if (!reader.complete()) return refuse("bad-request");
    statement = parse_statement(note);
  }
  if (!statement) return tl::unexpected(statement.error());
  return registered(services.vault.directory().add_agency(in.actor, *statement, enrolment));
}

// `agency` nil: a key of no agency.
Outcome<Reply> add_key(Services& services, Incoming& in, const Id& agency) {
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  const std::string enrolment = reader.lines("enrolment");
  Outcome<Statement> statement = refuse("bad-request");
  if (in.opened()) {
    std::string role = reader.text("role");
    if (!reader.complete()) return refuse("bad-request");
    const auto record = record_for(enrolment, agency, std::move(role));
    if (!record) return tl::unexpected(record.error());
    statement = signed_by(in, crypto::to_statement(*record));
  } else {
    const std::string note = reader.lines("statement");
    if (!reader.complete()) return refuse("bad-request");
    statement = parse_statement(note);
    if (!statement) return tl::unexpected(statement.error());
    const auto record = crypto::record_of<AccessKeyRecord>(*statement);
    if (!record || record->agency != agency) return refuse("invalid");
  }
  if (!statement) return tl::unexpected(statement.error());
  return registered(services.vault.directory().add_access_key(in.actor, *statement, enrolment));
}

Outcome<Reply> add_agency_key(Services& services, Incoming& in) {
  const auto agency = in.id("agency");
  if (!agency) return tl::unexpected(agency.error());
  const auto known = services.vault.directory().agency(*agency);
  if (!known) return refuse(known.error());
  return add_key(services, in, *agency);
}

Outcome<Reply> list_keys(Services& services, Incoming& in) {
  const auto agency = in.id("agency");
  if (!agency) return tl::unexpected(agency.error());
  const bool sees_all = services.policy.grants(in.actor.role, "admin") ||
                        services.policy.scope(in.actor.role, "audit_read") == "all";
  if (in.actor.agency != *agency && !sees_all) return refuse("not-found");
  const auto known = services.vault.directory().agency(*agency);
  if (!known) return refuse(known.error());
  const auto keys = services.vault.directory().keys_of(*agency);
  if (!keys) return refuse(keys.error());
  json items = json::array();
  for (const AccessKeyRecord& key : *keys) items.push_back(wire::of(key));
  return json_reply(200, {{"items", std::move(items)}});
}

Outcome<Reply> show_key(Services& services, Incoming& in) {
  const auto key = in.id("key");
  if (!key) return tl::unexpected(key.error());
  const auto record = services.vault.directory().access_key(*key);
  if (!record) return refuse(record.error());
  const auto note = services.vault.directory().access_key_note(*key);
  if (!note) return refuse(note.error());
  return json_reply(200,
                    {{"record", wire::of(*record)},
                     {"note", *note},
                     {"fingerprint", crypto::fingerprint(record->recipient, record->signing)}});
}

Outcome<Reply> list_orders(Services& services, Incoming& in) {
  const auto waiting = services.vault.rotations().waiting(in.actor);
  if (!waiting) return refuse(waiting.error());
  json items = json::array();
  for (const vault::Waiting& one : *waiting) {
    json item{{"kind", one.kind}, {"id", one.id.text()}, {"created", vault::to_text(one.created)}};
    if (!one.node.is_nil()) item["node"] = one.node.text();
    if (!one.note.empty()) item["note"] = one.note;
    items.push_back(std::move(item));
  }
  return json_reply(200, {{"items", std::move(items)}});
}

// The caller's signature under the statement that waits.
Outcome<Statement> sign_waiting(Services& services, Incoming& in, const Id& order) {
  const auto waiting = services.vault.rotations().waiting(in.actor);
  if (!waiting) return refuse(waiting.error());
  const auto found = std::find_if(waiting->begin(), waiting->end(), [&](const auto& one) {
    return one.kind == "approve" && one.id == order;
  });
  if (found == waiting->end()) return refuse("not-found");
  const auto statement = Statement::parse(found->note);
  if (!statement) return refuse("internal");
  return signed_by(in, *statement);
}

Outcome<Reply> sign_order(Services& services, Incoming& in) {
  const auto order = in.id("order");
  if (!order) return tl::unexpected(order.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  const std::string note = in.opened() ? std::string() : reader.lines("statement");
  if (!reader.complete()) return refuse("bad-request");
  const auto statement = in.opened() ? sign_waiting(services, in, *order) : parse_statement(note);
  if (!statement) return tl::unexpected(statement.error());
  auto reply = registered(services.vault.directory().sign(in.actor, *order, *statement));
  if (reply && reply->status == 201) reply->status = 200;
  return reply;
}

}  // namespace

void register_directory_routes(Router& router, Services& services) {
  const auto add = routes_into(router, services);
  add("GET", "/v1/agencies", kNoBody, list_agencies);
  add("POST", "/v1/agencies", kJsonBody, add_agency);
  add("GET", "/v1/agencies/{agency}/access-keys", kNoBody, list_keys);
  add("POST", "/v1/agencies/{agency}/access-keys", kJsonBody, add_agency_key);
  add("POST", "/v1/access-keys", kJsonBody,
      [](Services& rooms, Incoming& in) { return add_key(rooms, in, Id{}); });
  add("GET", "/v1/access-keys/{key}", kNoBody, show_key);
  add("GET", "/v1/orders", kNoBody, list_orders);
  add("POST", "/v1/orders/{order}/signatures", kJsonBody, sign_order);
}

}  // namespace api
