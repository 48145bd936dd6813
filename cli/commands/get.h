#pragma once

#include "cli/command.h"

namespace cli {

// `segel get DOCUMENT`: fetches a document and opens it here.
void add_get(CLI::App& app, Context& context);

}  // namespace cli
