#include "vault/clock.h"

#include <fmt/format.h>
#include <time.h>

#include <chrono>

namespace vault {

Time system_now() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

Time steady_now() {
  timespec now{};
  // Not steady_clock: it stands still while the machine sleeps, and a lent key would outlive that.
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return Time{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

std::string to_text(Time time) {
  using namespace std::chrono;
  const milliseconds since{time};
  // floor, not truncation: a time before 1970 belongs to the day it is in.
  const sys_days day{floor<days>(since)};
  const year_month_day date{day};
  const hh_mm_ss clock{since - day.time_since_epoch()};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

}  // namespace vault
