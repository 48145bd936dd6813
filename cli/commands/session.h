// `segel whoami` and `segel logout`: the session that `segel login` began.
#pragma once

#include "cli/command.h"

namespace cli {

void add_whoami(CLI::App& app, Context& context);
void add_logout(CLI::App& app, Context& context);

}  // namespace cli
