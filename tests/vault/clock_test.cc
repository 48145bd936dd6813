#include "vault/clock.h"

#include <gtest/gtest.h>

namespace {

TEST(Clock, WritesTimesAsRfc3339WithMilliseconds) {
  EXPECT_EQ(vault::to_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(vault::to_text(1795491780123), "2026-11-24T03:43:00.123Z");
  EXPECT_EQ(vault::to_text(1709251199999), "2024-02-29T23:59:59.999Z");
  EXPECT_EQ(vault::to_text(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, TellsTheSystemsTime) {
  const auto before = static_cast<vault::Time>(::time(nullptr)) * 1000;
  const auto now = vault::system_now();
  EXPECT_GE(now, before);
  EXPECT_LT(now, before + 60'000);
}

TEST(Clock, CountsTheTimeThatPassesWithoutEverGoingBack) {
  const auto first = vault::steady_now();
  EXPECT_GT(first, 0);
  EXPECT_GE(vault::steady_now(), first);
}

}  // namespace
