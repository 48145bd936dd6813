#include "crypto/record_cipher.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"

namespace crypto {
namespace {

EraseKey key_of(std::uint8_t first) {
  Block<32> bytes{};
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return EraseKey::take(bytes);
}

TEST(WrappedRecord, OpensInItsPlaceWithItsKeyAlone) {
  const EraseKey key = EraseKey::random();
  for (const std::string_view record : {"", "x", "an age header"}) {
    const Bytes wrapped = wrap_record(key, as_bytes("place"), as_bytes(record));
    EXPECT_EQ(wrapped.size(), record.size() + 40);
    EXPECT_EQ(unwrap_record(key, as_bytes("place"), wrapped), to_bytes(as_bytes(record)));
    EXPECT_EQ(unwrap_record(key, as_bytes("other"), wrapped), tl::unexpected(Errc::tampered));
    EXPECT_EQ(unwrap_record(EraseKey::random(), as_bytes("place"), wrapped),
              tl::unexpected(Errc::tampered));
  }
}

TEST(WrappedRecord, RefusesEveryChangedByteAndEveryShorterForm) {
  const EraseKey key = EraseKey::random();
  const Bytes wrapped = wrap_record(key, as_bytes("place"), as_bytes("record"));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    Bytes changed = wrapped;
    changed[i] ^= 0x80;
    EXPECT_EQ(unwrap_record(key, as_bytes("place"), changed), tl::unexpected(Errc::tampered));
    EXPECT_EQ(unwrap_record(key, as_bytes("place"), ByteView(wrapped).first(i)),
              tl::unexpected(Errc::tampered));
  }
}

TEST(WrappedRecord, LooksNewEveryTime) {
  const EraseKey key = EraseKey::random();
  EXPECT_NE(wrap_record(key, {}, as_bytes("record")), wrap_record(key, {}, as_bytes("record")));
}

// Example of draft-irtf-cfrg-xchacha-03, A.3.1. These bytes must open for ever.
TEST(WrappedRecord, OpensTheExampleOfItsSpecification) {
  const EraseKey key = key_of(0x80);
  const auto wrapped = from_hex(
      "404142434445464748494a4b4c4d4e4f5051525354555657"
      "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda"
      "7e"
      "39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565"
      "d3"
      "fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49");
  ASSERT_TRUE(wrapped);
  const auto opened = unwrap_record(key, from_hex("50515253c0c1c2c3c4c5c6c7").value(), *wrapped);
  ASSERT_TRUE(opened);
  EXPECT_EQ(as_text(*opened),
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            "future, sunscreen would be it.");
}

}  // namespace
}  // namespace crypto
