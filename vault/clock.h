// Time, injected: milliseconds since 1970, UTC.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace vault {

using Time = std::int64_t;
using Clock = std::function<Time()>;

Time system_now();
// `2026-11-24T03:43:00.123Z` (RFC 3339).
std::string to_text(Time time);

}  // namespace vault
