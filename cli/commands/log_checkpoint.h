#pragma once

#include "cli/command.h"

namespace cli {

// `segel log checkpoint`: the signed head as it is now, to be kept.
void add_log_checkpoint(CLI::App& log, Context& context);

}  // namespace cli
