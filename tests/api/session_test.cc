#include "api/session.h"

#include <gtest/gtest.h>

#include "crypto/age.h"
#include "support/people.h"

namespace api {
namespace {

using support::FoundedVault;
using support::Person;

constexpr vault::Time kSecond = 1000;
constexpr vault::Time kMinute = 60 * kSecond;

class SessionTest : public ::testing::Test {
 protected:
  Call call() const {
    Call call;
    call.request_id = "r1";
    call.origin = "192.0.2.7";
    return call;
  }
  // The token in a challenge; empty when this key does not open it.
  std::string open(const Challenges::Sealed& challenge, const Person& person) {
    const auto header = crypto::age::parse_header(challenge.file);
    if (!header) return {};
    const auto binding = crypto::age::Binding::parse(header->stanzas.at(0));
    if (!binding || binding->kind != crypto::age::Kind::challenge) return {};
    const auto opened = crypto::age::open(challenge.file, person.identity, *binding);
    return opened ? std::string(opened->expose_text()) : std::string();
  }
  std::string token_for(const Person& person) {
    const auto challenge = sessions_.challenge(person.identity.recipient());
    return challenge ? open(*challenge, person) : std::string();
  }

  FoundedVault founded_;
  Sessions sessions_{founded_.vault(), founded_.clock(), founded_.steady(), Sessions::Options{}};
  const Person& admin_ = founded_.first_admin;
};

TEST_F(SessionTest, BeginsWithTheFirstUseOfItsToken) {
  const std::string token = token_for(admin_);
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(founded_.entries("session.begin"), 0U);
  const auto use = sessions_.use(token, call());
  ASSERT_TRUE(use);
  EXPECT_EQ((*use)->actor().key, admin_.key());
  EXPECT_EQ((*use)->actor().via, "sealed");
  EXPECT_FALSE((*use)->opened());
  EXPECT_EQ(founded_.entries("session.begin"), 1U);
  ASSERT_TRUE(sessions_.use(token, call()));
  EXPECT_EQ(founded_.entries("session.begin"), 1U);
}

TEST_F(SessionTest, IsNotBegunByATokenOlderThanAMinute) {
  const std::string token = token_for(admin_);
  founded_.pass(kMinute);
  EXPECT_EQ(sessions_.use(token, call()).error().type, "session-ended");
}

TEST_F(SessionTest, IsAnsweredAlikeForAKeyThatNobodyKnows) {
  const Person stranger = support::make_person();
  const auto known = sessions_.challenge(admin_.identity.recipient());
  const auto unknown = sessions_.challenge(stranger.identity.recipient());
  ASSERT_TRUE(known);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(known->file.size(), unknown->file.size());
  EXPECT_EQ(known->expires, unknown->expires);
  EXPECT_EQ(open(*unknown, stranger), "");
}

TEST_F(SessionTest, IsBegunHoweverManyChallengesOthersAskedForInHerName) {
  const std::string token = token_for(admin_);
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(token_for(admin_).empty());
  EXPECT_TRUE(sessions_.use(token, call()));
  EXPECT_TRUE(sessions_.use(token_for(admin_), call()));
}

TEST_F(SessionTest, IsNotBegunAgainByTheTokenOfOneThatEnded) {
  const std::string token = token_for(admin_);
  sessions_.end(**sessions_.use(token, call()), call());
  EXPECT_EQ(sessions_.use(token, call()).error().type, "session-ended");
}

TEST_F(SessionTest, IsNotBegunByATokenThatSomebodyChanged) {
  const std::string token = token_for(admin_);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(sessions_.use(changed, call())) << at;
  }
  EXPECT_EQ(founded_.entries("session.begin"), 0U);
}

TEST_F(SessionTest, EndsWhenItIsIdle) {
  const std::string token = token_for(admin_);
  ASSERT_TRUE(sessions_.use(token, call()));
  founded_.pass(5 * kMinute - 1);
  ASSERT_TRUE(sessions_.use(token, call()));
  founded_.pass(5 * kMinute - 1);
  ASSERT_TRUE(sessions_.use(token, call()));
  founded_.pass(5 * kMinute);
  EXPECT_FALSE(sessions_.use(token, call()));
  EXPECT_EQ(founded_.entries("session.end"), 1U);
  EXPECT_NE(founded_.last_line().find("idle"), std::string::npos);
}

TEST_F(SessionTest, IsNotIdleWhileACallRuns) {
  const std::string token = token_for(admin_);
  {
    const auto use = sessions_.use(token, call());
    ASSERT_TRUE(use);
    founded_.pass(20 * kMinute);
    sessions_.end_expired();
    EXPECT_EQ(sessions_.count(), 1U);
  }
  sessions_.end_expired();
  EXPECT_EQ(sessions_.count(), 0U);
}

TEST_F(SessionTest, EndsAfterEightHoursWhateverIsDone) {
  const std::string token = token_for(admin_);
  for (int minutes = 0; minutes < 8 * 60; minutes += 4) {
    ASSERT_TRUE(sessions_.use(token, call())) << minutes;
    founded_.pass(4 * kMinute);
  }
  sessions_.end_expired();
  EXPECT_EQ(sessions_.count(), 0U);
  EXPECT_NE(founded_.last_line().find("expired"), std::string::npos);
  EXPECT_FALSE(sessions_.use(token, call()));
}

// Whoever sets the clock, an operator or a time server that lies, neither lengthens the time of a
// lent key nor throws people out.
TEST_F(SessionTest, EndsAfterTheTimeThatPassesWhateverTheClockIsSetTo) {
  for (const vault::Time day : {-24 * 60 * kMinute, 24 * 60 * kMinute}) {
    SCOPED_TRACE(day);
    const auto opened = sessions_.open(admin_.identity, call());
    ASSERT_TRUE(opened);
    const std::string sealed = token_for(admin_), late = token_for(admin_);
    founded_.set_clock(day);
    EXPECT_TRUE(sessions_.use(sealed, call()));
    EXPECT_TRUE(sessions_.use(opened->token, call()));
    founded_.pass(kMinute);
    EXPECT_EQ(sessions_.use(late, call()).error().type, "session-ended");
    founded_.pass(4 * kMinute);
    EXPECT_FALSE(sessions_.use(sealed, call()));
  }
}

TEST_F(SessionTest, TellsItsEndByTheClockAsItIsSet) {
  const auto opened = sessions_.open(admin_.identity, call());
  ASSERT_TRUE(opened);
  constexpr vault::Time kHour = 60 * kMinute;
  EXPECT_EQ(sessions_.expires(*opened->use), FoundedVault::kStart + 8 * kHour);
  founded_.pass(kHour);
  founded_.set_clock(-3 * kHour);
  EXPECT_EQ(sessions_.expires(*opened->use), FoundedVault::kStart + 5 * kHour);
}

TEST_F(SessionTest, EndsWhenItsOwnerSaysSo) {
  const std::string token = token_for(admin_);
  std::vector<std::string> ended;
  sessions_.on_end([&](const Session& session) { ended.push_back(session.id()); });
  const auto use = sessions_.use(token, call());
  ASSERT_TRUE(use);
  sessions_.end(**use, call());
  EXPECT_FALSE(sessions_.use(token, call()));
  EXPECT_EQ(ended, std::vector<std::string>{(*use)->id()});
  EXPECT_EQ(founded_.entries("session.end"), 1U);
}

// What each keeps in the locked arena is taken from everybody.
TEST_F(SessionTest, MakesRoomForTheThirtyThirdOfItsKey) {
  const std::string other = token_for(founded_.second_admin);
  ASSERT_TRUE(sessions_.use(other, call()));
  std::vector<std::string> tokens;
  const auto begin = [&] {
    founded_.pass(kSecond);
    tokens.push_back(token_for(admin_));
    ASSERT_TRUE(sessions_.use(tokens.back(), call()));
  };
  for (int i = 0; i < 32; ++i) begin();
  founded_.pass(kSecond);
  const auto in_use = sessions_.use(tokens[0], call());
  ASSERT_TRUE(sessions_.use(tokens[1], call()));
  EXPECT_EQ(founded_.entries("session.end"), 0U);

  begin();
  ASSERT_EQ(founded_.entries("session.end"), 1U);
  EXPECT_NE(founded_.lines_of("session.end").back().find("replaced"), std::string::npos);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(sessions_.use(tokens[i], call()).has_value(), i != 2) << i;
  }
  EXPECT_TRUE(sessions_.use(other, call()));
}

TEST_F(SessionTest, EndsWithAllOthersOfItsKeyAndNoOtherKeys) {
  const std::string sealed = token_for(admin_), waiting = token_for(admin_);
  const std::string other = token_for(founded_.second_admin);
  const auto opened = sessions_.open(admin_.identity, call());
  ASSERT_TRUE(opened);
  ASSERT_TRUE(sessions_.use(sealed, call()));
  ASSERT_TRUE(sessions_.use(other, call()));
  sessions_.end_all_of(admin_.key(), call());
  EXPECT_FALSE(sessions_.use(sealed, call()));
  EXPECT_FALSE(sessions_.use(waiting, call()));
  EXPECT_FALSE(sessions_.use(opened->token, call()));
  EXPECT_TRUE(sessions_.use(other, call()));
}

TEST_F(SessionTest, IsOpenedWithAKnownKeyOnly) {
  const auto opened = sessions_.open(admin_.identity, call());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->token.size(), 47U);
  EXPECT_TRUE(opened->use->opened());
  EXPECT_EQ(opened->use->actor().via, "opened");
  EXPECT_EQ(founded_.entries("session.begin"), 1U);
  const auto stranger = sessions_.open(crypto::Identity::generate(), call());
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().type, "challenge-failed");
}

TEST_F(SessionTest, EndsWithTheServiceWithoutAnEntryOfItsOwn) {
  const std::string token = token_for(admin_);
  ASSERT_TRUE(sessions_.use(token, call()));
  int ended = 0;
  sessions_.on_end([&](const Session&) { ++ended; });
  sessions_.drop_all();
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(founded_.entries("session.end"), 0U);
  EXPECT_FALSE(sessions_.use(token, call()));
}

}  // namespace
}  // namespace api
