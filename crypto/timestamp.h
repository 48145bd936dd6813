// Points in time as text: `2026-11-24T03:43:00.123Z` (RFC 3339, UTC, always milliseconds).
//
// All texts have one length and no second spelling, so that they sort as the times do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/error.h"

namespace crypto {

// Milliseconds since 1970. What lies outside the years 1970 to 9999 is moved to their border.
std::string time_text(std::int64_t unix_ms);
// Errors: malformed (no such time, or not as time_text() writes it).
Result<std::int64_t> parse_time(std::string_view text);

}  // namespace crypto
