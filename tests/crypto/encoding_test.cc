#include "crypto/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crypto {
namespace {

struct Pair {
  std::string_view bytes;
  std::string_view padded;
  std::string_view raw;
};

TEST(Base64, WritesAndReadsTheVectorsOfRfc4648) {
  constexpr Pair kPairs[] = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
  };
  for (const auto& [bytes, padded, raw] : kPairs) {
    SCOPED_TRACE(padded);
    EXPECT_EQ(base64(as_bytes(bytes)), padded);
    EXPECT_EQ(base64_raw(as_bytes(bytes)), raw);
    EXPECT_EQ(from_base64(padded), to_bytes(as_bytes(bytes)));
    EXPECT_EQ(from_base64_raw(raw), to_bytes(as_bytes(bytes)));
  }
}

TEST(Base64, RefusesEverySecondFormOfTheSameBytes) {
  using namespace std::string_view_literals;
  for (const auto text :
       {"Zh=="sv, "Zm9="sv, "Zg"sv, "Zg="sv, "Zg==="sv, "Zg==\n"sv, " Zg=="sv, "Zm 8="sv, "Z"sv,
        "===="sv, "Zm9v="sv, "Zm-_"sv, "Zm9v\0"sv, "Zg==Zg=="sv}) {
    EXPECT_EQ(from_base64(text), tl::unexpected(Errc::malformed)) << text;
  }
  for (const auto text : {"Zh"sv, "Zm9"sv, "Zg=="sv, "Z"sv, "Zg\n"sv, "Zm9vY"sv, "\0"sv}) {
    EXPECT_EQ(from_base64_raw(text), tl::unexpected(Errc::malformed)) << text;
  }
}

TEST(Base64, HasAnAlphabetOf64Characters) {
  std::size_t accepted = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = {'A', 'A', 'A', static_cast<char>(byte)};
    const bool read = from_base64_raw(text).has_value();
    EXPECT_EQ(from_base64(text).has_value(), read || byte == '=') << byte;
    EXPECT_EQ(secret_from_base64(text).has_value(), read || byte == '=') << byte;
    if (read) ++accepted;
  }
  EXPECT_EQ(accepted, 64U);
}

TEST(Hex, IsLowerCaseAndWhole) {
  const Bytes bytes{0x00, 0x7f, 0xa5, 0xff};
  EXPECT_EQ(to_hex(bytes), "007fa5ff");
  EXPECT_EQ(from_hex("007fa5ff"), bytes);
  EXPECT_EQ(from_hex(""), Bytes{});
  for (const auto* text : {"0", "007FA5FF", "0g", "0x00", " 00", "00 "}) {
    EXPECT_EQ(from_hex(text), tl::unexpected(Errc::malformed)) << text;
  }
}

TEST(Bech32, AcceptsTheValidStringsOfBip173AndWritesThemAgain) {
  for (const std::string_view text : {"A12UEL5L", "a12uel5l",
                                      "an83characterlonghumanreadablepartthatcontainsthenumber1andt"
                                      "heexcludedcharactersbio1tt5tgs",
                                      "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
                                      "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
                                      "qqqqqqqqqqqqqqqqqqqqqqqqc8247j"}) {
    const auto decoded = bech32_decode(text);
    if (!decoded) {
      ADD_FAILURE() << text;
      continue;
    }
    EXPECT_EQ(bech32_encode(decoded->prefix, decoded->data.expose()).expose_text(), text);
  }
}

TEST(Bech32, RefusesWhatBip173Refuses) {
  using namespace std::string_view_literals;
  for (const auto text : {"\x20"
                          "1nwldj5"sv,
                          "\x7f"
                          "1axkwrx"sv,
                          "\x80"
                          "1eym55h"sv,
                          "pzry9x0s0muk"sv, "1pzry9x0s0muk"sv, "x1b4n0q5v"sv, "li1dgmt3"sv,
                          "de1lg7wt\xff"sv, "A1G7SGD8"sv, "10a06t8"sv, "1qzzfhee"sv, "a12UEL5L"sv,
                          "A12uEL5L"sv, "a12uel5m"sv, ""sv, "1"sv, "a1"sv}) {
    EXPECT_FALSE(bech32_decode(text)) << text;
  }
}

TEST(Bech32, RefusesSpareBitsAndAWholeSpareGroup) {
  // All four with a right checksum. One byte, 0xff, is two groups with two spare bits.
  EXPECT_TRUE(bech32_decode("a1lu9cgf6y"));
  EXPECT_FALSE(bech32_decode("a1lacwuu8k"));   // a spare bit set
  EXPECT_FALSE(bech32_decode("a1luq25lfhf"));  // a group of zeros behind
  EXPECT_FALSE(bech32_decode("a1q3g6mn3"));    // one group alone is less than a byte
}

// The case of a prefix without letters would be anyone's choice, and one value have two texts.
TEST(Bech32, IsInLowerCaseWhenItsPrefixHasNoLetter) {
  std::string text(bech32_encode("2", Bytes{1, 2, 3}).expose_text());
  EXPECT_TRUE(bech32_decode(text));
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  EXPECT_FALSE(bech32_decode(text)) << text;
}

TEST(Bech32, HasNoLengthLimit) {
  const Bytes data(1000, 0xa7);
  const SecretBytes text = bech32_encode("LONG-", data);
  const auto decoded = bech32_decode(text.expose_text());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->prefix, "LONG-");
  EXPECT_EQ(to_bytes(decoded->data.expose()), data);
}

}  // namespace
}  // namespace crypto
