// `segel case team`: who works on a case, and a further colleague.
#pragma once

#include "cli/command.h"

namespace cli {

void add_case_team(CLI::App& group, Context& context);

}  // namespace cli
