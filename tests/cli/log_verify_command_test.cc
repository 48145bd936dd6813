// `segel log verify` as an auditor far from the service runs it.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/segel_command.h"
#include "support/any_log.h"

namespace segel_test {
namespace {

class LogVerifyCommand : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(person_.folder() / name) << text;
  }
  support::Finished verify(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"log", "verify", "june.jsonl", "--log-key",
                                       log_.verifier().text()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return person_.run(arguments);
  }

  support::AnyLog log_{40};
  std::vector<std::string> lines_ = log_.export_range(10, 30);
  Person person_;
};

TEST_F(LogVerifyCommand, SaysWhatASoundExportShows) {
  write("june.jsonl", support::join(lines_));
  const auto done = verify();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("Sound"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("10 to 29"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find(support::kOrigin), std::string::npos) << done.out;

  const auto json = nlohmann::json::parse(verify({"--json"}).out);
  EXPECT_EQ(json.at("sound"), true);
  EXPECT_EQ(json.at("entries"), 20);
  EXPECT_EQ(json.at("size"), 40);
}

TEST_F(LogVerifyCommand, NamesTheFirstBadLine) {
  auto edited = lines_;
  edited[5].replace(edited[5].find("deposit"), 7, "forgery");
  write("june.jsonl", support::join(edited));
  const auto done = verify();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("Line 6 was edited"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("entry 14"), std::string::npos) << done.err;
  const auto json = nlohmann::json::parse(verify({"--json"}).out);
  EXPECT_EQ(json.at("bad"), (nlohmann::json{{"line", 6}, {"damage", "edited"}, {"entry", 14}}));

  auto deleted = lines_;
  deleted.erase(deleted.begin() + 7);
  write("june.jsonl", support::join(deleted));
  EXPECT_NE(verify({"--lang", "id"}).err.find("Sebelum baris 8 ada baris yang dihapus"),
            std::string::npos);
  write("june.jsonl", "something else\n");
  EXPECT_EQ(verify().exit_code, 1);
}

TEST_F(LogVerifyCommand, ComparesWithAHeadThatWasKept) {
  write("june.jsonl", support::join(lines_));
  write("may.head", log_.head_at(12));
  const auto continued = verify({"--head", "may.head"});
  EXPECT_EQ(continued.exit_code, 0) << continued.err;
  EXPECT_NE(continued.out.find("continues the remembered head (12"), std::string::npos);

  write("early.head", log_.head_at(3));
  const auto not_shown = verify({"--head", "early.head"});
  EXPECT_EQ(not_shown.exit_code, 1);
  EXPECT_NE(not_shown.err.find("segel log proof --head"), std::string::npos) << not_shown.err;

  write("other.head", support::AnyLog(12).head());
  const auto other = verify({"--head", "other.head"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("not signed by this log's key"), std::string::npos) << other.err;
}

TEST_F(LogVerifyCommand, TakesTheKeyFromAFileOrSaysThatItNeedsOne) {
  write("june.jsonl", support::join(lines_));
  write("log.vkey", log_.verifier().text() + "\n");
  const auto done = person_.run({"log", "verify", "june.jsonl", "--log-key-file", "log.vkey"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(person_.run({"log", "verify", "june.jsonl"}).exit_code, 2);
  EXPECT_EQ(person_.run({"log", "verify", "june.jsonl", "--log-key", "x"}).exit_code, 2);
}

}  // namespace
}  // namespace segel_test
