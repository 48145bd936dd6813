#include "api/pending_payloads.h"

#include <gtest/gtest.h>

namespace api {
namespace {

using crypto::Id;

class PendingTest : public ::testing::Test {
 protected:
  std::string put(const Id& depositor, const Id& document) {
    PendingPayloads::Pending pending;
    pending.depositor = depositor;
    const auto done = pending_.put(document, std::move(pending));
    return done ? "" : done.error().type;
  }

  vault::Time now_ = 1'000'000;
  PendingPayloads pending_{[this] { return now_; }};
  const Id ani_ = Id::make(1), budi_ = Id::make(2);
};

TEST_F(PendingTest, IsEachDepositorsOwnUnderWhateverId) {
  const Id document = Id::make(3);
  EXPECT_EQ(put(ani_, document), "");
  EXPECT_EQ(put(ani_, document), "conflict");
  EXPECT_EQ(put(budi_, document), "");
  ASSERT_TRUE(pending_.take(document, ani_));
  EXPECT_FALSE(pending_.take(document, ani_));
  EXPECT_TRUE(pending_.take(document, budi_));
}

TEST_F(PendingTest, LeavesRoomForOthersHoweverMuchOneSends) {
  for (std::size_t i = 0; i < PendingPayloads::kMostEach; ++i) {
    ASSERT_EQ(put(ani_, Id::make(10)), "");
  }
  EXPECT_EQ(put(ani_, Id::make(10)), "too-many");
  EXPECT_EQ(put(budi_, Id::make(10)), "");
  now_ += PendingPayloads::kLifetime;
  EXPECT_EQ(put(ani_, Id::make(10)), "");
}

}  // namespace
}  // namespace api
