// `segel init`: founds a vault in an empty folder.
#pragma once

#include "cli/command.h"

namespace cli {

void add_init(CLI::App& app, Context& context);

}  // namespace cli
