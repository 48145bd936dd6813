// The commands that work beside a data folder instead of over the service. They alone see the
// vault, and so are a library of their own.
#pragma once

#include "cli/command.h"

namespace cli {

void add_store_commands(CLI::App& app, Context& context);

}  // namespace cli
