#pragma once

#include "cli/command.h"

namespace cli {

// `segel log proof`: that an entry is in the log, or that the log only grew.
void add_log_proof(CLI::App& log, Context& context);

}  // namespace cli
