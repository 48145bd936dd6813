#pragma once

#include "cli/command.h"

namespace cli {

// `segel put CASE FILE`: deposits a document, sealed before it leaves this machine.
void add_put(CLI::App& app, Context& context);

}  // namespace cli
