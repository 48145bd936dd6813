#include "cli/app.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "cli/commands/age.h"
#include "cli/commands/agency.h"
#include "cli/commands/cases.h"
#include "cli/commands/completion.h"
#include "cli/commands/enrol.h"
#include "cli/commands/export_age.h"
#include "cli/commands/fingerprint.h"
#include "cli/commands/get.h"
#include "cli/commands/key.h"
#include "cli/commands/keygen.h"
#include "cli/commands/log.h"
#include "cli/commands/login.h"
#include "cli/commands/ls.h"
#include "cli/commands/pending.h"
#include "cli/commands/put.h"
#include "cli/commands/session.h"
#include "cli/commands/show.h"
#include "cli/commands/status.h"
#include "cli/commands/verify.h"
#include "cli/context.h"
#include "crypto/secret.h"

namespace cli {
namespace {

void translate_help(CLI::App& app, const Context& context) {
  auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(34);
  formatter->label("Usage", context.say(Text::help_usage));
  formatter->label("OPTIONS", context.say(Text::help_options_mark));
  formatter->label("Positionals", context.say(Text::help_arguments));
  formatter->label("SUBCOMMAND", context.say(Text::help_command_mark));
  formatter->label("SUBCOMMANDS", context.say(Text::help_command_mark));
  formatter->label("REQUIRED", context.say(Text::help_required));
  formatter->label("Excludes", context.say(Text::help_excludes));
  formatter->label("Needs", context.say(Text::help_needs));
  formatter->label("TEXT", context.say(Text::help_text));
  app.formatter(formatter);
}

struct GlobalOptions {
  std::string language;  // read before: choose_language()
  bool json = false;
  int passphrase_fd = -1;
};

void add_global_options(CLI::App& app, Context& context, GlobalOptions& options) {
  app.option_defaults()->group(context.say(Text::help_global_options));
  app.set_help_flag("-h,--help", context.say(Text::help_flag));
  app.set_version_flag("--version", "segel " SEGEL_VERSION, context.say(Text::help_version));
  app.add_option("--lang", options.language, context.say(Text::option_lang))
      ->check(CLI::IsMember({"id", "en"}))
      ->option_text("id|en");
  app.add_flag("--json", options.json, context.say(Text::option_json));
  ProfileFlags& flags = context.profile_flags;
  app.add_option("--profile", flags.folder, context.say(Text::option_profile))->type_name("DIR");
  app.add_option("--server", flags.server, context.say(Text::option_server))->type_name("URL");
  app.add_option("--ca", flags.ca_file, context.say(Text::option_ca))->type_name("FILE");
  app.add_option("--key", flags.key_file, context.say(Text::option_key))->type_name("FILE");
  app.add_option("--passphrase-fd", options.passphrase_fd, context.say(Text::option_passphrase_fd))
      ->check(CLI::NonNegativeNumber)
      ->option_text("N");
  app.option_defaults()->group(context.say(Text::help_options));
  // So that the options of all commands may stand behind the command as well.
  app.fallthrough();
}

void add_commands(CLI::App& app, Context& context, const AddCommands& first) {
  first(app, context);
  add_keygen(app, context);
  add_enrol(app, context);
  add_fingerprint(app, context);
  add_login(app, context);
  add_whoami(app, context);
  add_logout(app, context);
  add_status(app, context);
  add_pending(app, context);
  add_agency(app, context);
  add_key(app, context);
  add_case(app, context);
  add_put(app, context);
  add_get(app, context);
  add_ls(app, context);
  add_show(app, context);
  add_verify(app, context);
  add_export(app, context);
  add_log(app, context);
  add_age(app, context);
  add_completion(app, context);
}

// `keygen ` for a mistake in that command; nothing for one before any command.
std::string command_words(const CLI::App& app) {
  const auto selected = app.get_subcommands();
  if (selected.empty()) return {};
  return selected.back()->get_name() + " " + command_words(*selected.back());
}

// The library's own words are English; of them only the argument's name is kept.
Failure explain(const CLI::ParseError& error, const CLI::App& app) {
  const std::string words = error.what();
  const Message help(Text::see_help, command_words(app));
  const auto unknown = app.remaining(true);
  if (!unknown.empty()) {
    return {Message(Text::argument_unknown, fmt::format("{}", fmt::join(unknown, " "))), help,
            kMisused};
  }
  const std::string name = words.substr(0, words.find_first_of(": "));
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    if (words.starts_with("A subcommand")) return {Text::command_missing, help, kMisused};
    return {Message(Text::argument_missing, name), help, kMisused};
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return {Message(Text::argument_missing, name), help, kMisused};
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    return {Message(Text::arguments_exclude, words), help, kMisused};
  }
  return {Message(Text::argument_wrong, words), help, kMisused};
}

int report(Context& context, const Failure& failure) {
  context.output.failure(failure);
  return failure.exit_code;
}

// Asked before the parser, which gives up at the first mistake and may not have come to it.
bool asks_for_json(int argc, char** argv) {
  return std::any_of(argv, argv + argc,
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

// Parses, and says what to do when that alone decides the exit code.
std::optional<int> parse(CLI::App& app, Context& context, int argc, char** argv) {
  context.output.use_json(asks_for_json(argc, argv));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    context.output.raw(app.help());
    return kDone;
  } catch (const CLI::CallForVersion& version) {
    context.output.raw(std::string(version.what()) + "\n");
    return kDone;
  } catch (const CLI::ParseError& error) {
    return report(context, explain(error, app));
  }
  return std::nullopt;
}

int act(Context& context, int argc, char** argv, const AddCommands& first) {
  GlobalOptions options;
  CLI::App app(context.say(Text::about), "segel");
  translate_help(app, context);
  add_global_options(app, context, options);
  app.require_subcommand(1);
  app.footer(context.say(Text::help_footer));
  add_commands(app, context, first);

  if (const auto decided = parse(app, context, argc, argv)) return *decided;
  context.output.use_json(options.json);
  if (options.passphrase_fd >= 0) context.terminal.take_passphrases_from(options.passphrase_fd);
  if (!context.chosen) return report(context, {Text::command_missing, std::nullopt, kMisused});

  if (!crypto::lock_secret_memory(std::size_t{1} << 20)) {
    context.output.note(Text::memory_not_locked);
  }
  const auto done = context.chosen();
  return done ? kDone : report(context, done.error());
}

}  // namespace

int run(int argc, char** argv, const AddCommands& first) {
  // A closed pipe is an error of the write, with a message and an exit code.
  (void)std::signal(SIGPIPE, SIG_IGN);
  Context context(choose_language(argc, argv, [](const char* name) { return std::getenv(name); }));
  int code = kFailed;
  try {
    code = act(context, argc, argv, first);
  } catch (const std::exception& error) {
    context.output.failure({Message(Text::unexpected, error.what()), std::nullopt, kFailed});
  }
  if (!context.output.finish() && code == kDone) {
    return report(context, {Text::output_failed, std::nullopt, kFailed});
  }
  return code;
}

}  // namespace cli
