// `segel pending`: what waits for the person's word, and her word.
#pragma once

#include "cli/command.h"

namespace cli {

void add_pending(CLI::App& app, Context& context);

}  // namespace cli
