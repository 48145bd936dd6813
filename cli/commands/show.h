#pragma once

#include "cli/command.h"

namespace cli {

// `segel show DOCUMENT`: what label and manifest say of it, and of its versions.
void add_show(CLI::App& app, Context& context);

}  // namespace cli
