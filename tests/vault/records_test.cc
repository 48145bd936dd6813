#include "vault/records.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace vault {
namespace {

const MemberRecord kMember{Id{{1}}, Id{{2}}, Id{{3}}, "PENDAMPING", Id{{4}}, -1};

TEST(Record, ComesBackAsItWas) {
  const Bytes bytes = encode(kMember);
  const auto record = decode<MemberRecord>(bytes);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->since, kMember.since);
  EXPECT_EQ(encode(*record), bytes);
}

// The parser that reads records recurses for each of these bytes.
TEST(Record, OfBottomlessNestingIsRefusedAndNotFollowed) {
  for (const int begin : {0x5f, 0x7f, 0x81, 0x9f, 0xbf, 0xc0, 0xd8}) {
    const Bytes nested(std::size_t{4} << 20, static_cast<std::uint8_t>(begin));
    EXPECT_EQ(decode<MemberRecord>(nested).error(), Errc::corrupt) << begin;
    Bytes inside = {0x82, 0x01};
    crypto::append(inside, nested);
    EXPECT_EQ(decode<MemberRecord>(inside).error(), Errc::corrupt) << begin;
  }
}

// A time above what its type holds would come back as another, below zero.
TEST(Record, WithANumberThatItsFieldCannotHoldIsRefused) {
  Bytes bytes = encode(kMember);
  ASSERT_EQ(bytes.back(), 0x20);  // -1
  bytes.pop_back();
  crypto::append(bytes, Bytes{0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(decode<MemberRecord>(bytes).error(), Errc::corrupt);
}

TEST(Record, HasOneForm) {
  const Bytes bytes = encode(kMember);
  ASSERT_EQ(bytes[1], 0x01);  // the format
  for (const Bytes& number : {Bytes{0x18, 0x01}, Bytes{0x19, 0x00, 0x01}}) {
    Bytes other = {bytes[0]};
    crypto::append(other, number);
    crypto::append(other, crypto::ByteView(bytes).subspan(2));
    EXPECT_EQ(decode<MemberRecord>(other).error(), Errc::corrupt);
  }
  Bytes longer = bytes;
  longer.push_back(0x00);
  EXPECT_EQ(decode<MemberRecord>(longer).error(), Errc::corrupt);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(decode<MemberRecord>(ByteView(bytes).first(size)).error(), Errc::corrupt) << size;
  }
}

}  // namespace
}  // namespace vault
