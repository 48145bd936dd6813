// `segel age keygen|encrypt|decrypt`: age files without a vault, interchangeable with the `age` and
// `age-keygen` commands.
#pragma once

#include "cli/command.h"

namespace cli {

void add_age(CLI::App& app, Context& context);

}  // namespace cli
