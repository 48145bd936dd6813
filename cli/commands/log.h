#pragma once

#include "cli/command.h"

namespace cli {

// `segel log …`: what the log says, and whether it is to be believed.
void add_log(CLI::App& app, Context& context);

}  // namespace cli
