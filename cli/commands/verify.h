#pragma once

#include "cli/command.h"

namespace cli {

// `segel verify DOCUMENT FILE`: whether the file is what the document holds.
void add_verify(CLI::App& app, Context& context);

}  // namespace cli
