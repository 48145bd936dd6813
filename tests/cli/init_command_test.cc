// `segel init`: who may found a vault, and what is left when it is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/segel_command.h"

namespace segel_test {
namespace {

using testing::HasSubstr;

class InitCommand : public testing::Test {
 protected:
  void SetUp() override {
    make("ani");
    make("budi");
  }
  void make(const std::string& name) {
    const auto key = person_.run({"keygen", "--no-passphrase", "-o", name + ".key"});
    ASSERT_EQ(key.exit_code, 0) << key.err;
    const auto file = person_.run({"enrol", "--key", name + ".key", "--name", name, "--office",
                                   "UPTD PPA", "-o", name + ".enrol"});
    ASSERT_EQ(file.exit_code, 0) << file.err;
  }
  support::Finished init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"init", "--json", "--data", "data", "--log-key", "log.key"});
    return person_.run(std::move(arguments));
  }
  bool exists(const char* name) const {
    return std::filesystem::exists(person_.folder().path() / name);
  }

  Person person_;
};

TEST_F(InitCommand, FoundsAVaultForTwoAdministrators) {
  const auto done = init({"--admin", "ani.enrol", "--admin", "budi.enrol"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto made = nlohmann::json::parse(done.out);
  EXPECT_EQ(made.at("trial"), false);
  EXPECT_EQ(made.at("admins").size(), 2U);
  EXPECT_THAT(made.at("log_verifier").get<std::string>(), HasSubstr("+"));
  EXPECT_TRUE(exists("data/meta"));
  EXPECT_TRUE(exists("log.key"));
}

TEST_F(InitCommand, OneAdministratorIsEnoughForATrialOnly) {
  const auto one = init({"--admin", "ani.enrol"});
  EXPECT_EQ(one.exit_code, 2);
  EXPECT_THAT(one.err, HasSubstr("init_admins_few"));
  const auto same = init({"--admin", "ani.enrol", "--admin", "ani.enrol"});
  EXPECT_EQ(same.exit_code, 2);
  EXPECT_THAT(same.err, HasSubstr("init_admins_same"));
  EXPECT_FALSE(exists("data"));
  EXPECT_FALSE(exists("log.key"));

  const auto trial = init({"--admin", "ani.enrol", "--trial"});
  EXPECT_EQ(trial.exit_code, 0) << trial.err;
  EXPECT_EQ(nlohmann::json::parse(trial.out).at("trial"), true);
}

TEST_F(InitCommand, TouchesNothingThatIsThere) {
  std::filesystem::create_directories(person_.folder() / "data/letters");
  const auto full = init({"--admin", "ani.enrol", "--admin", "budi.enrol"});
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.err, HasSubstr("init_not_empty"));
  EXPECT_FALSE(exists("log.key"));

  std::filesystem::remove(person_.folder() / "data/letters");
  std::filesystem::copy_file(person_.folder() / "ani.key", person_.folder() / "log.key");
  const auto taken = init({"--admin", "ani.enrol", "--admin", "budi.enrol"});
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_THAT(taken.err, HasSubstr("file_exists"));
  EXPECT_TRUE(exists("log.key"));
}

TEST_F(InitCommand, KeepsTheLogKeyOutOfTheDataFolder) {
  const auto inside = person_.run({"init", "--json", "--data", "data", "--log-key",
                                   "./data/../data/log.key", "--admin", "ani.enrol", "--trial"});
  EXPECT_EQ(inside.exit_code, 2);
  EXPECT_THAT(inside.err, HasSubstr("init_log_key_inside"));
  EXPECT_FALSE(exists("data"));
}

TEST_F(InitCommand, SaysWhatIsWrongWithAPrefix) {
  const auto done = init({"--admin", "ani.enrol", "--trial", "--prefix", "kkr"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("init_prefix"));
}

}  // namespace
}  // namespace segel_test
