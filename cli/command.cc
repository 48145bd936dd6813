#include "cli/command.h"

#include <CLI/App.hpp>

namespace cli {

CLI::App& add_command(CLI::App& parent, Context& context, const std::string& name, Text about,
                      Text examples) {
  CLI::App& command = *parent.add_subcommand(name, context.say(about));
  command.group(context.say(Text::help_commands));
  command.get_help_ptr()->group(context.say(Text::help_options));
  command.footer(context.say(Text::help_examples) + "\n" + context.say(examples));
  return command;
}

CLI::App& add_group(CLI::App& parent, Context& context, const std::string& name, Text about) {
  CLI::App& group = *parent.add_subcommand(name, context.say(about));
  group.group(context.say(Text::help_commands));
  group.get_help_ptr()->group(context.say(Text::help_options));
  group.footer(context.say(Text::help_footer_group));
  group.require_subcommand(1);
  return group;
}

void runs(CLI::App& command, Context& context, std::function<Result<void>()> action) {
  command.callback([&command, &context, action = std::move(action)] {
    // `segel case team add …` is not also `segel case team`.
    if (command.get_subcommands().empty()) context.chosen = action;
  });
}

}  // namespace cli
