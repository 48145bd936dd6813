// `segel agency rotate`: an administrator orders it, a custodian performs it.
#pragma once

#include "cli/command.h"

namespace cli {

void add_agency_rotate(CLI::App& group, Context& context);

}  // namespace cli
