// Time, injected: the hour that the log tells (milliseconds since 1970, UTC), and the time that
// passes, which nobody can set.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace vault {

using Time = std::int64_t;
using Clock = std::function<Time()>;

Time system_now();
// Milliseconds since the machine started, those in which it slept too: what ends after a while is
// counted by it, since the hour can be set back.
Time steady_now();
// `2026-11-24T03:43:00.123Z` (RFC 3339).
std::string to_text(Time time);

}  // namespace vault
