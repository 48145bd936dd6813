// The `segel` command from its arguments to its exit code.
#pragma once

namespace cli {

// 0 done, 1 refused or failed, 2 misused. Never throws.
int run(int argc, char** argv);

}  // namespace cli
