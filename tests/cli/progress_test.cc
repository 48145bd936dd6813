#include "cli/progress.h"

#include <gtest/gtest.h>

namespace cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr ProgressMeter::Clock::time_point kStart{};

TEST(ProgressMeter, ShowsRateAndTimeLeft) {
  ProgressMeter meter(100 * kMiB, kStart);
  EXPECT_EQ(meter.update(20 * kMiB, kStart + seconds(2), Language::english),
            "20.0 MiB of 100.0 MiB (20%)  10.0 MiB/s  0:08 left");
  EXPECT_EQ(meter.update(30 * kMiB, kStart + seconds(3), Language::indonesian),
            "30,0 MiB dari 100,0 MiB (30%)  10,0 MiB/dtk  sisa 0:07");
}

TEST(ProgressMeter, DrawsAtMostTenTimesASecond) {
  ProgressMeter meter(1000 * kMiB, kStart);
  int drawn = 0;
  for (int ms = 1; ms <= 1000; ++ms) {
    drawn += meter.update(kMiB, kStart + milliseconds(ms), Language::english).has_value();
  }
  EXPECT_EQ(drawn, 10);
}

TEST(ProgressMeter, FollowsAChangeOfRateWithinSecondsAndNotAtOnce) {
  ProgressMeter meter(1000 * kMiB, kStart);
  std::uint64_t done = 0;
  std::string line;
  const auto run = [&](int from_ms, int to_ms, std::uint64_t step) {
    for (int ms = from_ms; ms <= to_ms; ms += 100) {
      done += step;
      line = meter.update(done, kStart + milliseconds(ms), Language::english).value_or("");
    }
  };
  run(100, 2000, kMiB);  // 10 MiB/s
  run(2100, 2100, 2 * kMiB);
  EXPECT_NE(line.find("  11.5 MiB/s"), std::string::npos) << line;
  run(2200, 6000, 2 * kMiB);
  EXPECT_NE(line.find("  20.0 MiB/s"), std::string::npos) << line;
}

TEST(ProgressMeter, PromisesNoTimeWhileNothingMoves) {
  ProgressMeter meter(100, kStart);
  EXPECT_EQ(meter.update(0, kStart + seconds(1), Language::english),
            "0 B of 100 B (0%)  0 B/s  -:-- left");
}

TEST(ProgressMeter, DoesWithoutATotal) {
  ProgressMeter meter(std::nullopt, kStart);
  EXPECT_EQ(meter.update(2048, kStart + seconds(2), Language::english), "2.0 KiB  1.0 KiB/s");
}

TEST(ProgressMeter, CountsThings) {
  ProgressMeter meter(5000, kStart, Unit::things);
  EXPECT_EQ(meter.update(2000, kStart + seconds(2), Language::english),
            "2000 of 5000 (40%)  1000/s  0:03 left");
}

TEST(ProgressMeter, SumsUpAtTheEnd) {
  const ProgressMeter meter(10 * kMiB, kStart);
  EXPECT_EQ(meter.summary(10 * kMiB, kStart + seconds(5), Language::english),
            "10.0 MiB  2.0 MiB/s  in 0:05");
}

}  // namespace
}  // namespace cli
