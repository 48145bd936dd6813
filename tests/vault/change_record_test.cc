#include "vault/change_record.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace vault {
namespace {

Bytes bytes(std::string_view text) { return crypto::to_bytes(crypto::as_bytes(text)); }

TEST(ChangeRecordFormat, IsKeysInOrderWithTheDigestOfTheirValue) {
  ChangeList changes;
  changes.put(bytes("b"), bytes("first"));
  changes.erase(bytes("c"));
  changes.put(bytes("b"), bytes("second"));
  changes.put(bytes("a"), bytes(""));
  const auto parts = changes.parts();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(crypto::to_hex(parts[0]),
            "01"
            "000161"
            "01"
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            "000162"
            "01" +
                crypto::to_hex(crypto::sha256(bytes("second"))) +
                "000163"
                "00");
}

TEST(ChangeRecordFormat, ItsRootIsTheMerkleRootOfItsItems) {
  ChangeList changes;
  for (int i = 0; i < 5; ++i) changes.put(bytes(std::to_string(i)), bytes("x"));
  crypto::merkle::Tree tree;
  for (const Bytes& part : changes.parts()) {
    ASSERT_TRUE(decode_change_part(part, [&](const ChangeItem& item) {
      tree.append(crypto::merkle::leaf_hash(item.encoded));
    }));
  }
  EXPECT_EQ(tree.size(), 5U);
  EXPECT_EQ(tree.root(), changes.root());
}

TEST(ChangeRecordFormat, LongOnesComeInPartsThatFitAValue) {
  ChangeList changes;
  for (int i = 0; i < 5000; ++i) changes.put(bytes("key" + std::to_string(i)), bytes("x"));
  const auto parts = changes.parts();
  EXPECT_GT(parts.size(), 3U);
  std::vector<Bytes> keys;
  for (const Bytes& part : parts) {
    EXPECT_LE(part.size(), 60U * 1024U);
    ASSERT_TRUE(decode_change_part(
        part, [&](const ChangeItem& item) { keys.push_back(crypto::to_bytes(item.key)); }));
  }
  EXPECT_EQ(keys.size(), 5000U);
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(ChangeRecordFormat, DamageIsCorruptAndALaterFormatIsSaidSo) {
  ChangeList changes;
  changes.put(bytes("ab"), bytes("x"));
  changes.erase(bytes("c"));
  const Bytes part = changes.parts()[0];
  const auto decode = [](ByteView from) {
    return decode_change_part(from, [](const ChangeItem&) {});
  };
  ASSERT_TRUE(decode(part));
  const std::size_t first_item = 1 + 2 + 2 + 1 + 32;
  for (std::size_t size = 0; size < part.size(); ++size) {
    if (size == first_item) continue;  // whole items: the root in the entry tells of the rest
    EXPECT_EQ(decode(ByteView(part).first(size)).error(), Errc::corrupt) << size;
  }
  Bytes changed = part;
  changed[0] = 2;
  EXPECT_EQ(decode(changed).error(), Errc::newer_format);
  changed = part;
  changed[5] = 2;  // neither put nor erased
  EXPECT_EQ(decode(changed).error(), Errc::corrupt);
  EXPECT_EQ(decode(Bytes{1, 0, 0, 0}).error(), Errc::corrupt);  // an empty key
}

}  // namespace
}  // namespace vault
