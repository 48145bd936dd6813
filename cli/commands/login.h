// `segel login`: begins a sealed session.
#pragma once

#include "cli/command.h"

namespace cli {

void add_login(CLI::App& app, Context& context);

}  // namespace cli
