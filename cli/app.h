// The `segel` command from its arguments to its exit code.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace cli {

struct Context;

// Adds commands that this library does not know to the tree.
using AddCommands = std::function<void(CLI::App& app, Context& context)>;

// 0 done, 1 refused or failed, 2 misused. Never throws.
int run(int argc, char** argv, const AddCommands& first);

}  // namespace cli
