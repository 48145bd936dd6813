#include "vault/records.h"

#include <gtest/gtest.h>

namespace vault {
namespace {

VersionRecord version() {
  VersionRecord record;
  record.document = Id::make(1);
  record.case_id = Id::make(2);
  record.type = "LAP-ADU";
  record.classification = "K2";
  record.manifest = Bytes(300, 0x5a);
  record.size = 70'000;
  return record;
}
CaseRecord case_file() {
  CaseRecord record;
  record.id = Id::make(3);
  record.code = "KKR-7F3K-9M2Q";
  record.flags = {"A", "B"};
  record.created = -1;
  return record;
}
const DocumentRecord kDocument{Id::make(4), Id::make(5), 300};

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) crypto::append(all, part);
  return all;
}
Bytes id_item() { return joined({{0x50}, Bytes(16, 7)}); }

TEST(Records, OfAnyKindComeBackAsTheyWere) {
  const Bytes of_version = encode(version());
  EXPECT_EQ(encode(decode<VersionRecord>(of_version).value()), of_version);
  const Bytes of_case = encode(case_file());
  EXPECT_EQ(encode(decode<CaseRecord>(of_case).value()), of_case);
  EXPECT_EQ(encode(decode<DocumentRecord>(encode(kDocument)).value()), encode(kDocument));
}

// What a document record of two ids and a number is not. Each of these would say the same thing in
// another way, or ask its reader for more than there is.
TEST(Records, HaveOneEncodingAndAskForNoMoreThanTheyAre) {
  const Bytes array{0x84};
  const Bytes format{0x01};
  const Bytes ids = joined({id_item(), id_item()});
  ASSERT_TRUE(decode<DocumentRecord>(joined({array, format, ids, {0x05}})));
  const struct {
    const char* name;
    Bytes bytes;
    Errc error = Errc::corrupt;
  } rows[] = {
      {"nothing", {}},
      {"no array", {0x01}},
      {"an empty array", {0x80}},
      {"a later format", joined({array, {0x02}, ids, {0x05}}), Errc::newer_format},
      {"a format of 64 bits",
       {0x81, 0x1b, 255, 255, 255, 255, 255, 255, 255, 255},
       Errc::newer_format},
      {"format 0", joined({array, {0x00}, ids, {0x05}})},
      {"a long format", joined({array, {0x18, 0x01}, ids, {0x05}})},
      {"a long number", joined({array, format, ids, {0x18, 0x05}})},
      {"a longer number", joined({array, format, ids, {0x1b, 0, 0, 0, 0, 0, 0, 0, 5}})},
      {"a negative number", joined({array, format, ids, {0x24}})},
      {"a fraction", joined({array, format, ids, {0xf9, 0x45, 0x00}})},
      {"nil", joined({array, format, ids, {0xf6}})},
      {"undefined", joined({array, format, ids, {0xf7}})},
      {"a long array", joined({{0x98, 0x04}, format, ids, {0x05}})},
      {"an array without an end", joined({{0x9f}, format, ids, {0x05, 0xff}})},
      {"bytes in pieces", joined({array, format, {0x5f}, id_item(), {0xff}, id_item(), {0x05}})},
      {"a text for an id", joined({array, format, {0x70}, Bytes(16, 7), id_item(), {0x05}})},
      {"a short id", joined({array, format, {0x4f}, Bytes(15, 7), id_item(), {0x05}})},
      {"a tag", joined({array, format, {0xc2}, id_item(), id_item(), {0x05}})},
      {"a map", {0xa1, 0x01, 0x01}},
      {"a field less", joined({{0x83}, format, ids})},
      {"a field more", joined({{0x85}, format, ids, {0x05, 0x05}})},
      {"bytes behind it", joined({array, format, ids, {0x05, 0x00}})},
      {"cut short", joined({array, format, ids})},
      {"a list in a list", joined({array, format, ids, {0x81, 0x81, 0x05}})},
      {"100,000 lists in each other", Bytes(100'000, 0x81)},
      {"60,000 lists in each other", Bytes(60'000, 0x81)},
      {"2^62 items", {0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x01}},
      {"2^64 - 1 items", {0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0x01}},
      {"bytes that claim 2^62", {0x82, 0x01, 0x5b, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x01}},
      {"a text that claims 2^64 - 1", {0x82, 0x01, 0x7b, 255, 255, 255, 255, 255, 255, 255, 255}},
      // More than a row may have: as values it would be half a gigabyte.
      {"as many numbers as fill 32 MiB",
       joined({{0x9a, 0x01, 0xff, 0xff, 0xff}, Bytes(0x1ff'ffff, 0x01)})},
  };
  for (const auto& row : rows) {
    const auto record = decode<DocumentRecord>(row.bytes);
    ASSERT_FALSE(record) << row.name;
    EXPECT_EQ(record.error(), row.error) << row.name;
  }
}

// The parser that reads records recurses for each of these bytes.
TEST(Records, OfBottomlessNestingAreRefusedAndNotFollowed) {
  for (const int begin : {0x5f, 0x7f, 0x81, 0x9f, 0xbf, 0xc0, 0xd8}) {
    const Bytes nested(kMaxValue - 2, static_cast<std::uint8_t>(begin));
    EXPECT_EQ(decode<DocumentRecord>(nested).error(), Errc::corrupt) << begin;
    EXPECT_EQ(decode<DocumentRecord>(joined({{0x82, 0x01}, nested})).error(), Errc::corrupt)
        << begin;
  }
}

// A time above what its type holds would come back as another, below zero.
TEST(Records, WithANumberThatItsFieldCannotHoldAreRefused) {
  Bytes bytes = encode(MemberRecord{Id{{1}}, Id{{2}}, Id{{3}}, "PENDAMPING", Id{{4}}, -1});
  ASSERT_EQ(bytes.back(), 0x20);  // -1
  bytes.pop_back();
  crypto::append(bytes, Bytes{0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  EXPECT_EQ(decode<MemberRecord>(bytes).error(), Errc::corrupt);
}

// A row has at most 64 KiB, and what is longer is not looked into.
TEST(Records, LongerThanARowMayBeAreNone) {
  WrappedRecord record;
  record.wrapped = Bytes(kMaxValue - 6, 1);
  ASSERT_EQ(encode(record).size(), kMaxValue);
  EXPECT_TRUE(decode<WrappedRecord>(encode(record)));
  record.wrapped.push_back(1);
  const auto longer = decode<WrappedRecord>(encode(record));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error(), Errc::corrupt);
}

// Whatever is flipped: refused, or a record that would be written just so.
TEST(Records, WithABitFlippedAreRefusedOrWrittenTheSame) {
  const auto try_all = [](const Bytes& bytes, const auto& again) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Bytes other = bytes;
      other[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      const auto back = again(other);
      EXPECT_EQ(back.value_or(other), other) << bit;
    }
  };
  try_all(encode(version()), [](const Bytes& bytes) {
    return decode<VersionRecord>(bytes).map([](const auto& record) { return encode(record); });
  });
  try_all(encode(case_file()), [](const Bytes& bytes) {
    return decode<CaseRecord>(bytes).map([](const auto& record) { return encode(record); });
  });
}

}  // namespace
}  // namespace vault
