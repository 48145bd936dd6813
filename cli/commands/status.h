// `segel status`: whether the service is well, and what waits for the person.
#pragma once

#include "cli/command.h"

namespace cli {

void add_status(CLI::App& app, Context& context);

}  // namespace cli
