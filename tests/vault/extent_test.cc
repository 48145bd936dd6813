#include "vault/extent.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "support/pattern.h"

namespace vault {
namespace {

using support::pattern;

const Id kBlob = Id::make(1'700'000'000'000);

Bytes sealed(std::size_t length, std::uint32_t n = 0) {
  Bytes buffer(kExtentValue, 0xaa);
  const auto payload = pattern(length, 1);
  std::copy(payload.begin(), payload.end(), buffer.begin() + kExtentHead);
  return crypto::to_bytes(seal_extent(buffer, kBlob, n, length));
}

TEST(Extent, FillsWholePagesOfTheSmallestClassThatHoldsIt) {
  const std::pair<std::size_t, std::size_t> cases[] = {
      {1, 17},       {69'488, 17},   {69'489, 33},   {135'024, 33},  {135'025, 65},
      {266'096, 65}, {266'097, 129}, {528'240, 129}, {528'241, 257}, {1'048'832, 257},
  };
  for (const auto& [length, pages] : cases) EXPECT_EQ(extent_value_size(length), pages * 4096 - 16);
  EXPECT_EQ(kExtentPayload, 1'048'832U);
  EXPECT_EQ(kExtentValue, 1'052'656U);
}

TEST(Extent, LeavesNoneOfTheBuffersOldBytes) {
  const Bytes value = sealed(100);
  ASSERT_EQ(value.size(), 17 * 4096 - 16);
  for (std::size_t i = kExtentHead + 100; i < value.size(); ++i) ASSERT_EQ(value[i], 0) << i;
}

TEST(Extent, GivesBackAnyRange) {
  constexpr std::size_t kLength = 2 * kExtentBlock + 77;
  const Bytes value = sealed(kLength, 5);
  const auto payload = pattern(kLength, 1);
  for (const auto& [from, size] : {std::pair<std::size_t, std::size_t>{0, kLength},
                                   {0, 0},
                                   {kExtentBlock - 1, 2},
                                   {kExtentBlock, kExtentBlock},
                                   {kLength - 1, 1},
                                   {kLength, 0}}) {
    Bytes out(size);
    ASSERT_TRUE(copy_from_extent(value, kBlob, 5, kLength, from, out)) << from;
    EXPECT_TRUE(std::equal(out.begin(), out.end(), payload.begin() + static_cast<long>(from)));
  }
}

TEST(Extent, IsRefusedAtAnotherPlace) {
  const Bytes value = sealed(100, 5);
  Bytes out(100);
  const auto error = [&](const Id& id, std::uint32_t n, std::size_t length) {
    return copy_from_extent(value, id, n, length, 0, MutableBytes(out).first(10)).error();
  };
  EXPECT_EQ(error(Id::make(1), 5, 100), Errc::corrupt);
  EXPECT_EQ(error(kBlob, 4, 100), Errc::corrupt);
  EXPECT_EQ(error(kBlob, 5, 99), Errc::corrupt);
  EXPECT_EQ(error(kBlob, 5, 100'000), Errc::corrupt);
}

TEST(Extent, ShowsEveryFlippedByte) {
  const Bytes value = sealed(100);
  Bytes out(100);
  for (std::size_t i = 0; i < value.size(); i += i < kExtentHead + 200 ? 1 : 97) {
    Bytes flipped = value;
    flipped[i] ^= 1;
    const auto read = copy_from_extent(flipped, kBlob, 0, 100, 0, out);
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error(), Errc::corrupt) << i;
  }
}

TEST(Extent, ChecksOnlyTheBlocksThatAreRead) {
  constexpr std::size_t kLength = 3 * kExtentBlock;
  Bytes value = sealed(kLength);
  value[kExtentHead + kExtentBlock + 9] ^= 1;
  Bytes out(kExtentBlock);
  EXPECT_TRUE(copy_from_extent(value, kBlob, 0, kLength, 0, out));
  EXPECT_TRUE(copy_from_extent(value, kBlob, 0, kLength, 2 * kExtentBlock, out));
  EXPECT_FALSE(copy_from_extent(value, kBlob, 0, kLength, kExtentBlock, out));
  EXPECT_FALSE(copy_from_extent(value, kBlob, 0, kLength, 1, out));
}

TEST(Extent, OfALaterFormatIsRefusedAsSuch) {
  Bytes value = sealed(100);
  value[0] = 2;
  Bytes out(1);
  EXPECT_EQ(copy_from_extent(value, kBlob, 0, 100, 0, out).error(), Errc::newer_format);
}

// Written by release 0.1.0. These bytes must read for ever; a new format gets a vector of its own.
TEST(ExtentFormat, IsWhatRelease010Wrote) {
  const auto id = *Id::parse("018bcfe5-6800-7123-8456-789abcdef012");
  Bytes buffer(kExtentValue, 0xaa);
  const auto payload = crypto::as_bytes("123456789");
  std::copy(payload.begin(), payload.end(), buffer.begin() + kExtentHead);
  const ByteView value = seal_extent(buffer, id, 3, payload.size());
  EXPECT_EQ(crypto::to_hex(value.first(kExtentHead + payload.size())),
            "01000000"
            "b9d1c6a2"
            "00000009"
            "00000003"
            "018bcfe568007123"
            "8456789abcdef012"
            "e3069283"  // the check value of CRC-32C
                + std::string(2 * 92, '0') + "313233343536373839");
}

}  // namespace
}  // namespace vault
