// login, whoami and logout with a real service, and what stands between a person and it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "cli/office_command.h"

namespace segel_test {
namespace {

using testing::HasSubstr;

class SessionCommand : public OfficeCommand {
 protected:
  std::filesystem::path token_file() const {
    return first_admin_->person.folder() / ".config/segel/session";
  }
};

TEST_F(SessionCommand, BeginsWithAKeyThatIsNeverSent) {
  const auto session = did(*first_admin_, {"login"});
  EXPECT_EQ(session.at("key"), first_admin_->key);
  EXPECT_EQ(session.at("role"), "ADMIN");
  EXPECT_EQ(session.at("via"), "sealed");
  EXPECT_EQ(session.at("agency"), "");
  struct stat found {};
  ASSERT_EQ(::stat(token_file().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_EQ(did(*first_admin_, {"whoami"}), session);
}

TEST_F(SessionCommand, RemembersTheServiceFromTheFirstTime) {
  log_in(*first_admin_);
  // Nothing in the environment says where the service is.
  const auto done = first_admin_->person.run({"whoami", "--json"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(server()));
}

TEST_F(SessionCommand, EndsForTheServiceToo) {
  log_in(*first_admin_);
  std::string token;
  std::ifstream(token_file()) >> token;
  did(*first_admin_, {"logout"});
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "not_logged_in");
  // Somebody who copied the token has nothing of it.
  std::ofstream(token_file()) << token;
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "session-ended");
  const auto advised = run(*first_admin_, {"whoami"});
  EXPECT_THAT(advised.err, HasSubstr("segel login"));
  // And to log out once more is no mistake.
  did(*first_admin_, {"logout"});
}

TEST_F(SessionCommand, EndsEverywhereAtOnce) {
  log_in(*first_admin_);
  std::string token;
  std::ifstream(token_file()) >> token;
  log_in(*first_admin_);
  did(*first_admin_, {"logout", "--all"});
  std::ofstream(token_file()) << token;
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "session-ended");
}

TEST_F(SessionCommand, EndsWithTheService) {
  log_in(*first_admin_);
  stop_service();
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "service_unreachable");
  start_service();
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "session-ended");
}

TEST_F(SessionCommand, IsRefusedToAKeyThatNobodyEnrolled) {
  const auto stranger = make_colleague("Cici");
  EXPECT_EQ(refused(*stranger, {"login"}), "login_key_unknown");
  EXPECT_EQ(refused(*stranger, {"whoami"}), "not_logged_in");
}

TEST_F(SessionCommand, IsNotBegunWithAServiceThatCannotBeTrusted) {
  const support::Certificates others("DNS:localhost");
  EXPECT_EQ(refused(*first_admin_, {"login", "--ca", others.authority()}), "service_untrusted");
  EXPECT_EQ(refused(*first_admin_, {"whoami"}), "not_logged_in");
}

TEST_F(SessionCommand, NeedsAnAddress) {
  const auto nowhere = Person().run({"login", "--json"});
  EXPECT_EQ(nowhere.exit_code, 1);
  EXPECT_THAT(nowhere.err, HasSubstr("server_not_given"));
  for (const char* wrong : {"http://localhost:8443", "localhost:8443", "https://", "https://a:0",
                            "https://a:65536", "https://a:b", "https://a/b", "https://[::1"}) {
    EXPECT_EQ(refused(*first_admin_, {"login", "--server", wrong}, 2), "server_malformed") << wrong;
  }
}

TEST_F(SessionCommand, RefusalsComeInThePersonsLanguage) {
  const auto stranger = make_colleague("Cici");
  const auto english = run(*stranger, {"login"});
  EXPECT_THAT(english.err, HasSubstr("does not know this key"));
  const auto indonesian = run(*stranger, {"login", "--lang", "id"});
  EXPECT_THAT(indonesian.err, HasSubstr("tidak mengenal kunci ini"));
}

}  // namespace
}  // namespace segel_test
