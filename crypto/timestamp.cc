#include "crypto/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace crypto {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kLast = 253402300799999;  // 9999-12-31T23:59:59.999Z
constexpr std::string_view kShape = "0000-00-00T00:00:00.000Z";

// The digits at [from, from + count), which the shape has made sure are digits.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  int value = 0;
  for (const char digit : text.substr(from, count)) value = value * 10 + (digit - '0');
  return value;
}

bool has_shape(std::string_view text) {
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return shape == '0' ? c >= '0' && c <= '9' : c == shape;
  });
}

}  // namespace

std::string time_text(std::int64_t unix_ms) {
  const milliseconds since{std::clamp<std::int64_t>(unix_ms, 0, kLast)};
  const auto day = std::chrono::floor<days>(since);
  const year_month_day date{sys_days{day}};
  const auto ms = (since - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

Result<std::int64_t> parse_time(std::string_view text) {
  if (!has_shape(text)) return tl::unexpected(Errc::malformed);
  const year_month_day date{std::chrono::year{digits(text, 0, 4)},
                            std::chrono::month{static_cast<unsigned>(digits(text, 5, 2))},
                            std::chrono::day{static_cast<unsigned>(digits(text, 8, 2))}};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  // No leap second: the clock that writes these texts has none.
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return tl::unexpected(Errc::malformed);
  const milliseconds since = sys_days{date}.time_since_epoch() + std::chrono::hours{hour} +
                             std::chrono::minutes{minute} + std::chrono::seconds{second} +
                             milliseconds{digits(text, 20, 3)};
  if (since.count() < 0) return tl::unexpected(Errc::malformed);
  return since.count();
}

}  // namespace crypto
