#pragma once

#include "cli/command.h"

namespace cli {

// `segel completion bash`: prints a completion script.
void add_completion(CLI::App& app, Context& context);

}  // namespace cli
