// `segel age` against the stock `age` and `age-keygen`.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/segel_command.h"

namespace segel_test {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class AgeCommand : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (person.folder() / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  support::Finished segel(std::vector<std::string> arguments, std::string input = {}) const {
    arguments.insert(arguments.begin(), "age");
    return person.run(std::move(arguments), std::move(input));
  }
  support::Finished stock(std::vector<std::string> arguments, std::string input = {}) const {
    return support::run({std::move(arguments), {}, std::move(input), path("")});
  }
  // Through a shell, which hands over the passphrase on descriptor 3.
  support::Finished segel_with_passphrase(const std::string& words,
                                          std::vector<std::string> arguments) const {
    write("passphrase", words + "\n");
    arguments.insert(arguments.begin(), {"age", "--passphrase-fd", "3"});
    auto command = person.command(std::move(arguments));
    command.arguments.insert(command.arguments.begin(),
                             {"/bin/sh", "-c", R"(exec "$0" "$@" 3<passphrase)"});
    return support::run(command);
  }
  // A new key in the file; its recipient.
  std::string new_key(const std::string& name) const {
    EXPECT_EQ(segel({"keygen", "-o", name}).exit_code, 0);
    auto recipient = segel({"keygen", "-y", name}).out;
    recipient.pop_back();
    return recipient;
  }

  Person person;
  const std::string kText = "visum et repertum\n";
  const std::string kLong = std::string(200000, 'x');
};

TEST_F(AgeCommand, KeygenWritesWhatAgeKeygenReads) {
  const auto made = segel({"keygen", "-o", "key"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, "");
  struct stat found {};
  ASSERT_EQ(stat(path("key").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  const auto theirs = stock({"age-keygen", "-y", "key"});
  EXPECT_EQ(theirs.exit_code, 0);
  EXPECT_EQ(segel({"keygen", "-y", "key"}).out, theirs.out);
  EXPECT_EQ(segel({"keygen", "-y"}, read("key")).out, theirs.out);
  EXPECT_TRUE(contains(made.err, theirs.out.substr(0, 62)));
}

TEST_F(AgeCommand, KeygenWithoutAFileWritesToStandardOutput) {
  const auto made = segel({"keygen"});
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_TRUE(made.out.starts_with("# created: "));
  EXPECT_EQ(stock({"age-keygen", "-y"}, made.out).out, segel({"keygen", "-y"}, made.out).out);
}

TEST_F(AgeCommand, KeygenNeverReplacesAKey) {
  write("key", "precious");
  EXPECT_EQ(segel({"keygen", "-o", "key"}).exit_code, 1);
  EXPECT_EQ(read("key"), "precious");
}

TEST_F(AgeCommand, ReadsAndWritesWhatAgeDoes) {
  const std::string recipient = new_key("key");
  for (const std::string& text : {std::string(), kText, kLong}) {
    const auto ours = segel({"encrypt", "-r", recipient}, text);
    EXPECT_EQ(ours.exit_code, 0) << ours.err;
    EXPECT_EQ(stock({"age", "-d", "-i", "key"}, ours.out).out, text);

    const auto theirs = stock({"age", "-r", recipient}, text);
    const auto opened = segel({"decrypt", "-i", "key"}, theirs.out);
    EXPECT_EQ(opened.exit_code, 0) << opened.err;
    EXPECT_EQ(opened.out, text);
  }
}

TEST_F(AgeCommand, TakesFilesArmorAndEveryWayToNameARecipient) {
  const std::string one = new_key("one");
  const std::string two = new_key("two");
  new_key("three");
  write("list", "# team\n\n" + two + "\r\n");
  write("plain", kLong);
  const auto sealed =
      segel({"encrypt", "-r", one, "-R", "list", "-i", "three", "-a", "-o", "sealed", "plain"});
  EXPECT_EQ(sealed.exit_code, 0) << sealed.err;
  EXPECT_TRUE(read("sealed").starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
  for (const char* key : {"one", "two", "three"}) {
    SCOPED_TRACE(key);
    EXPECT_EQ(stock({"age", "-d", "-i", key, "sealed"}).out, kLong);
    EXPECT_EQ(segel({"decrypt", "-i", key, "-o", "opened", "sealed"}).exit_code, 0);
    EXPECT_EQ(read("opened"), kLong);
  }
  new_key("stranger");
  EXPECT_EQ(segel({"decrypt", "-i", "stranger", "-i", "two", "sealed"}).out, kLong);
  const auto refused = segel({"decrypt", "-i", "stranger", "sealed"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "");
}

TEST_F(AgeCommand, AResultAppearsWholeOrNotAtAll) {
  const std::string recipient = new_key("key");
  write("sealed", segel({"encrypt", "-r", recipient}, kLong).out);
  std::filesystem::resize_file(path("sealed"), read("sealed").size() - 1);
  write("kept", "what was there");
  EXPECT_EQ(segel({"decrypt", "-i", "key", "-o", "opened", "sealed"}).exit_code, 1);
  EXPECT_FALSE(exists("opened"));
  EXPECT_EQ(segel({"decrypt", "-i", "key", "-o", "kept", "sealed"}).exit_code, 1);
  EXPECT_EQ(read("kept"), "what was there");
  const auto shown = segel({"decrypt", "-i", "key", "sealed"});
  EXPECT_EQ(shown.exit_code, 1);
  EXPECT_TRUE(contains(shown.err, "cut short")) << shown.err;
}

TEST_F(AgeCommand, WritesThroughALinkAndIntoADevice) {
  const std::string recipient = new_key("key");
  write("target", "before");
  std::filesystem::create_symlink("target", path("link"));
  EXPECT_EQ(segel({"encrypt", "-a", "-r", recipient, "-o", "link"}, kText).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_TRUE(read("target").starts_with("-----BEGIN"));
  EXPECT_EQ(segel({"encrypt", "-r", recipient, "-o", "/dev/null"}, kText).exit_code, 0);
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
  EXPECT_EQ(segel({"encrypt", "-r", recipient, "-o", "/dev/full"}, kText).exit_code, 1);
}

TEST_F(AgeCommand, APassphraseComesFromADescriptor) {
  write("plain", kText);
  const auto sealed =
      segel_with_passphrase("kata sandi", {"encrypt", "-p", "-o", "sealed", "plain"});
  EXPECT_EQ(sealed.exit_code, 0) << sealed.err;
  EXPECT_EQ(segel_with_passphrase("kata sandi", {"decrypt", "sealed"}).out, kText);
  const auto wrong = segel_with_passphrase("kata sandy", {"decrypt", "sealed"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(wrong.out, "");
  EXPECT_FALSE(contains(wrong.err, "sandy"));
}

TEST_F(AgeCommand, APassphraseIsTypedUnseenAndStockAgeTakesIt) {
  write("plain", kText);
  support::OnTerminal sealing(person.command({"age", "encrypt", "-p", "-o", "sealed", "plain"}));
  ASSERT_TRUE(sealing.shows("New passphrase: "));
  EXPECT_FALSE(sealing.echoes());
  sealing.type("kata sandi\n");
  ASSERT_TRUE(sealing.shows("again: "));
  sealing.type("kata sandi\n");
  const auto sealed = sealing.finish();
  EXPECT_EQ(sealed.exit_code, 0);
  EXPECT_FALSE(contains(sealed.out, "kata"));

  support::OnTerminal opening({{"age", "-d", "-o", "opened", "sealed"}, {}, {}, path("")});
  ASSERT_TRUE(opening.shows(": "));
  opening.type("kata sandi\n");
  EXPECT_EQ(opening.finish().exit_code, 0);
  EXPECT_EQ(read("opened"), kText);
}

TEST_F(AgeCommand, AnIdentityFileMayBeSealedItself) {
  const std::string recipient = new_key("key");
  write("sealed", segel({"encrypt", "-r", recipient}, kText).out);
  ASSERT_EQ(
      segel_with_passphrase("kata", {"encrypt", "-a", "-p", "-o", "key.age", "key"}).exit_code, 0);
  EXPECT_EQ(segel_with_passphrase("kata", {"decrypt", "-i", "key.age", "sealed"}).out, kText);
  EXPECT_EQ(segel_with_passphrase("kati", {"decrypt", "-i", "key.age", "sealed"}).exit_code, 1);
}

TEST_F(AgeCommand, WhatIsNoTextDoesNotReachATerminal) {
  const std::string recipient = new_key("key");
  write("plain", kText);
  support::OnTerminal sealing(person.command({"age", "encrypt", "-r", recipient, "plain"}));
  const auto refused = sealing.finish();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(contains(refused.out, "is not sent to the terminal")) << refused.out;

  write("text.age", segel({"encrypt", "-r", recipient}, "nama: Dewi Lestari\n\tRp 5.000\n").out);
  const auto text =
      support::OnTerminal(person.command({"age", "decrypt", "-i", "key", "text.age"})).finish();
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_TRUE(contains(text.out, "Dewi Lestari"));
  for (const std::string& evil : {std::string("a\x1b]0;x\x07"),
                                  std::string("a\xc2\x9b"
                                              "31m"),
                                  std::string("a\0b", 3)}) {
    write("evil.age", segel({"encrypt", "-r", recipient}, evil).out);
    const auto shown =
        support::OnTerminal(person.command({"age", "decrypt", "-i", "key", "evil.age"})).finish();
    EXPECT_EQ(shown.exit_code, 1);
    EXPECT_FALSE(contains(shown.out, evil.substr(1)));
  }
}

TEST_F(AgeCommand, RefusesWhatCannotBeMeant) {
  const std::string recipient = new_key("key");
  const std::vector<std::vector<std::string>> misuses = {
      {"encrypt"},
      {"encrypt", "-p", "-r", recipient},
      {"encrypt", "-r", "age1nonsense"},
      {"encrypt", "-R", "-", "-r", recipient},
      {"decrypt", "-i", "-"},
      {"keygen", "key"},
  };
  for (const auto& arguments : misuses) {
    const auto done = segel(arguments, kText);
    EXPECT_EQ(done.exit_code, 2) << arguments.back();
    EXPECT_EQ(done.out, "");
  }
}

TEST_F(AgeCommand, NamesABadLineAndNothingOfIt) {
  const std::string recipient = new_key("key");
  std::string key = read("key");
  key.insert(key.find("AGE-SECRET-KEY-1") + 20, "QQ");
  write("slip", key);
  const auto refused = segel({"decrypt", "-i", "slip"}, kText);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(contains(refused.err, "slip: line 3")) << refused.err;
  EXPECT_FALSE(contains(refused.err, "SECRET-KEY-1Q"));
  write("list", recipient + "\nssh-ed25519 AAAA\n");
  EXPECT_TRUE(contains(segel({"encrypt", "-R", "list"}, kText).err, "list: line 2"));
  write("empty", "# nothing\n");
  EXPECT_EQ(segel({"encrypt", "-R", "empty"}, kText).exit_code, 1);
}

TEST_F(AgeCommand, SaysWhatIsWrongWithAFile) {
  const std::string recipient = new_key("key");
  EXPECT_TRUE(contains(segel({"decrypt", "-i", "key"}, "no age file").err, "is not an age file"));
  EXPECT_EQ(segel({"decrypt", "-i", "key", "missing"}).exit_code, 1);
  const auto sealed = segel({"encrypt", "-r", recipient}, kText).out;
  const auto unasked = segel({"decrypt"}, sealed);
  EXPECT_EQ(unasked.exit_code, 1);
  EXPECT_TRUE(contains(unasked.err, "do not open")) << unasked.err;
}

}  // namespace
}  // namespace segel_test
