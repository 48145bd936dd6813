// Sources the script in a real bash and asks it as the shell does at a press of Tab.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/segel_command.h"

namespace segel_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

std::vector<std::string> completions(const Person& person, const std::string& words) {
  auto command = person.command({});
  const std::string segel = command.arguments[0];
  const std::string script =
      "source <('" + segel + "' completion bash) || exit\n" + "COMP_WORDS=(" + words + ")\n" +
      "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n" + "_segel\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  command.arguments = {"bash", "--norc", "-c", script};
  const auto done = support::run(command);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.err, "");
  std::vector<std::string> lines;
  std::istringstream stream(done.out);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(BashCompletion, KnowsCommandsBelowCommands) {
  const Person person;
  EXPECT_THAT(completions(person, "segel compl"), ElementsAre("completion"));
  EXPECT_THAT(completions(person, "segel completion ''"), Contains("bash"));
  EXPECT_THAT(completions(person, "segel ''"), Not(Contains("bash")));
}

TEST(BashCompletion, KnowsWhatActsAndGroupsAtOnce) {
  const Person person;
  EXPECT_THAT(completions(person, "segel case team ''"), Contains("add"));
  EXPECT_THAT(completions(person, "segel case team add KKR --fing"), ElementsAre("--fingerprint"));
  EXPECT_THAT(completions(person, "segel pending c"), ElementsAre("confirm"));
  EXPECT_THAT(completions(person, "segel agency rotate POLRES --ro"), ElementsAre("--rotation"));
}

TEST(BashCompletion, KnowsOptionsAndTheirValues) {
  const Person person;
  EXPECT_THAT(completions(person, "segel --js"), ElementsAre("--json"));
  EXPECT_THAT(completions(person, "segel completion bash --js"), ElementsAre("--json"));
  EXPECT_THAT(completions(person, "segel --lang ''"), ElementsAre("id", "en"));
  EXPECT_THAT(completions(person, "segel completion bash --lang e"), ElementsAre("en"));
}

TEST(BashCompletion, OffersFilesWhereAValueIsFree) {
  const Person person;
  std::filesystem::create_directory(person.folder() / "completion of mine");
  EXPECT_THAT(completions(person, "segel --profile compl"), ElementsAre("completion of mine"));
  // The value of an option is not taken for a command, though it is spelt like one.
  EXPECT_THAT(completions(person, "segel --profile completion ba"), Not(Contains("bash")));
}

}  // namespace
}  // namespace segel_test
