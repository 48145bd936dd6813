#pragma once

#include "cli/command.h"

namespace cli {

// `segel ls CASE`, `segel show DOCUMENT`, `segel verify DOCUMENT FILE`: what there is, in whose
// words, and whether a file is it.
void add_documents(CLI::App& app, Context& context);

}  // namespace cli
