// `segel agency …`: agencies, and the rotation of their keys.
#pragma once

#include "cli/command.h"

namespace cli {

void add_agency(CLI::App& app, Context& context);

}  // namespace cli
