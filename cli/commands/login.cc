#include "cli/commands/login.h"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "cli/first_generation.h"
#include "cli/sealed_session.h"
#include "cli/session_facts.h"
#include "crypto/age.h"
#include "crypto/encoding.h"

namespace cli {
namespace {

using nlohmann::json;

// The token inside of a challenge. It is sealed to the key or, where the service does not know the
// key, to nobody.
Result<crypto::SecretBytes> open_challenge(const std::string& text,
                                           const crypto::Identity& identity) {
  const auto unreadable = [] {
    return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  };
  const auto sealed = crypto::from_base64(text);
  if (!sealed) return unreadable();
  const auto header = crypto::age::parse_header(*sealed);
  if (!header || header->stanzas.empty()) return unreadable();
  // A service that hands out something else as a challenge, a lockbox say, gets nothing opened.
  const auto binding = crypto::age::Binding::parse(header->stanzas[0]);
  if (!binding || binding->kind != crypto::age::Kind::challenge) return unreadable();
  auto token = crypto::age::open(*sealed, identity, *binding);
  if (!token && token.error() == crypto::Errc::no_matching_identity) {
    return refuse(Text::login_key_unknown, Text::login_key_unknown_advice);
  }
  if (!token) return unreadable();
  return std::move(*token);
}

Result<crypto::SecretBytes> answer_challenge(Remote& remote, const crypto::Identity& identity) {
  const auto challenge =
      remote.post("/v1/sessions", json{{"recipient", identity.recipient().text()}});
  if (!challenge) return tl::unexpected(challenge.error());
  return open_challenge(text_of(*challenge, "challenge"), identity);
}

// What the session is about, so that later commands need not ask.
Result<void> remember(Profile& profile, const SessionFacts& session,
                      const crypto::SecretBytes& token) {
  Settings& settings = profile.settings();
  settings.access_key = session.key.text();
  settings.agency = session.agency.is_nil() ? std::string() : session.agency.text();
  if (auto saved = profile.save(); !saved) return saved;
  return profile.save_token(token);
}

// An agency comes to life when its first custodian first logs in: she alone may make its first
// generation, and nothing can be sealed to the agency before.
Result<void> bring_agency_to_life(Context& context, Remote remote, const SessionFacts& session,
                                  const crypto::Identity& identity) {
  if (session.role != "KUSTODIAN") return {};
  const auto waiting = remote.get("/v1/orders");
  if (!waiting) return tl::unexpected(waiting.error());
  for (const json& order : items_of(*waiting)) {
    if (text_of(order, "kind") != "first-generation") continue;
    SealedSession sealed(std::move(remote), session.key, session.agency, identity);
    if (auto made = make_first_generation(sealed); !made) return made;
    context.output.note(Text::login_first_generation);
    return {};
  }
  return {};
}

Result<void> login(Context& context) {
  const auto opened = context.open_profile();
  if (!opened) return tl::unexpected(opened.error());
  Profile& profile = **opened;
  // Asked first: without a server the passphrase would be typed for nothing.
  auto remote = Remote::open(profile.settings(), context.language);
  if (!remote) return tl::unexpected(remote.error());
  const auto identity = context.open_key();
  if (!identity) return tl::unexpected(identity.error());

  auto token = answer_challenge(*remote, *identity);
  if (!token) return tl::unexpected(token.error());
  remote->use_session(token->duplicate());
  const auto session = SessionFacts::ask(*remote);
  if (!session) return tl::unexpected(session.error());
  if (auto kept = remember(profile, *session, *token); !kept) return kept;
  if (auto alive = bring_agency_to_life(context, std::move(*remote), *session, *identity); !alive) {
    return alive;
  }
  session->show(context.output, profile.settings().server);
  return {};
}

}  // namespace

void add_login(CLI::App& app, Context& context) {
  CLI::App& command = add_command(app, context, "login", Text::login_about, Text::login_examples);
  runs(command, context, [&context] { return login(context); });
}

}  // namespace cli
