// The time of this machine, for what a command writes down. What counts is the service's clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace cli {

// Milliseconds since 1970.
inline std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace cli
