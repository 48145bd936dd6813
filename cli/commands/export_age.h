#pragma once

#include "cli/command.h"

namespace cli {

// `segel export --age DOCUMENT`: what stock `age` needs to open it, without any Segel.
void add_export(CLI::App& app, Context& context);

}  // namespace cli
