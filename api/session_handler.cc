// Logging in and out.
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/services.h"
#include "crypto/encoding.h"

namespace api {
namespace {

using nlohmann::json;

// An agency comes to life when its first custodian first opens a session: the service, which has
// her key now, makes the agency's first generation for her.
Outcome<void> make_first_generation(Services& services, Session& session,
                                    const vault::Actor& actor) {
  if (actor.role != "KUSTODIAN") return {};
  const auto agency = services.vault.directory().agency(actor.agency);
  if (!agency) return refuse(agency.error());
  if (agency->custodian.key != actor.key) return {};
  const auto node = services.vault.graph().node(actor, actor.agency, 0);
  if (node) return {};
  if (node.error() != vault::Errc::not_found) return refuse(node.error());

  LentKeys keys = session.keys(actor);
  const crypto::Holder only{crypto::HolderKind::access_key, actor.key, 0,
                            agency->custodian.recipient};
  const auto submission =
      keys.ring().first_generation(actor.agency, crypto::NodeKind::agency, actor.agency, {only});
  auto added = keys.port().add_generation(actor.agency, submission);
  // A second session of hers may have been quicker.
  if (!added && added.error().status != 409) return added;
  return {};
}

Outcome<Reply> challenge(Services& services, std::string_view text) {
  const auto recipient = crypto::Recipient::parse(text);
  if (!recipient) return refuse("bad-request");
  const auto made = services.sessions.challenge(*recipient);
  if (!made) return tl::unexpected(made.error());
  return json_reply(
      201, {{"challenge", crypto::base64(made->file)}, {"expires", vault::to_text(made->expires)}});
}

json describe(const Services& services, const Session& session) {
  const vault::Actor& actor = session.actor();
  return {{"key", actor.key.text()},
          {"agency", actor.agency.text()},
          {"role", actor.role},
          {"via", actor.via},
          {"expires", vault::to_text(services.sessions.expires(session))},
          {"idle_seconds", services.sessions.options().idle / 1000}};
}

Outcome<Reply> open(Services& services, Call& call, std::string_view text) {
  const auto identity = crypto::Identity::parse(text);
  if (!identity) return refuse("bad-request");
  auto opened = services.sessions.open(*identity, call);
  if (!opened) return tl::unexpected(opened.error());
  Session& session = *opened->use;
  const auto made = make_first_generation(services, session, session.actor(call));
  if (!made) {
    services.sessions.end(session, call);
    return tl::unexpected(made.error());
  }
  json body = describe(services, session);
  body["token"] = opened->token;
  return json_reply(201, body);
}

// The body may hold a private key: it is never anywhere but in the locked arena.
Outcome<Reply> begin(Services& services, Call& call) {
  const auto body = read_secret(call, kSecretBody);
  if (!body) return tl::unexpected(body.error());
  const auto member = parse::only_member(body->expose_text());
  if (!member) return refuse("bad-request");
  if (member->name == "recipient") return challenge(services, member->value);
  if (member->name == "identity") return open(services, call, member->value);
  return refuse("bad-request");
}

}  // namespace

void register_session_routes(Router& router, Services& services) {
  router.add("POST", "/v1/sessions", kSecretBody,
             [&](Incoming& in) { return begin(services, in.call); });
  router.add("DELETE", "/v1/sessions", kNoBody, [&](Incoming& in) -> Outcome<Reply> {
    services.sessions.end_all_of(in.actor.key, in.call);
    return empty_reply(204);
  });
  router.add("GET", "/v1/session", kNoBody, [&](Incoming& in) -> Outcome<Reply> {
    return json_reply(200, describe(services, *in.session));
  });
  router.add("DELETE", "/v1/session", kNoBody, [&](Incoming& in) -> Outcome<Reply> {
    services.sessions.end(*in.session, in.call);
    return empty_reply(204);
  });
}

}  // namespace api
