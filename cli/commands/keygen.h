#pragma once

#include "cli/command.h"

namespace cli {

// `segel keygen`: makes an access key.
void add_keygen(CLI::App& app, Context& context);

}  // namespace cli
