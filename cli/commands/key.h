// `segel key …`: people's access keys.
#pragma once

#include "cli/command.h"

namespace cli {

void add_key(CLI::App& app, Context& context);

}  // namespace cli
