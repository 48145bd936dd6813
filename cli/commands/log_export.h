#pragma once

#include "cli/command.h"

namespace cli {

// `segel log export`: entries to a file that `segel log verify` judges anywhere.
void add_log_export(CLI::App& log, Context& context);

}  // namespace cli
