// keygen, enrol and fingerprint with the real command, and stock age opening what they wrote.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/segel_command.h"

namespace segel_test {
namespace {

// Not what anyone's key is sealed with: shown only when a test fails.
constexpr const char* kPassphrase = "kuda lumping tiga belas";

nlohmann::json object(const support::Finished& done) {
  return nlohmann::json::parse(done.out, nullptr, false);
}

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

support::Command program(const Person& person, std::vector<std::string> arguments) {
  auto command = person.command({});
  command.arguments = std::move(arguments);
  return command;
}

class Keys : public testing::Test {
 protected:
  nlohmann::json make_plain_key(const std::string& name) {
    return object(person_.run({"keygen", "--json", "--no-passphrase", "-o", name}));
  }
  nlohmann::json make_sealed_key(const std::string& name) {
    return object(person_.run({"keygen", "--json", "-o", name, "--passphrase-fd", "0"},
                              std::string(kPassphrase) + "\n"));
  }
  support::Finished enrol(const std::string& key, const std::string& file) {
    return person_.run({"enrol", "--json", "--key", key, "--name", "Ani Lestari", "--office",
                        "UPTD PPA", "-o", file});
  }

  Person person_;
};

TEST_F(Keys, AKeyIsForItsOwnerAloneAndNeverOverwritten) {
  ASSERT_TRUE(make_plain_key("ani.key").is_object());
  struct stat found {};
  ASSERT_EQ(::stat((person_.folder() / "ani.key").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  const std::string before = content(person_.folder() / "ani.key");

  const auto again = person_.run({"keygen", "--no-passphrase", "-o", "ani.key"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find("exists and is not overwritten"), std::string::npos);
  EXPECT_TRUE(content(person_.folder() / "ani.key") == before);
}

TEST_F(Keys, StockAgeKnowsThePlainKey) {
  const auto made = make_plain_key("ani.key");
  const auto known = support::run(program(person_, {"age-keygen", "-y", "ani.key"}));
  EXPECT_EQ(known.exit_code, 0) << known.err;
  EXPECT_EQ(known.out, made["recipient"].get<std::string>() + "\n");
}

TEST_F(Keys, StockAgeOpensTheSealedKey) {
  const auto made = make_sealed_key("ani.key");
  ASSERT_TRUE(made.is_object());
  EXPECT_EQ(content(person_.folder() / "ani.key").find("-----BEGIN AGE ENCRYPTED FILE-----\n"), 0U);

  support::OnTerminal age(program(person_, {"age", "-d", "-o", "open.key", "ani.key"}));
  ASSERT_TRUE(age.shows("Enter passphrase"));
  age.type(std::string(kPassphrase) + "\n");
  EXPECT_EQ(age.finish().exit_code, 0);
  const auto known = support::run(program(person_, {"age-keygen", "-y", "open.key"}));
  EXPECT_EQ(known.out, made["recipient"].get<std::string>() + "\n");
}

TEST_F(Keys, AKeyThatStockAgeSealedIsTaken) {
  const auto made = make_plain_key("plain.key");
  support::OnTerminal age(program(person_, {"age", "-p", "-o", "sealed.key", "plain.key"}));
  for (const char* question : {"Enter passphrase", "Confirm passphrase"}) {
    ASSERT_TRUE(age.shows(question));
    age.type(std::string(kPassphrase) + "\n");
  }
  ASSERT_EQ(age.finish().exit_code, 0);
  const auto shown = person_.run({"fingerprint", "--json", "sealed.key", "--passphrase-fd", "0"},
                                 std::string(kPassphrase) + "\n");
  EXPECT_EQ(object(shown)["fingerprint"], made["fingerprint"]) << shown.err;
}

TEST_F(Keys, TheTerminalIsAskedTwiceForANewPassphraseAndShowsNoneOfIt) {
  support::OnTerminal segel(person_.command({"keygen", "-o", "ani.key"}));
  ASSERT_TRUE(segel.shows("New passphrase: "));
  EXPECT_FALSE(segel.echoes());
  segel.type(std::string(kPassphrase) + "\n");
  ASSERT_TRUE(segel.shows("The same passphrase again: "));
  segel.type(std::string(kPassphrase) + "\n");
  const auto done = segel.finish();
  EXPECT_EQ(done.exit_code, 0) << done.out;
  EXPECT_FALSE(done.out.find(kPassphrase) != std::string::npos);
  EXPECT_EQ(
      person_
          .run({"fingerprint", "ani.key", "--passphrase-fd", "0"}, std::string(kPassphrase) + "\n")
          .exit_code,
      0);
}

TEST_F(Keys, TwoDifferentPassphrasesMakeNoKey) {
  support::OnTerminal segel(person_.command({"keygen", "-o", "ani.key"}));
  ASSERT_TRUE(segel.shows("New passphrase: "));
  segel.type("one\n");
  ASSERT_TRUE(segel.shows("again: "));
  segel.type("another\n");
  const auto done = segel.finish();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.out.find("The two passphrases differ."), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(person_.folder() / "ani.key"));
}

TEST_F(Keys, AnInterruptedQuestionEndsTheCommandAndGivesTheEchoBack) {
  support::OnTerminal segel(
      program(person_, {"sh", "-c",
                        "trap : INT; '" + std::string(SEGEL_BIN) +
                            "/segel' keygen -o ani.key; echo ended $?; read line"}));
  ASSERT_TRUE(segel.shows("New passphrase: "));
  EXPECT_FALSE(segel.echoes());
  segel.type("\x03");
  ASSERT_TRUE(segel.shows("ended 130"));
  EXPECT_TRUE(segel.echoes());
  EXPECT_FALSE(std::filesystem::exists(person_.folder() / "ani.key"));
}

TEST_F(Keys, WithoutATerminalAndADescriptorThereIsNoPassphrase) {
  const auto done = person_.run({"keygen", "-o", "ani.key"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("--passphrase-fd"), std::string::npos) << done.err;
}

TEST_F(Keys, AWrongPassphraseIsNamedAsSuch) {
  make_sealed_key("ani.key");
  const auto done = person_.run({"fingerprint", "ani.key", "--passphrase-fd", "0"}, "wrong\n");
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("this passphrase, do not open ani.key"), std::string::npos) << done.err;
}

TEST_F(Keys, TheFirstKeyIsRememberedInTheProfile) {
  const auto made = object(person_.run({"keygen", "--json", "--no-passphrase"}));
  EXPECT_EQ(made["file"], (person_.folder() / ".config/segel/key.age").string());
  const auto done =
      person_.run({"enrol", "--json", "--name", "Ani", "--office", "UPTD", "-o", "ani.enrol"});
  EXPECT_EQ(object(done)["fingerprint"], made["fingerprint"]) << done.err;
}

TEST_F(Keys, OneScriptActsForSeveralPeople) {
  const auto ani = object(person_.run({"--profile", "ani", "keygen", "--json", "--no-passphrase"}));
  const auto budi = object(person_.run({"keygen", "--json", "--no-passphrase", "--profile=budi"}));
  EXPECT_NE(ani["recipient"], budi["recipient"]);
  const auto done = person_.run({"--profile", "budi", "enrol", "--json", "--name", "Budi",
                                 "--office", "POLRES", "-o", "budi.enrol"});
  EXPECT_EQ(object(done)["recipient"], budi["recipient"]) << done.err;
}

TEST_F(Keys, AnEnrolmentCarriesTheKeyAndTheWordsBesideTheSignedPart) {
  const auto key = make_plain_key("ani.key");
  const auto done = enrol("ani.key", "ani.enrol");
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(object(done)["fingerprint"], key["fingerprint"]);
  const auto shown = object(person_.run({"fingerprint", "--json", "ani.enrol"}));
  EXPECT_EQ(shown["fingerprint"], key["fingerprint"]);
  EXPECT_EQ(shown["recipient"], key["recipient"]);
  EXPECT_EQ(shown["signing"], key["signing"]);
  EXPECT_EQ(shown["name"], "Ani Lestari");
  EXPECT_EQ(shown["office"], "UPTD PPA");
  // What goes to the service names nobody.
  const auto file = nlohmann::json::parse(content(person_.folder() / "ani.enrol"));
  const std::string note = file["enrolment"];
  EXPECT_EQ(note.find("segel/v1/enrolment\n"), 0U);
  EXPECT_EQ(note.find("Ani"), std::string::npos);
  EXPECT_EQ(note.find("UPTD"), std::string::npos);
}

struct Change {
  const char* name;
  void (*apply)(nlohmann::json&);
  const char* code;
};
constexpr Change kChanges[] = {
    {"AnotherName", [](nlohmann::json& file) { file["name"] = "Budi"; }, "enrolment_untrusted"},
    {"AnotherOffice", [](nlohmann::json& file) { file["office"] = "RSUD"; }, "enrolment_untrusted"},
    {"WordsMovedAcross",
     [](nlohmann::json& file) {
       file["name"] = "Ani LestariU";
       file["office"] = "PTD PPA";
     },
     "enrolment_untrusted"},
    {"AnotherKey",
     [](nlohmann::json& file) {
       std::string note = file["enrolment"];
       const auto at = note.find("age1") + 10;
       note[at] = note[at] == 'q' ? 'p' : 'q';
       file["enrolment"] = note;
     },
     "enrolment_malformed"},
    {"AnotherTime",
     [](nlohmann::json& file) {
       std::string note = file["enrolment"];
       const auto at = note.find("\"created\":") + 10;
       note[at] = note[at] == '1' ? '2' : '1';
       file["enrolment"] = note;
     },
     "enrolment_untrusted"},
    {"NoSalt", [](nlohmann::json& file) { file.erase("salt"); }, "enrolment_malformed"},
    {"MoreThanIsKnown", [](nlohmann::json& file) { file["role"] = "ADMIN"; },
     "enrolment_malformed"},
    {"NoFormat", [](nlohmann::json& file) { file.erase("format"); }, "enrolment_malformed"},
    {"LaterFormat", [](nlohmann::json& file) { file["format"] = 2; }, "enrolment_newer"},
};

TEST_F(Keys, AChangedEnrolmentIsRefused) {
  make_plain_key("ani.key");
  ASSERT_EQ(enrol("ani.key", "ani.enrol").exit_code, 0);
  const auto original = nlohmann::json::parse(content(person_.folder() / "ani.enrol"));
  for (const Change& change : kChanges) {
    SCOPED_TRACE(change.name);
    auto changed = original;
    change.apply(changed);
    std::ofstream(person_.folder() / "changed.enrol") << changed.dump();
    const auto done = person_.run({"fingerprint", "--json", "changed.enrol"});
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_EQ(done.out, "");
    const auto error = nlohmann::json::parse(done.err, nullptr, false);
    ASSERT_TRUE(error.is_object()) << done.err;
    EXPECT_EQ(error["error"]["code"], change.code);
  }
}

TEST_F(Keys, WhatIsNoKeyIsSaidToBeNone) {
  std::ofstream(person_.folder() / "letter.txt") << "Dear Ani,\n";
  const auto done = person_.run({"fingerprint", "letter.txt"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("letter.txt: line 1 is not an age key"), std::string::npos) << done.err;
}

TEST_F(Keys, WordsWithControlCharactersAreMisuse) {
  make_plain_key("ani.key");
  const auto done = person_.run(
      {"enrol", "--key", "ani.key", "--name", "Ani\nRole: admin", "--office", "x", "-o", "a"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(person_.folder() / "a"));
}

}  // namespace
}  // namespace segel_test
