#include "vault/log.h"

#include <gmock/gmock.h>

#include "support/log_fixture.h"

namespace vault {
namespace {

using ::testing::ElementsAre;
using Logging = LogFixture;

TEST_F(Logging, AnEmptyLogHasAnEmptyHead) {
  const auto head = log().head();
  ASSERT_TRUE(head);
  EXPECT_EQ(head->size, 0U);
  EXPECT_EQ(head->root, crypto::merkle::empty_root());
  EXPECT_EQ(log().line(0).error(), Errc::not_found);
}

TEST_F(Logging, EveryProofHolds) {
  std::vector<LogHead> heads{log().head().value()};
  std::vector<Digest> leaves;
  for (int i = 0; i < 40; ++i) {
    leaves.push_back(committer_->commit(draft())->leaf);
    heads.push_back(log().head().value());
  }
  for (std::uint64_t size = 1; size <= 40; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = log().prove_inclusion(index, size);
      ASSERT_TRUE(proof);
      EXPECT_TRUE(
          crypto::merkle::verify_inclusion(index, size, leaves[index], *proof, heads[size].root));
    }
    for (std::uint64_t from = 1; from <= size; ++from) {
      const auto proof = log().prove_consistency(from, size);
      ASSERT_TRUE(proof);
      EXPECT_TRUE(crypto::merkle::verify_consistency(from, size, heads[from].root, heads[size].root,
                                                     *proof));
    }
  }
}

TEST_F(Logging, ProofsOutsideTheLogAreRefused) {
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(log().prove_inclusion(1, 1).error(), Errc::invalid);
  EXPECT_EQ(log().prove_inclusion(0, 2).error(), Errc::invalid);
  EXPECT_EQ(log().prove_consistency(1, 2).error(), Errc::invalid);
  EXPECT_EQ(log().prove_consistency(2, 1).error(), Errc::invalid);
}

TEST_F(Logging, LinesComeInOrderUntilTheReaderHasEnough) {
  for (int i = 0; i < 600; ++i) ASSERT_TRUE(committer_->commit(draft()));
  std::uint64_t next = 10;
  ASSERT_TRUE(log().lines(10, 600, [&](std::uint64_t index, std::string_view line) {
    EXPECT_EQ(index, next);
    EXPECT_EQ(line, log().line(next).value());
    return ++next < 590;
  }));
  EXPECT_EQ(next, 590U);
  EXPECT_EQ(log().lines(599, 601, [](auto, auto) { return true; }).error(), Errc::not_found);
}

TEST_F(Logging, ACasesChainIsUnbroken) {
  std::vector<Committed> entries;
  for (const std::uint8_t number : std::vector<std::uint8_t>{1, 2, 1, 1, 2}) {
    entries.push_back(committer_->commit(case_draft(number)).value());
  }
  EXPECT_THAT(log().of_case(id_of(1), 1, 100).value(), ElementsAre(0U, 2U, 3U));
  EXPECT_THAT(log().of_case(id_of(2), 2, 100).value(), ElementsAre(4U));
  EXPECT_THAT(log().of_case(id_of(1), 1, 2).value(), ElementsAre(0U, 2U));
  EXPECT_TRUE(log().of_case(id_of(3), 1, 100)->empty());

  EXPECT_EQ(entry(0).case_seq, 1U);
  EXPECT_FALSE(entry(0).case_prev);
  EXPECT_EQ(entry(2).case_prev, entries[0].leaf);
  EXPECT_EQ(entry(3).case_seq, 3U);
  EXPECT_EQ(entry(3).case_prev, entries[2].leaf);
  EXPECT_EQ(entry(4).case_prev, entries[1].leaf);
}

TEST_F(Logging, ADamagedHeadIsSaidSo) {
  ASSERT_TRUE(committer_->commit(draft()));
  committer_.reset();
  meta_.set_row(Key(Kind::log_head), Bytes{'x'});
  EXPECT_EQ(log().head().error(), Errc::corrupt);
}

}  // namespace
}  // namespace vault
