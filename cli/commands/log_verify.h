#pragma once

#include "cli/command.h"

namespace cli {

// `segel log verify FILE`: judges an export, offline.
void add_log_verify(CLI::App& log, Context& context);

}  // namespace cli
