// `segel verify-store DIR`: is this data folder whole? Without any key but the log's public one,
// beside the service or without it.
#pragma once

#include "cli/command.h"

namespace cli {

void add_verify_store(CLI::App& app, Context& context);

}  // namespace cli
