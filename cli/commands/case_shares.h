// `segel case share` and `segel case shares`: other agencies in a case.
#pragma once

#include "cli/command.h"

namespace cli {

void add_case_shares(CLI::App& group, Context& context);

}  // namespace cli
