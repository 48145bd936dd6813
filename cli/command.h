// How a command joins the tree of commands (CLI11), the same way for all.
//
// Each command is a file of cli/commands/ with one function:
//
//   void add_keygen(CLI::App& app, Context& context) {
//     auto options = std::make_shared<Options>();
//     CLI::App& command = add_command(app, context, "keygen", Text::keygen_about,
//                                     Text::keygen_examples);
//     command.add_option("-o,--output", options->output, context.say(Text::keygen_output));
//     runs(command, context, [options, &context] { return keygen(*options, context); });
//   }
#pragma once

#include <functional>
#include <string>

#include "cli/context.h"

namespace CLI {
class App;
}

namespace cli {

// A command below `parent`. `examples` are shown at the end of its --help.
CLI::App& add_command(CLI::App& parent, Context& context, const std::string& name, Text about,
                      Text examples);
// A command that only groups others (`segel log …`): one of them has to follow.
CLI::App& add_group(CLI::App& parent, Context& context, const std::string& name, Text about);

// `action` runs once all arguments are parsed, if this is the command they name.
void runs(CLI::App& command, Context& context, std::function<Result<void>()> action);

}  // namespace cli
