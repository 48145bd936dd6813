#include "crypto/log_entry.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

Id id_of(std::uint8_t number) {
  Id id;
  id.bytes.fill(number);
  return id;
}

LogEntry full() {
  LogEntry entry;
  entry.index = 980;
  entry.time = 1790000000123;
  entry.action = "document.deposit";
  entry.actor = id_of(1);
  entry.agency = id_of(2);
  entry.case_id = id_of(3);
  entry.case_seq = 7;
  entry.case_prev.emplace().fill(4);
  entry.document = id_of(5);
  entry.version = 2;
  entry.subject = "KKR-7F3K-9M2Q";
  entry.basis = "B1";
  entry.outcome = "ok";
  entry.via = "sealed";
  entry.request = "r-1";
  entry.origin = "192.0.2.7";
  entry.content = "AAAA";
  entry.detail = "bytes=0-1023 complete";
  entry.records.emplace().fill(6);
  entry.salt.fill(7);
  return entry;
}

// What release 0.1.0 writes: these bytes must parse for ever.
constexpr std::string_view kFullLine =
    R"({"format":1,"index":980,"time":"2026-09-21T14:13:20.123Z","action":"document.deposit",)"
    R"("actor":"01010101-0101-0101-0101-010101010101",)"
    R"("agency":"02020202-0202-0202-0202-020202020202",)"
    R"("case":"03030303-0303-0303-0303-030303030303","case_seq":7,)"
    R"("case_prev":"BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=",)"
    R"("document":"05050505-0505-0505-0505-050505050505","version":2,)"
    R"("subject":"KKR-7F3K-9M2Q","basis":"B1","outcome":"ok","via":"sealed","request":"r-1",)"
    R"("origin":"192.0.2.7","content":"AAAA","detail":"bytes=0-1023 complete",)"
    R"("records":"BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=",)"
    R"("salt":"BwcHBwcHBwcHBwcHBwcHBw=="})";
constexpr std::string_view kShortLine =
    R"({"format":1,"index":0,"time":"1970-01-01T00:00:00.000Z","action":"founding",)"
    R"("salt":"AAAAAAAAAAAAAAAAAAAAAA=="})";

TEST(LogEntryFormat, IsOneLineWithAFixedOrderOfKeys) {
  EXPECT_EQ(full().encode().value(), kFullLine);
  EXPECT_EQ(LogEntry::parse(kFullLine).value(), full());
}

TEST(LogEntryFormat, LeavesOutWhatIsEmpty) {
  LogEntry entry;
  entry.action = "founding";
  EXPECT_EQ(entry.encode().value(), kShortLine);
  EXPECT_EQ(LogEntry::parse(kShortLine).value(), entry);
}

// The property that makes a line's hash the hash of its meaning.
TEST(LogEntryFormat, WhateverParsesEncodesToTheSameBytes) {
  int parsed = 0;
  for (const std::string_view line : {kFullLine, kShortLine}) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      for (const char c : std::string_view("0123 \"\\{}:,=aA-\n\xc3", 17)) {
        std::string changed(line);
        changed[at] = c;
        const auto entry = LogEntry::parse(changed);
        if (!entry) continue;
        ++parsed;
        ASSERT_EQ(entry->encode().value(), changed);
      }
      std::string cut(line);
      cut.erase(at, 1);
      if (const auto entry = LogEntry::parse(cut)) {
        ASSERT_EQ(entry->encode().value(), cut);
      }
      EXPECT_FALSE(LogEntry::parse(line.substr(0, at)));
    }
  }
  EXPECT_GT(parsed, 100);
}

struct Spelling {
  const char* name;
  const char* from;
  const char* to;
};
constexpr Spelling kOther[] = {
    {"LeadingZero", "\"index\":0", "\"index\":00"},
    {"Space", "\"index\":0", "\"index\": 0"},
    {"Negative", "\"index\":0", "\"index\":-1"},
    {"TooLarge", "\"index\":0", "\"index\":18446744073709551616"},
    {"Escape", "founding", "found\\u0069ng"},
    {"Empty", "\"action\":\"founding\"", "\"action\":\"\""},
    {"Order", "\"action\":\"founding\",\"salt\"", "\"salt\""},
    {"Zero", ",\"salt\"", ",\"version\":0,\"salt\""},
    {"Nil", ",\"salt\"", ",\"document\":\"00000000-0000-0000-0000-000000000000\",\"salt\""},
    {"UpperCaseId", ",\"salt\"", ",\"document\":\"AAAAAAAA-0000-0000-0000-000000000000\",\"salt\""},
    {"CaseWithoutNumber", ",\"salt\"",
     ",\"case\":\"01010101-0101-0101-0101-010101010101\",\"salt\""},
    {"NumberWithoutCase", ",\"salt\"", ",\"case_seq\":1,\"salt\""},
    {"UnknownKey", ",\"salt\"", ",\"shape\":1,\"salt\""},
    {"SpareBits", "AAAA==", "AAAB=="},
    {"ShortSalt", "AAAAAAAA==", "AAAA=="},
    {"After", "}", "} "},
};
class OtherSpelling : public ::testing::TestWithParam<Spelling> {};
TEST_P(OtherSpelling, IsRefused) {
  std::string line(kShortLine);
  const std::size_t at = line.rfind(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  line.replace(at, std::string_view(GetParam().from).size(), GetParam().to);
  EXPECT_FALSE(LogEntry::parse(line)) << line;
}
INSTANTIATE_TEST_SUITE_P(LogEntryFormat, OtherSpelling, ::testing::ValuesIn(kOther),
                         [](const auto& row) { return row.param.name; });

TEST(LogEntryFormat, RefusesALaterFormatWithoutGuessing) {
  std::string line(kShortLine);
  line.replace(line.find('1'), 1, "2");
  EXPECT_EQ(LogEntry::parse(line).error(), Errc::unsupported);
  EXPECT_EQ(LogEntry::parse("{\"format\":x").error(), Errc::malformed);
}

TEST(LogEntryFormat, HoldsAtMostFourKibibytes) {
  LogEntry entry;
  entry.action = "founding";
  entry.detail.assign(kMaxLogLine - kShortLine.size() - std::string_view(",\"detail\":\"\"").size(),
                      'x');
  EXPECT_EQ(entry.encode()->size(), kMaxLogLine);
  entry.detail += 'x';
  EXPECT_EQ(entry.encode().error(), Errc::out_of_range);
}

TEST(LogEntryFormat, TakesNoTextThatWouldNeedAnEscape) {
  for (const char* text : {"a\"b", "a\\b", "a\nb", "\x7f", "\xc3\xa9"}) {
    LogEntry entry;
    entry.action = "founding";
    entry.subject = text;
    EXPECT_EQ(entry.encode().error(), Errc::malformed);
  }
}

}  // namespace
}  // namespace crypto
