#include "cli/commands/completion.h"

#include <CLI/App.hpp>

#include "cli/completion.h"

namespace cli {

void add_completion(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "completion", Text::completion_about);
  CLI::App& bash = add_command(group, context, "bash", Text::completion_bash_about,
                               Text::completion_bash_examples);
  // At that time all commands have been added, whatever comes behind this one.
  runs(bash, context, [&app, &context]() -> Result<void> {
    context.output.raw(bash_completion(app));
    return {};
  });
}

}  // namespace cli
