#pragma once

#include "cli/command.h"

namespace cli {

// `segel enrol`: makes the self-signed enrolment of an access key.
void add_enrol(CLI::App& app, Context& context);

}  // namespace cli
