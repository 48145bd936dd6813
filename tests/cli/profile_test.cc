#include "cli/profile.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

#include "cli/file_in.h"
#include "cli/file_out.h"
#include "support/temp_dir.h"

namespace cli {
namespace {

using Variables = std::map<std::string, std::string>;

Result<Profile> open_with(const Variables& variables, const ProfileFlags& flags = {}) {
  return Profile::open(flags, [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

crypto::SecretBytes secret(std::string text) {
  return crypto::SecretBytes::take({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

TEST(Profile, IsWhereTheFlagSaysElseTheVariableElseTheHome) {
  EXPECT_EQ(open_with({{"HOME", "/h"}})->folder(), "/h/.config/segel");
  EXPECT_EQ(open_with({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}})->folder(), "/x/segel");
  const Variables all = {{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}, {"SEGEL_HOME", "/s"}};
  EXPECT_EQ(open_with(all)->folder(), "/s");
  EXPECT_EQ(open_with(all, {.folder = "/p"})->folder(), "/p");
}

TEST(Profile, WithoutAnyFolderIsRefused) {
  const auto profile = open_with({});
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().what.text(), Text::profile_nowhere);
}

TEST(Profile, ReadsBackWhatItSaved) {
  const support::TempDir folder;
  const Variables here = {{"SEGEL_HOME", (folder / "p").string()}};
  auto profile = open_with(here);
  ASSERT_TRUE(profile);
  profile->settings() = {"https://vault:8443", "/etc/ca.pem", "/k", "agency", "key", "log+1+x"};
  ASSERT_TRUE(profile->save());
  const auto again = open_with(here);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->settings().server, "https://vault:8443");
  EXPECT_EQ(again->settings().ca_file, "/etc/ca.pem");
  EXPECT_EQ(again->settings().key_file, "/k");
  EXPECT_EQ(again->settings().agency, "agency");
  EXPECT_EQ(again->settings().access_key, "key");
  EXPECT_EQ(again->settings().log_key, "log+1+x");
}

TEST(Profile, TakesTheFlagBeforeTheVariableBeforeTheFile) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "profile.json",
                         crypto::as_bytes(R"({"format":1,"server":"file","ca":"file","key":"k"})"),
                         FileKind::settings));
  const Variables variables = {{"SEGEL_SERVER", "variable"}, {"SEGEL_CA", "variable"}};
  const auto profile = open_with(variables, {folder.path().string(), "flag", "", ""});
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->settings().server, "flag");
  EXPECT_EQ(profile->settings().ca_file, "variable");
  EXPECT_EQ(profile->settings().key_file, (folder / "k").string()) << "counts from the folder";
}

TEST(Profile, RefusesSettingsItDoesNotUnderstand) {
  const std::pair<const char*, Text> kFiles[] = {
      {"", Text::profile_malformed},
      {"[]", Text::profile_malformed},
      {"{}", Text::profile_malformed},
      {R"({"format":1,"server":7})", Text::profile_malformed},
      {R"({"format":"1"})", Text::profile_malformed},
      {R"({"format":2})", Text::profile_newer},
  };
  for (const auto& [text, expected] : kFiles) {
    SCOPED_TRACE(text);
    const support::TempDir folder;
    ASSERT_TRUE(write_file(folder / "profile.json", crypto::as_bytes(text), FileKind::settings));
    const auto profile = open_with({}, {.folder = folder.path().string()});
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().what.text(), expected);
  }
}

TEST(Profile, KeepsTheTokenForItsOwnerUntilItIsForgotten) {
  const support::TempDir folder;
  const auto profile = open_with({}, {.folder = (folder / "p").string()});
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->token().error().what.text(), Text::not_logged_in);
  ASSERT_TRUE(profile->save_token(secret("sgl_abc")));
  struct stat found {};
  ASSERT_EQ(::stat((folder / "p/session").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_TRUE(profile->token());
  EXPECT_TRUE(profile->token()->expose_text() == "sgl_abc");
  profile->forget_token();
  EXPECT_EQ(profile->token().error().what.text(), Text::not_logged_in);
}

TEST(Profile, ReadsATokenFileThatAVariableNames) {
  const support::TempDir folder;
  ASSERT_TRUE(write_file(folder / "t", crypto::as_bytes("sgl_xyz\n"), FileKind::secret));
  const auto profile =
      open_with({{"SEGEL_TOKEN_FILE", (folder / "t").string()}, {"HOME", "/nowhere"}});
  ASSERT_TRUE(profile);
  ASSERT_TRUE(profile->token());
  EXPECT_TRUE(profile->token()->expose_text() == "sgl_xyz");
}

}  // namespace
}  // namespace cli
