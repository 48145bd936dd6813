#include "cli/commands/status.h"

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "cli/orders.h"
#include "cli/session_facts.h"

namespace cli {
namespace {

std::string yes_or_no(const nlohmann::json& object, const char* name, Language language) {
  const bool is = object.value(name, nlohmann::json()) == true;
  return std::string(text_in(language, is ? Text::yes : Text::no));
}

// Who is logged in and what waits for her; nobody, when there is no session.
Result<std::vector<Fact>> session_facts(Context& context) {
  auto remote = context.open_remote();
  if (!remote && remote.error().what.text() == Text::not_logged_in) {
    return std::vector<Fact>{{"session", Text::label_session, context.say(Text::status_nobody)}};
  }
  if (!remote) return tl::unexpected(remote.error());
  const auto session = SessionFacts::ask(*remote);
  if (!session && session.error().problem == "session-ended") {
    return std::vector<Fact>{{"session", Text::label_session, context.say(Text::status_nobody)}};
  }
  if (!session) return tl::unexpected(session.error());
  const auto orders = list_orders(*remote);
  if (!orders) return tl::unexpected(orders.error());
  return std::vector<Fact>{
      {"key", Text::label_access_key, session->key.text()},
      {"role", Text::label_role, session->role},
      {"expires", Text::label_expires, session->expires},
      {"pending", Text::label_pending, std::to_string(orders->size())},
  };
}

Result<void> status(Context& context) {
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  auto remote = Remote::open((*profile)->settings(), context.language);
  if (!remote) return tl::unexpected(remote.error());
  const auto ready = remote->ready();
  if (!ready) return tl::unexpected(ready.error());
  std::vector<Fact> facts = {
      {"server", Text::label_server, (*profile)->settings().server},
      {"ready", Text::label_ready, yes_or_no(*ready, "ready", context.language)},
      {"trial", Text::label_trial, yes_or_no(*ready, "trial", context.language)},
      {"memory_locked", Text::label_memory_locked,
       yes_or_no(*ready, "memory_locked", context.language)},
      {"log_size", Text::label_log_size, text_of(*ready, "log_size")},
  };
  const auto session = session_facts(context);
  if (!session) return tl::unexpected(session.error());
  facts.insert(facts.end(), session->begin(), session->end());
  context.output.show(facts);
  if (ready->value("ready", nlohmann::json()) != true) return refuse(Text::status_not_ready);
  return {};
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  CLI::App& command =
      add_command(app, context, "status", Text::status_about, Text::status_examples);
  runs(command, context, [&context] { return status(context); });
}

}  // namespace cli
