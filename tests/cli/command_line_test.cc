// The frame that all commands share: languages, help, mistakes, exit codes, JSON.
#include <gtest/gtest.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/segel_command.h"

namespace segel_test {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Every command that does something, as the completion script lists them: `agency add`.
std::vector<std::string> commands(const Person& person) {
  std::vector<std::string> all;
  std::istringstream script(person.run({"completion", "bash"}).out);
  const std::string begin = "    'segel ";
  const std::string end = "') return 0 ;;";
  for (std::string line; std::getline(script, line);) {
    if (!line.starts_with(begin) || !line.ends_with(end)) continue;
    const std::string command = line.substr(begin.size(), line.size() - begin.size() - end.size());
    // A group stands right before what it groups.
    if (!all.empty() && command.starts_with(all.back() + " ")) all.pop_back();
    all.push_back(command);
  }
  EXPECT_FALSE(all.empty());
  return all;
}

TEST(CommandLine, SaysItsVersion) {
  const auto done = Person().run({"--version"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.out.find("segel "), 0U);
}

TEST(CommandLine, HelpIsInTheLanguageAsked) {
  const Person person;
  const auto english = person.run({"--help"});
  EXPECT_EQ(english.exit_code, 0);
  EXPECT_TRUE(contains(english.out, "Options of all commands:")) << english.out;
  EXPECT_TRUE(contains(english.out, "Examples:"));
  const auto indonesian = person.run({"--help", "--lang", "id"});
  EXPECT_TRUE(contains(indonesian.out, "Pilihan untuk semua perintah:")) << indonesian.out;
  for (const char* word : {"Usage", "Options", "Subcommand", "REQUIRED", "TEXT"}) {
    EXPECT_FALSE(contains(indonesian.out, word)) << word;
  }
}

TEST(CommandLine, EveryCommandHasHelpWithExamples) {
  const Person person;
  for (const std::string& command : commands(person)) {
    SCOPED_TRACE(command);
    const auto help = person.run(words(command + " --help"));
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(contains(help.out, "Examples:\n  segel " + command)) << help.out;
  }
}

struct Misuse {
  std::vector<std::string> arguments;
  const char* english;
  const char* code;
};
const Misuse kMisuses[] = {
    {{}, "No command was given.", "command_missing"},
    {{"no-such"}, "This argument is not known: no-such", "argument_unknown"},
    {{"completion"}, "No command was given.", "command_missing"},
    {{"completion", "bash", "--no"}, "This argument is not known: --no", "argument_unknown"},
    {{"enrol", "--name", "Ani"}, "The argument --", "argument_missing"},
    {{"fingerprint"}, "The argument file, or its value", "argument_missing"},
    {{"completion", "bash", "--profile"},
     "The argument --profile, or its value",
     "argument_missing"},
    {{"--passphrase-fd", "x", "completion", "bash"}, "This argument's value", "argument_wrong"},
    {{"--lang", "fr", "completion", "bash"}, "This argument's value", "argument_wrong"},
};

TEST(CommandLine, MisuseEndsWith2AndSaysWhatIsWrongAndWhereHelpIs) {
  const Person person;
  for (const Misuse& misuse : kMisuses) {
    SCOPED_TRACE(misuse.english);
    const auto done = person.run(misuse.arguments);
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_EQ(done.out, "");
    EXPECT_TRUE(contains(done.err, misuse.english)) << done.err;
    EXPECT_TRUE(contains(done.err, "--help"));
  }
}

TEST(CommandLine, MisuseIsJsonForAProgram) {
  const Person person;
  for (const Misuse& misuse : kMisuses) {
    SCOPED_TRACE(misuse.english);
    auto arguments = misuse.arguments;
    arguments.insert(arguments.begin(), "--json");
    const auto done = person.run(arguments);
    EXPECT_EQ(done.exit_code, 2);
    const auto error = nlohmann::json::parse(done.err, nullptr, false);
    ASSERT_TRUE(error.is_object()) << done.err;
    EXPECT_EQ(error["error"]["code"], misuse.code);
  }
}

TEST(CommandLine, ResultsThatCannotBeWrittenAreAFailure) {
  const Person person;
  auto command = person.command({"completion", "bash"});
  const std::string line = "exec '" + command.arguments[0] + "' completion bash > /dev/full";
  command.arguments = {"sh", "-c", line};
  const auto done = support::run(command);
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_TRUE(contains(done.err, "Not all output could be written"));
}

}  // namespace
}  // namespace segel_test
