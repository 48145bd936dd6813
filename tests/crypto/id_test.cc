#include "crypto/id.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace crypto {
namespace {

constexpr std::int64_t kRfcTime = 0x017F22E279B0;  // of the example in RFC 9562, appendix A.6

TEST(Id, IsAUuidOfVersion7WithItsMillisecondInFront) {
  const std::string text = Id::make(kRfcTime).text();
  EXPECT_EQ(text.substr(0, 15), "017f22e2-79b0-7");
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
}

TEST(Id, OrdersByTimeAndThenByItsRandomPart) {
  for (const auto& [earlier, later] : {std::pair<std::int64_t, std::int64_t>{0, 1},
                                       {255, 256},
                                       {kRfcTime, kRfcTime + 1},
                                       {(std::int64_t{1} << 40) - 1, std::int64_t{1} << 40}}) {
    for (int i = 0; i < 20; ++i) EXPECT_LT(Id::make(earlier), Id::make(later));
    EXPECT_LT(Id::make(earlier).text(), Id::make(later).text());
  }
}

TEST(Id, DiffersEveryTime) {
  std::unordered_set<Id> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Id::make(kRfcTime));
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(Id, ReadsBackWhatItWrites) {
  const Id id = Id::make(kRfcTime);
  EXPECT_EQ(Id::parse(id.text()), id);
  EXPECT_EQ(Id::from(id.bytes), id);
  EXPECT_EQ(Id::parse("00000000-0000-0000-0000-000000000000"), Id{});
  EXPECT_TRUE(Id{}.is_nil());
  EXPECT_FALSE(id.is_nil());
}

TEST(Id, RefusesEveryOtherSpelling) {
  for (const auto* text :
       {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", "017f22e279b07cc398c4dc0c0c07398f",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}", "017f22e2-79b0-7cc3-98c4 dc0c0c07398f",
        "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398\n"}) {
    EXPECT_EQ(Id::parse(text), tl::unexpected(Errc::malformed)) << text;
  }
  EXPECT_EQ(Id::from(Bytes(15)), tl::unexpected(Errc::malformed));
  EXPECT_EQ(Id::from(Bytes(17)), tl::unexpected(Errc::malformed));
}

}  // namespace
}  // namespace crypto
