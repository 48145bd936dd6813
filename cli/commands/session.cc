#include "cli/commands/session.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/session_facts.h"

namespace cli {
namespace {

Result<void> whoami(Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto session = SessionFacts::ask(*remote);
  if (!session) return tl::unexpected(session.error());
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  session->show(context.output, (*profile)->settings().server);
  return {};
}

Result<void> logout(Context& context, bool all) {
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  auto ended = remote->remove(all ? "/v1/sessions" : "/v1/session");
  const bool over = ended || ended.error().problem == "session-ended";
  if (!over) return ended;
  (*profile)->forget_token();
  context.output.say(Text::logout_done);
  context.output.json({{"logged_out", true}});
  return {};
}

}  // namespace

void add_whoami(CLI::App& app, Context& context) {
  CLI::App& command =
      add_command(app, context, "whoami", Text::whoami_about, Text::whoami_examples);
  runs(command, context, [&context] { return whoami(context); });
}

void add_logout(CLI::App& app, Context& context) {
  const auto all = std::make_shared<bool>(false);
  CLI::App& command =
      add_command(app, context, "logout", Text::logout_about, Text::logout_examples);
  command.add_flag("--all", *all, context.say(Text::logout_all));
  runs(command, context, [all, &context] { return logout(context, *all); });
}

}  // namespace cli
