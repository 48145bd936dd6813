#pragma once

#include "cli/command.h"

namespace cli {

// `segel fingerprint FILE`: six words of a key or an enrolment, to be compared aloud.
void add_fingerprint(CLI::App& app, Context& context);

}  // namespace cli
