// Work in a process of its own, whose crash is an answer and not our end: a damaged page of a store
// may be read through a wild pointer.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace cli {

// What `work` returned there. No value: the process crashed, or could not be made.
// REQUIRES: one thread. `work` has no effect here but its answer.
std::optional<std::string> run_apart(const std::function<std::string()>& work);

}  // namespace cli
