// A real export under every damage to every line: verifying it names the first bad one.
#include <sstream>

#include "api/walk.h"
#include "crypto/log_verify.h"

namespace api {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line + '\n');
  return lines;
}

std::string join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

// What the auditor gets of an office's first weeks: of the whole log, or of its case.
class LogExportTest : public WalkTest {
 protected:
  void SetUp() override {
    WalkTest::SetUp();
    new_document();
    Desk worker = desk_of(worker_);
    const std::string document = "/v1/documents/" + new_document().text();
    for (const char* part : {"", "/versions", "/content"}) worker.get(document + part);
    for (int read = 0; read < 20; ++read) worker.get("/v1/log/entries?case=" + case_.text());
    const auto founding = founded_.vault().directory().founding();
    log_.emplace(crypto::NoteVerifier::parse(founding->log_verifier).value());
  }

  Lines exported(const std::string& query) {
    const Answer answer = desk_of(auditor_).get("/v1/log/entries" + query);
    EXPECT_EQ(answer.status, 200);
    return lines_of(answer.body);
  }
  std::vector<Lines> both() { return {exported(""), exported("?case=" + case_.text())}; }

  crypto::LogExportReport verify(const std::string& text) const {
    std::istringstream file(text);
    return crypto::verify_log_export(file, *log_).value();
  }
  void expect_bad(const std::string& text, std::size_t line, const std::string& what) const {
    const auto report = verify(text);
    ASSERT_TRUE(report.bad) << what << " of line " << line;
    ASSERT_EQ(report.bad->line, line)
        << what << " of line " << line << " is named as " << to_text(report.bad->damage);
  }

  std::optional<crypto::NoteVerifier> log_;
};

TEST_P(LogExportTest, IsSoundAsItComes) {
  const auto exports = both();
  EXPECT_GE(verify(join(exports[0])).entries, 60U);
  EXPECT_GE(verify(join(exports[1])).entries, 25U);
  for (const Lines& lines : exports) EXPECT_FALSE(verify(join(lines)).bad);
}

TEST_P(LogExportTest, AnyByteEditedIsNamedByItsLine) {
  for (const Lines& sound : both()) {
    for (std::size_t at = 0; at < sound.size(); ++at) {
      // Long lines in steps, which differ from line to line; the line's end always.
      const std::size_t step = 1 + sound[at].size() / 40;
      for (std::size_t place = at % step; place < sound[at].size() + step - 1; place += step) {
        const std::size_t edited = std::min(place, sound[at].size() - 1);
        const char old = sound[at][edited];
        for (const char now : {old == '1' ? '2' : '1', '\n', static_cast<char>(old ^ 1)}) {
          if (now == old) continue;
          Lines changed = sound;
          changed[at][edited] = now;
          ASSERT_NO_FATAL_FAILURE(
              expect_bad(join(changed), at + 1, "byte " + std::to_string(edited)));
        }
      }
    }
  }
}

TEST_P(LogExportTest, AnyLineDeletedIsNamedByItsPlace) {
  for (const Lines& sound : both()) {
    for (std::size_t at = 0; at < sound.size(); ++at) {
      Lines changed = sound;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(at));
      // Without its last line it is cut, after the one before.
      const bool last = at + 1 == sound.size();
      ASSERT_NO_FATAL_FAILURE(expect_bad(join(changed), last ? at : at + 1, "deletion"));
    }
  }
}

TEST_P(LogExportTest, AnyTwoLinesSwappedAreNamedByTheFirst) {
  for (const Lines& sound : both()) {
    for (std::size_t at = 0; at < sound.size(); ++at) {
      for (std::size_t other = at + 1; other < sound.size(); ++other) {
        Lines changed = sound;
        std::swap(changed[at], changed[other]);
        ASSERT_NO_FATAL_FAILURE(
            expect_bad(join(changed), at + 1, "swap with " + std::to_string(other + 1)));
      }
    }
  }
}

TEST_P(LogExportTest, AnyCutIsNamedByTheLineThatItEndsIn) {
  for (const Lines& sound : both()) {
    std::string before;
    for (std::size_t at = 0; at < sound.size(); ++at) {
      const std::string& line = sound[at];
      for (const std::size_t kept : {std::size_t{1}, line.size() / 2, line.size() - 1}) {
        ASSERT_NO_FATAL_FAILURE(expect_bad(before + line.substr(0, kept), at + 1, "a cut inside"));
      }
      before += line;
      if (at + 1 == sound.size()) continue;
      ASSERT_NO_FATAL_FAILURE(expect_bad(before, at + 1, "a cut at the end"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Only, LogExportTest, ::testing::Values("opened"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace api
