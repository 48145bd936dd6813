// A bash completion script made from the tree of commands, so that it cannot fall behind it.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace cli {

// `app` is the root of the tree; its name is the command's.
std::string bash_completion(const CLI::App& app);

}  // namespace cli
