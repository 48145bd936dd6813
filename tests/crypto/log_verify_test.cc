#include "crypto/log_verify.h"

#include <gtest/gtest.h>

#include <sstream>

#include "support/any_log.h"

namespace crypto {
namespace {

using support::AnyLog;
using support::join;
using support::kOrigin;

LogExportReport verify(const std::string& text, const NoteVerifier& log,
                       const std::optional<Checkpoint>& remembered = std::nullopt) {
  std::istringstream file(text);
  return verify_log_export(file, log, remembered).value();
}

HeadMatch match_of(const std::string& text, const AnyLog& log, const Checkpoint& remembered) {
  return verify(text, log.verifier(), remembered).remembered.value();
}

// The line that must be named, and optionally the kind of damage.
void expect_bad(const std::string& text, const AnyLog& log, std::uint64_t line,
                std::optional<LogDamage> damage = std::nullopt) {
  const auto report = verify(text, log.verifier());
  ASSERT_TRUE(report.bad);
  EXPECT_EQ(report.bad->line, line);
  if (damage) {
    EXPECT_STREQ(to_text(report.bad->damage), to_text(*damage));
  }
}

TEST(LogExport, AnyRangeOfAnyLogIsSound) {
  for (const std::uint64_t size : {1U, 2U, 7U, 64U, 65U, 150U}) {
    const AnyLog log(size);
    for (std::uint64_t from = 0; from < size; from += 1 + size / 7) {
      for (std::uint64_t to = from; to <= size; to += 1 + size / 5) {
        const auto report = verify(join(log.export_range(from, to)), log.verifier());
        ASSERT_FALSE(report.bad) << size << " " << from << " " << to << " line " << report.bad->line
                                 << to_text(report.bad->damage);
        EXPECT_EQ(report.entries, to - from);
        EXPECT_EQ(report.head.size, size);
      }
    }
  }
}

TEST(LogExport, ReportsWhatItCovers) {
  const AnyLog log(20);
  const auto report = verify(join(log.export_range(3, 9)), log.verifier());
  EXPECT_EQ(report.origin, kOrigin);
  EXPECT_EQ(report.from, 3U);
  EXPECT_EQ(report.to, 9U);
  EXPECT_EQ(report.first_time, "2026-09-21T14:13:20.003Z");
  EXPECT_EQ(report.last_time, "2026-09-21T14:13:20.008Z");
  EXPECT_EQ(report.checkpoint, log.head());
}

// Both kinds of export under every damage, at every line.
class DamagedExport : public ::testing::TestWithParam<bool> {
 protected:
  std::vector<std::string> lines() const {
    return GetParam() ? log_.export_case() : log_.export_range(11, 95);
  }
  // Entries of the export, which stand in lines 2 to entries() + 1.
  std::size_t entries() const { return GetParam() ? 34 : 84; }
  AnyLog log_{100};
};
INSTANTIATE_TEST_SUITE_P(LogExport, DamagedExport, ::testing::Values(false, true),
                         [](const auto& row) { return row.param ? "OfACase" : "OfARange"; });

TEST_P(DamagedExport, IsSoundBefore) {
  EXPECT_FALSE(verify(join(lines()), log_.verifier()).bad);
  EXPECT_EQ(verify(join(lines()), log_.verifier()).entries, entries());
}

TEST_P(DamagedExport, AnEditedByteIsNamedByItsLine) {
  const auto sound = lines();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (const std::size_t place : {std::size_t{0}, std::size_t{3}, sound[at].size() / 3,
                                    sound[at].size() / 2, sound[at].size() - 3}) {
      auto changed = sound;
      changed[at][place] = changed[at][place] == '1' ? '2' : '1';
      SCOPED_TRACE(changed[at]);
      expect_bad(join(changed), log_, at + 1);
    }
  }
}

TEST_P(DamagedExport, AnEditThatStillReadsWellIsNamedToo) {
  const auto sound = lines();
  for (std::size_t at = 1; at <= entries(); ++at) {
    auto changed = sound;
    changed[at].replace(changed[at].find("\"ok\""), 4, "\"no\"");
    expect_bad(join(changed), log_, at + 1, LogDamage::edited);
  }
}

TEST_P(DamagedExport, ADeletedLineIsNamedByWhereItStood) {
  const auto sound = lines();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    auto changed = sound;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(at));
    SCOPED_TRACE(sound[at]);
    if (at >= 1 && at <= entries()) {
      expect_bad(join(changed), log_, at + 1, LogDamage::deleted);
    } else if (at + 1 == sound.size()) {
      expect_bad(join(changed), log_, at, LogDamage::cut);
    } else {
      expect_bad(join(changed), log_, at + 1);
    }
  }
}

TEST_P(DamagedExport, ARunOfDeletedLinesToo) {
  auto changed = lines();
  changed.erase(changed.begin() + 10, changed.begin() + 20);
  expect_bad(join(changed), log_, 11, LogDamage::deleted);
}

TEST_P(DamagedExport, SwappedLinesAreNamedByTheFirst) {
  const auto sound = lines();
  for (std::size_t at = 0; at + 1 < sound.size(); ++at) {
    for (const std::size_t other : {at + 1, at + 7, sound.size() - 1}) {
      if (other <= at || other >= sound.size()) continue;
      auto changed = sound;
      std::swap(changed[at], changed[other]);
      SCOPED_TRACE(std::to_string(at + 1) + " and " + std::to_string(other + 1));
      if (at >= 1 && other <= entries()) {
        expect_bad(join(changed), log_, at + 1, LogDamage::swapped);
      } else {
        expect_bad(join(changed), log_, at + 1);
      }
    }
  }
}

TEST_P(DamagedExport, ACutIsNamedByTheLastLine) {
  const auto sound = lines();
  std::string text;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    if (at > 0) expect_bad(text, log_, at, LogDamage::cut);  // after a whole line
    expect_bad(text + sound[at].substr(0, sound[at].size() / 2), log_, at + 1);
    expect_bad(text + sound[at].substr(0, sound[at].size() - 1), log_, at + 1);
    text += sound[at];
  }
}

TEST_P(DamagedExport, AnInsertedLineIsNamed) {
  const auto sound = lines();
  for (std::size_t at = 1; at <= entries(); ++at) {
    for (const std::string& line : {sound[1], std::string("x\n"), std::string("\n")}) {
      auto changed = sound;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(at), line);
      // A copy of the first line beside itself: either is the one too many.
      if (at == 1 && line == sound[1]) continue;
      expect_bad(join(changed), log_, at + 1);
    }
  }
  auto longer = sound;
  longer.push_back("{}\n");
  expect_bad(join(longer), log_, longer.size(), LogDamage::inserted);
}

TEST_P(DamagedExport, AnotherLogsKeyMakesTheHeadUntrusted) {
  const AnyLog other(1);
  const auto report = verify(join(lines()), other.verifier());
  ASSERT_TRUE(report.bad);
  EXPECT_EQ(report.bad->line, lines().size());
  EXPECT_EQ(report.bad->damage, LogDamage::untrusted);
}

TEST_P(DamagedExport, TwoLinesOfWhichTheFirstIsNamed) {
  auto changed = lines();
  for (const std::size_t at : {30U, 20U}) {
    changed[at].replace(changed[at].find("\"ok\""), 4, "\"no\"");
  }
  expect_bad(join(changed), log_, 21, LogDamage::edited);
}

// Whoever edits a line and makes all hashes anew has no signed head for them.
TEST(LogExport, MadeAnewDoesNotFitTheHead) {
  const AnyLog log(40);
  const AnyLog other(39);
  auto lines = other.export_range(5, 30);
  lines.back() = log.export_range(5, 30).back();
  EXPECT_TRUE(verify(join(lines), log.verifier()).bad);
}

TEST(LogExport, ACaseThatLeavesOutItsMiddleIsFoundOut) {
  const AnyLog log(60);
  auto lines = log.export_case();  // 20 entries, 20 proofs
  lines.erase(lines.begin() + 1 + 20 + 4);
  lines.erase(lines.begin() + 1 + 4);
  lines[0].replace(lines[0].find("\"to\":21"), 7, "\"to\":20");
  expect_bad(join(lines), log, 6, LogDamage::deleted);
}

TEST(LogExport, ACaseMayBeginLater) {
  const AnyLog log(60);
  EXPECT_FALSE(verify(join(log.export_case(8)), log.verifier()).bad);
}

TEST(LogExport, ALaterFormatIsNotGuessed) {
  const AnyLog log(3);
  auto lines = log.export_range(0, 3);
  lines[0].replace(lines[0].find("v1"), 2, "v2");
  expect_bad(join(lines), log, 1, LogDamage::no_export);
  expect_bad("", log, 1, LogDamage::no_export);
}

TEST(LogExport, AnEndlessLineIsNoReasonToRunOutOfMemory) {
  const AnyLog log(3);
  auto lines = log.export_range(0, 3);
  lines[2] = std::string(std::size_t{3} << 20, 'x') + "\n";
  expect_bad(join(lines), log, 3);
}

TEST(RememberedHead, IsContinuedByALogThatGrewFromIt) {
  const AnyLog log(150);
  const std::string whole = join(log.export_range(0, 150));
  const std::string part = join(log.export_range(37, 99));
  for (std::uint64_t size = 0; size <= 150; ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(match_of(whole, log, log.at(size)), HeadMatch::continued);
    const bool shown = (size >= 37 && size <= 99) || size == 150;
    EXPECT_EQ(match_of(part, log, log.at(size)),
              shown ? HeadMatch::continued : HeadMatch::not_shown);
  }
}

TEST(RememberedHead, OfAnotherLogIsToldFromALogThatIsShorter) {
  const AnyLog log(150);
  const std::string part = join(log.export_range(37, 99));
  for (const std::uint64_t size : {37U, 64U, 99U, 150U}) {
    SCOPED_TRACE(size);
    Checkpoint other = log.at(size);
    other.root[5] ^= 1;
    EXPECT_EQ(match_of(part, log, other), HeadMatch::rewritten);
  }
  Checkpoint longer = log.at(150);
  longer.size = 151;
  EXPECT_EQ(match_of(part, log, longer), HeadMatch::cut);
  EXPECT_EQ(match_of(join(log.export_case()), log, log.at(100)), HeadMatch::not_shown);
  EXPECT_FALSE(verify(part, log.verifier()).remembered);
}

}  // namespace
}  // namespace crypto
