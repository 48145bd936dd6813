// `segel case …`: cases, their team, and their sharing.
#pragma once

#include "cli/command.h"

namespace cli {

void add_case(CLI::App& app, Context& context);

}  // namespace cli
