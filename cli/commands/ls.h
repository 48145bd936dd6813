#pragma once

#include "cli/command.h"

namespace cli {

// `segel ls CASE`: its documents, with the titles that are opened here.
void add_ls(CLI::App& app, Context& context);

}  // namespace cli
