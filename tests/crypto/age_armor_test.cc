#include <gtest/gtest.h>

#include "crypto/age.h"
#include "support/age_samples.h"

namespace crypto::age {
namespace {

constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----\n";
constexpr std::string_view kEnd = "-----END AGE ENCRYPTED FILE-----\n";

std::string armored(std::string_view bytes, std::size_t piece) {
  std::ostringstream out;
  ArmorWriter writer(out);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    writer.stream() << bytes.substr(at, piece);
  }
  EXPECT_TRUE(writer.finish());
  return out.str();
}

struct Unarmored {
  std::string bytes;
  bool malformed;
  bool bad;
};
Unarmored unarmored(const std::string& text) {
  std::istringstream in(text);
  ArmorReader reader(in);
  std::string bytes(200000, '\0');
  reader.stream().read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(reader.stream().gcount()));
  return {bytes, reader.malformed(), reader.stream().bad()};
}

TEST(AgeArmor, ComesBackInEveryLength) {
  for (const std::size_t size :
       {0U, 1U, 2U, 3U, 47U, 48U, 49U, 95U, 96U, 49151U, 49152U, 49153U, 150000U}) {
    SCOPED_TRACE(size);
    const Bytes bytes = sample(size);
    const auto back = unarmored(armored(as_text(bytes), 1000));
    EXPECT_FALSE(back.malformed);
    EXPECT_FALSE(back.bad);
    EXPECT_TRUE(back.bytes == as_text(bytes));
  }
}

TEST(AgeArmor, IsTheSameInWhateverPiecesItIsWritten) {
  const Bytes bytes = sample(60000);
  const std::string whole = armored(as_text(bytes), bytes.size());
  EXPECT_EQ(armored(as_text(bytes), 1), whole);
  EXPECT_EQ(armored(as_text(bytes), 48), whole);
  EXPECT_EQ(armored(as_text(bytes), 4097), whole);
}

TEST(AgeArmor, HasLinesOf64Columns) {
  std::istringstream lines(armored(as_text(sample(1000)), 1000));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  EXPECT_EQ(all.front() + "\n", kBegin);
  EXPECT_EQ(all.back() + "\n", kEnd);
  for (std::size_t i = 1; i + 2 < all.size(); ++i) EXPECT_EQ(all[i].size(), 64U);
}

TEST(AgeArmor, IsSeenFromTheFirstBytes) {
  EXPECT_TRUE(looks_armored(as_bytes(kBegin)));
  EXPECT_TRUE(looks_armored(as_bytes("\r\n \n" + std::string(kBegin))));
  EXPECT_FALSE(looks_armored(as_bytes(kBegin.substr(1))));
  EXPECT_FALSE(looks_armored(as_bytes("age-encryption.org/v1\n")));
  EXPECT_FALSE(looks_armored(as_bytes("  ")));
}

struct Case {
  const char* name;
  std::string text;
  bool accepted;
};
std::string around(std::string_view body) {
  return std::string(kBegin) + std::string(body) + std::string(kEnd);
}
const std::string kFull(64, 'A');

class AgeArmorText : public testing::TestWithParam<Case> {};

TEST_P(AgeArmorText, IsStrictPem) {
  const auto read = unarmored(GetParam().text);
  EXPECT_EQ(read.malformed, !GetParam().accepted);
  EXPECT_EQ(read.bad, !GetParam().accepted);
}

INSTANTIATE_TEST_SUITE_P(
    Line, AgeArmorText,
    testing::Values(
        Case{"Plain", around("AAAA\n"), true}, Case{"Nothing", around(""), true},
        Case{"OneFullLine", around(kFull + "\n"), true},
        Case{"ReturnAndFeed",
             "-----BEGIN AGE ENCRYPTED FILE-----\r\nAAAA\r\n-----END AGE ENCRYPTED FILE-----\r\n",
             true},
        Case{"SpaceAround", "\n \t\r\n" + around("AAAA\n") + " \n\t", true},
        Case{"NoLastFeed", around("AAAA\n").substr(0, around("AAAA\n").size() - 1), true},
        Case{"Empty", "", false}, Case{"OnlyBegin", std::string(kBegin), false},
        Case{"NoEnd", std::string(kBegin) + "AAAA\n", false},
        Case{"BeginIndented", " " + around("AAAA\n"), false},
        Case{"EndIndented", std::string(kBegin) + "AAAA\n " + std::string(kEnd), false},
        Case{"EmptyLineFirst", around("\nAAAA\n"), false},
        Case{"EmptyLineLast", around(kFull + "\n\n"), false},
        Case{"ShortLineInside", around("AAAA\nAAAA\n"), false},
        Case{"LongLine", around(kFull + "AAAA\n"), false},
        Case{"NoPadding", around("AAA\n"), false}, Case{"SpareBits", around("AAB=\n"), false},
        Case{"SpaceInLine", around("AAAA \n"), false},
        Case{"PaddedFullLineInside", around(kFull.substr(0, 62) + "==\nAAAA\n"), false},
        Case{"TextBefore", "x\n" + around("AAAA\n"), false},
        Case{"TextAfter", around("AAAA\n") + "x", false},
        Case{"Twice", around("AAAA\n") + around("AAAA\n"), false},
        Case{"MuchSpaceBefore", std::string(2000, '\n') + around("AAAA\n"), false},
        Case{"MuchSpaceAfter", around("AAAA\n") + std::string(2000, '\n'), false},
        Case{"ALineWithoutEnd", std::string(kBegin) + std::string(5000, 'A'), false}),
    [](const auto& row) { return row.param.name; });

TEST(AgeArmor, IsOpenedAsWhatIsInIt) {
  const Identity owner = Identity::generate();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{100}, kChunkSize, 2 * kChunkSize + 1}) {
    const Bytes plain = sample(size);
    const std::string text = armored(sealed_text(plain, owner.recipient()), 5000);
    const auto [result, opened] = open_text(text, owner);
    EXPECT_TRUE(result);
    EXPECT_TRUE(opened == as_text(plain));
    EXPECT_EQ(open_text(text + "x", owner).result, tl::unexpected(Errc::malformed));
    EXPECT_EQ(open_text("\n" + text + "\n", owner).plain, as_text(plain));
  }
}

TEST(AgeArmor, RefusesAFileCutAtAnyByteButItsLastLineFeed) {
  const Identity owner = Identity::generate();
  const std::string text = armored(sealed_text(as_bytes("visum"), owner.recipient()), 100);
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_EQ(open_text(text.substr(0, size), owner).result, tl::unexpected(Errc::malformed));
  }
}

class Broken : public std::streambuf {
 protected:
  int_type underflow() override { throw std::ios_base::failure("broken"); }
  int_type overflow(int_type) override { return traits_type::eof(); }
};

TEST(AgeArmor, TellsAFailingSourceFromWhatIsNoArmor) {
  Broken broken;
  std::istream in(&broken);
  ArmorReader reader(in);
  EXPECT_EQ(reader.stream().get(), std::istream::traits_type::eof());
  EXPECT_TRUE(reader.stream().bad());
  EXPECT_FALSE(reader.malformed());
}

TEST(AgeArmor, SaysThatWritingFailed) {
  Broken broken;
  std::ostream out(&broken);
  ArmorWriter writer(out);
  writer.stream() << "x";
  EXPECT_EQ(writer.finish(), tl::unexpected(Errc::write_failed));
}

}  // namespace
}  // namespace crypto::age
