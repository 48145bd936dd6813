#include "crypto/timestamp.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

TEST(Timestamp, WritesMillisecondsInUtc) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(1795664580123), "2026-11-26T03:43:00.123Z");
  EXPECT_EQ(time_text(951782399999), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(time_text(-5), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, ReadsWhatItWrites) {
  for (std::int64_t time = 0; time < 253402300799999; time += 86'399'999 * std::int64_t{97}) {
    ASSERT_EQ(parse_time(time_text(time)).value(), time);
  }
}

TEST(Timestamp, RefusesOtherSpellingsAndTimesThatAreNone) {
  for (const char* text :
       {"", "2026-11-24T03:43:00Z", "2026-11-24T03:43:00.123z", "2026-11-24 03:43:00.123Z",
        "2026-11-24T03:43:00.123+00:00", "2026-13-24T03:43:00.123Z", "2026-02-29T03:43:00.123Z",
        "2026-11-24T24:00:00.000Z", "2026-11-24T03:60:00.000Z", "2026-11-24T03:43:60.000Z",
        "1969-12-31T23:59:59.999Z", "2026-11-24T03:43:00.123Z ", "+026-11-24T03:43:00.123Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

}  // namespace
}  // namespace crypto
