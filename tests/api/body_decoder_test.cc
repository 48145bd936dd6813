#include "api/body_decoder.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using api::BodyDecoder;
using api::BodyErrc;
using api::Framing;

const Framing kChunked{std::nullopt, true};

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  bool complete = false;
  bool malformed = false;
};

// Feeds `bytes` cut at `cut`, into an output of `room` bytes at a time.
Decoded decode(const Framing& framing, std::string_view bytes, std::size_t cut, std::size_t room) {
  BodyDecoder decoder = BodyDecoder::of(framing);
  Decoded result;
  std::vector<std::uint8_t> out(room);
  for (const std::size_t end : {cut, bytes.size()}) {
    while (true) {
      const auto rest = bytes.substr(result.consumed, end - result.consumed);
      const auto step = decoder.step(crypto::as_bytes(rest), out);
      if (!step) {
        EXPECT_EQ(step.error(), BodyErrc::malformed);
        EXPECT_FALSE(decoder.complete());
        result.malformed = true;
        return result;
      }
      result.consumed += step->consumed;
      result.body += crypto::as_text(crypto::ByteView(out).first(step->produced));
      if (step->consumed == 0) break;
    }
  }
  result.complete = decoder.complete();
  return result;
}

struct Row {
  const char* name;
  Framing framing;
  std::string bytes;
  std::string body;
};

class BodyDecoded : public testing::TestWithParam<Row> {};

TEST_P(BodyDecoded, WhereverItsBytesAreCut) {
  const auto& [name, framing, bytes, body] = GetParam();
  const std::string with_next = bytes + "GET /next HTTP/1.1\r\n";
  for (const std::size_t room : {std::size_t{1}, std::size_t{7}, std::size_t{65536}}) {
    for (std::size_t cut = 0; cut <= with_next.size(); ++cut) {
      const auto decoded = decode(framing, with_next, cut, room);
      ASSERT_TRUE(decoded.complete) << cut;
      ASSERT_EQ(decoded.body, body) << cut;
      ASSERT_EQ(decoded.consumed, bytes.size()) << "the next request was touched, cut " << cut;
    }
  }
}

TEST_P(BodyDecoded, IsNeverCompleteWhenItIsCutShort) {
  const auto& [name, framing, bytes, body] = GetParam();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = decode(framing, std::string_view(bytes).substr(0, size), size / 2, 5);
    EXPECT_FALSE(decoded.complete) << size;
    EXPECT_FALSE(decoded.malformed) << size;
  }
}

const Row kBodies[] = {
    {"Length", {11, false}, "hello world", "hello world"},
    {"LengthZero", {0, false}, "", ""},
    {"NoLength", {}, "", ""},
    {"OneChunk", kChunked, "5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"ThreeChunks", kChunked, "1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n", "abcdef"},
    {"NoChunk", kChunked, "0\r\n\r\n", ""},
    {"HexOfBothCases", kChunked, "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n",
     "01234567890123456789a"},
    {"LeadingZeros", kChunked, "0005\r\nhello\r\n000\r\n\r\n", "hello"},
    {"LineEndsInData", kChunked, "6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", "\r\n0\r\n\r"},
    {"Extension", kChunked, "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", "hello"},
    {"Trailers", kChunked, "5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", "hello"},
};
INSTANTIATE_TEST_SUITE_P(BodyDecoder, BodyDecoded, testing::ValuesIn(kBodies),
                         [](const auto& row) { return row.param.name; });

struct BadRow {
  const char* name;
  std::string bytes;
};

class BodyRefused : public testing::TestWithParam<BadRow> {};

TEST_P(BodyRefused, WhereverItsBytesAreCut) {
  const std::string& bytes = GetParam().bytes;
  const std::size_t stride = 1 + bytes.size() / 200;
  for (std::size_t cut = 0; cut <= bytes.size(); cut += stride) {
    EXPECT_TRUE(decode(kChunked, bytes, cut, 64).malformed) << cut;
  }
}

using namespace std::string_literals;

const BadRow kBadBodies[] = {
    {"NoSize", "\r\nhello\r\n0\r\n\r\n"},
    {"Negative", "-5\r\nhello\r\n"},
    {"Signed", "+5\r\nhello\r\n"},
    {"Prefixed", "0x5\r\nhello\r\n"},
    {"SpaceBeforeSize", " 5\r\nhello\r\n"},
    {"SpaceAfterSize", "5 \r\nhello\r\n"},
    {"NoHex", "g\r\nhello\r\n"},
    {"SixteenDigits", "0000000000000005\r\nhello\r\n"},
    {"Overflowing", "fffffffffffffffff\r\nhello\r\n"},
    {"BareLfAfterSize", "5\nhello\r\n"},
    {"BareCrAfterSize", "5\rhello\r\n"},
    {"BareLfAfterData", "5\r\nhello\n0\r\n\r\n"},
    {"DataTooLong", "5\r\nhello!\r\n0\r\n\r\n"},
    {"DataWithoutEnd", "5\r\nhello0\r\n\r\n"},
    {"ExtensionBareLf", "5;a\nhello\r\n"},
    {"ExtensionNul", "5;a\0\r\nhello\r\n"s},
    {"ExtensionTooLong", "5;" + std::string(9000, 'a') + "\r\nhello\r\n"},
    {"ExtensionsTooMany",
     [] {
       std::string bytes;
       for (int i = 0; i < 1000; ++i) bytes += "1;aaaaaaaa\r\nx\r\n";
       return bytes;
     }()},
    {"TrailerBareLf", "0\r\nA: b\n\r\n"},
    {"TrailerNoField", "0\r\nGET / HTTP/1.1\r\n\r\n"},
    {"TrailerFolded", "0\r\nA: b\r\n c\r\n\r\n"},
    {"TrailerTooLong", "0\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"},
    {"TrailersTooMany",
     [] {
       std::string bytes = "0\r\n";
       for (int i = 0; i < 3000; ++i) bytes += "A: b\r\n";
       return bytes;
     }()},
};
INSTANTIATE_TEST_SUITE_P(BodyDecoder, BodyRefused, testing::ValuesIn(kBadBodies),
                         [](const auto& row) { return row.param.name; });

TEST(BodyDecoder, StaysRefused) {
  BodyDecoder decoder = BodyDecoder::of(kChunked);
  std::vector<std::uint8_t> out(64);
  EXPECT_FALSE(decoder.step(crypto::as_bytes("x"), out));
  EXPECT_FALSE(decoder.step(crypto::as_bytes("0\r\n\r\n"), out));
}

TEST(BodyDecoder, TellsWhatMayBeReadPastIt) {
  BodyDecoder decoder = BodyDecoder::of(kChunked);
  std::vector<std::uint8_t> out(2);
  EXPECT_EQ(decoder.contiguous(), 0u);
  ASSERT_TRUE(decoder.step(crypto::as_bytes("5\r\nhe"), out));
  EXPECT_EQ(decoder.contiguous(), 3u);
  decoder.take(3);
  EXPECT_EQ(decoder.contiguous(), 0u);
  EXPECT_FALSE(decoder.complete());
  ASSERT_TRUE(decoder.step(crypto::as_bytes("\r\n0\r\n\r\n"), out));
  EXPECT_TRUE(decoder.complete());
}

}  // namespace
