#include "vault/committer.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/full_arena.h"
#include "support/log_fixture.h"
#include "vault/erase_slots.h"

namespace vault {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Committing = LogFixture;

// Holds the committer inside a change until it is let go, so that others gather behind it.
class Gate {
 public:
  Committer::Change change() {
    return [this](ChangeTxn&) -> Result<void> {
      std::unique_lock lock(mutex_);
      reached_ = true;
      moved_.notify_all();
      moved_.wait(lock, [&] { return open_; });
      return {};
    };
  }
  void wait_until_reached() {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return reached_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    moved_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  bool reached_ = false;
  bool open_ = false;
};

// Whether the thread waits for something (proc(5)).
bool sleeps(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 3, ") S") == 0;
}

// Commits all the changes at once, so that they share a batch: the first one holds the committer
// until all others wait for it.
std::vector<Result<Committed>> commit_together(Committer& committer,
                                               const std::vector<Committer::Change>& changes) {
  Gate gate;
  std::thread first([&] { EXPECT_TRUE(committer.commit(gate.change(), draft("log.read"))); });
  gate.wait_until_reached();
  std::vector<Result<Committed>> answers(changes.size(), tl::unexpected(Errc::stopped));
  std::vector<std::atomic<pid_t>> calling(changes.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    threads.emplace_back([&, i] {
      calling[i] = ::gettid();
      answers[i] = committer.commit(changes[i], draft());
    });
  }
  for (const auto& thread : calling) {
    while (thread == 0 || !sleeps(thread)) std::this_thread::yield();
  }
  gate.open();
  first.join();
  for (std::thread& thread : threads) thread.join();
  return answers;
}

Committer::Change refuse(Errc error) {
  return [error](ChangeTxn&) -> Result<void> { return tl::unexpected(error); };
}

Committer::Change write_then_fail(std::string name, Errc error) {
  return [name, error](ChangeTxn& txn) -> Result<void> {
    txn.put(record_key(name), crypto::as_bytes("half"));
    return tl::unexpected(error);
  };
}

TEST_F(Committing, ChangeAndEntryAreSeenOnceAnswered) {
  const auto committed = committer_->commit(put("a", "1"), draft("case.create"));
  ASSERT_TRUE(committed);
  EXPECT_EQ(committed->index, 0U);
  EXPECT_EQ(committed->time, kStart);
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(log().line(0).value(), committed->line);
  EXPECT_EQ(crypto::merkle::leaf_hash(crypto::as_bytes(committed->line)), committed->leaf);
  EXPECT_EQ(entry(0).action, "case.create");
  EXPECT_TRUE(entry(0).records);
}

TEST_F(Committing, AnEntryAloneHasNoRecords) {
  ASSERT_TRUE(committer_->commit(draft("log.read")));
  EXPECT_FALSE(entry(0).records);
}

TEST_F(Committing, TheHeadIsSignedAndCoversEveryEntry) {
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(committer_->commit(draft()));
  const auto head = log().head();
  ASSERT_TRUE(head);
  const auto checkpoint = crypto::Checkpoint::open(head->checkpoint, verifier());
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, 9U);
  EXPECT_EQ(checkpoint->origin, kOrigin);
  crypto::merkle::Tree tree;
  for (std::uint64_t i = 0; i < 9; ++i) {
    tree.append(crypto::merkle::leaf_hash(crypto::as_bytes(log().line(i).value())));
  }
  EXPECT_EQ(checkpoint->root, tree.root());
}

TEST_F(Committing, ARefusalGetsItsAnswerAndWritesNothing) {
  const auto rows = meta_.rows();
  EXPECT_EQ(committer_->commit(refuse(Errc::conflict), draft()).error(), Errc::conflict);
  EXPECT_EQ(meta_.rows(), rows);
  EXPECT_EQ(meta_.commits(), 0U);
}

TEST_F(Committing, AnErrorAfterAWriteLeavesNothingAndHarmsNoOther) {
  const auto answers = commit_together(
      *committer_, {put("a", "1"), write_then_fail("b", Errc::stale), refuse(Errc::forbidden),
                    put("c", "3"), write_then_fail("d", Errc::invalid)});
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error(), Errc::stale);
  EXPECT_EQ(answers[2].error(), Errc::forbidden);
  EXPECT_TRUE(answers[3]);
  EXPECT_EQ(answers[4].error(), Errc::invalid);
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(value_of("b"), std::nullopt);
  EXPECT_EQ(value_of("c"), "3");
  EXPECT_EQ(value_of("d"), std::nullopt);
  EXPECT_EQ(log().head()->size, 3U);
}

TEST_F(Committing, AWriteThatCanNeverSucceedFailsItsOwnChangeOnly) {
  const auto large = [](ChangeTxn& txn) -> Result<void> {
    txn.put(record_key("large"), Bytes(kMaxValue + 1));
    return {};
  };
  const auto of_the_log = [](ChangeTxn& txn) -> Result<void> {
    txn.erase(Key(Kind::log_head));
    return {};
  };
  const auto answers = commit_together(*committer_, {large, put("a", "1"), of_the_log});
  EXPECT_EQ(answers[0].error(), Errc::too_large);
  EXPECT_TRUE(answers[1]);
  EXPECT_EQ(answers[2].error(), Errc::invalid);
  EXPECT_FALSE(committer_->stopped());
}

TEST_F(Committing, AnExceptionComesOutInItsOwnCaller) {
  const auto throws = [](ChangeTxn& txn) -> Result<void> {
    txn.put(record_key("half"), crypto::as_bytes("x"));
    throw std::runtime_error("a bug");
  };
  EXPECT_THROW((void)committer_->commit(throws, draft()), std::runtime_error);
  EXPECT_TRUE(committer_->commit(put("a", "1"), draft()));
  EXPECT_EQ(value_of("half"), std::nullopt);
}

TEST_F(Committing, ThoseWhoArriveDuringACommitShareTheNextFlush) {
  std::vector<Committer::Change> changes;
  for (int i = 0; i < 40; ++i) changes.push_back(put(std::to_string(i), "x"));
  for (const auto& answer : commit_together(*committer_, changes)) EXPECT_TRUE(answer);
  EXPECT_EQ(log().head()->size, 41U);
  // One for the gate, and one for all behind it; a thread that was late may have made a third.
  EXPECT_LE(meta_.commits(), 3U);
}

TEST_F(Committing, ABatchHoldsNoMoreThanItMay) {
  committer_.reset();
  max_batch_ = 10;
  start();
  std::vector<Committer::Change> changes(40, put("a", "x"));
  for (const auto& answer : commit_together(*committer_, changes)) EXPECT_TRUE(answer);
  EXPECT_GE(meta_.commits(), 5U);
}

TEST_F(Committing, ACommitsBytesAreBounded) {
  std::vector<Committer::Change> changes;
  for (int change = 0; change < 8; ++change) {
    changes.push_back([change](ChangeTxn& txn) -> Result<void> {
      for (int i = 0; i < 40; ++i) {
        txn.put(record_key(std::to_string(change) + "-" + std::to_string(i)), Bytes(60000));
      }
      return {};
    });
  }
  for (const auto& answer : commit_together(*committer_, changes)) EXPECT_TRUE(answer);
  EXPECT_GE(meta_.commits(), 5U);
  EXPECT_EQ(log().head()->size, 9U);
}

TEST_F(Committing, ManyThreadsGiveOneEntryAChange) {
  constexpr int kThreads = 8;
  constexpr int kEach = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = std::to_string(t) + "/" + std::to_string(i);
        const auto committed =
            committer_->commit(put(name, name), case_draft(static_cast<std::uint8_t>(t)));
        ASSERT_TRUE(committed);
        ASSERT_EQ(value_of(name), name);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log().head()->size, std::uint64_t{kThreads * kEach});
  for (std::uint64_t i = 0; i < kThreads * kEach; ++i) EXPECT_EQ(entry(i).index, i);
}

TEST_F(Committing, DraftsThatCannotBeAnEntryAreRefused) {
  EXPECT_EQ(committer_->commit(draft("document.dance")).error(), Errc::invalid);
  EntryDraft quoted = draft();
  quoted.detail = "a\"b";
  EXPECT_EQ(committer_->commit(quoted).error(), Errc::invalid);
  EntryDraft name = draft();
  name.subject = "Bu\xcc\x81";
  EXPECT_EQ(committer_->commit(name).error(), Errc::invalid);
  EntryDraft lengthy = draft();
  lengthy.detail.assign(4096, 'x');
  EXPECT_EQ(committer_->commit(lengthy).error(), Errc::too_large);
  EXPECT_EQ(log().head()->size, 0U);
}

TEST_F(Committing, TheLongestEntryFits) {
  EntryDraft entry = case_draft(1);
  for (std::size_t length = 4096; length > 0; --length) {
    entry.detail.assign(length, 'x');
    if (committer_->commit(put("a", "1"), entry)) break;
  }
  EXPECT_GT(entry.detail.size(), 3500U);
  EXPECT_LE(log().line(0)->size(), 4096U);
}

TEST_F(Committing, TimeNeverGoesBack) {
  ASSERT_TRUE(committer_->commit(draft()));
  now_ = kStart - 60'000;
  const auto later = committer_->commit(
      [](ChangeTxn& txn) -> Result<void> {
        EXPECT_EQ(txn.time(), kStart);
        EXPECT_EQ(txn.index(), 1U);
        return {};
      },
      draft());
  EXPECT_EQ(later->time, kStart);
  EXPECT_EQ(log().head()->size, 2U);
}

TEST_F(Committing, AStepOfTheClockIsAnEntryOnce) {
  ASSERT_TRUE(committer_->commit(draft()));
  now_ = kStart - 121'000;
  ASSERT_TRUE(committer_->commit(draft()));
  ASSERT_TRUE(committer_->commit(draft()));
  ASSERT_EQ(log().head()->size, 4U);
  EXPECT_EQ(entry(1).action, "service.clock");
  EXPECT_EQ(entry(1).detail, "step_ms=-121000");
  now_ = kStart + 8 * 24 * 3600 * Time{1000};
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(entry(4).action, "service.clock");
  EXPECT_EQ(entry(5).time, now_);
}

TEST_F(Committing, AStepWhileStoppedIsAnEntryToo) {
  ASSERT_TRUE(committer_->commit(draft()));
  now_ = kStart - 3'600'000;
  start();
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(entry(1).action, "service.clock");
}

TEST_F(Committing, WantOfSpaceIsAnsweredCountedAndEnteredLater) {
  ASSERT_TRUE(committer_->commit(draft()));
  meta_.set_room(0);
  EXPECT_EQ(committer_->commit(put("a", "1"), draft()).error(), Errc::no_space);
  EXPECT_EQ(committer_->commit(put("b", "1"), draft()).error(), Errc::no_space);
  EXPECT_FALSE(committer_->stopped());
  meta_.set_room(std::nullopt);
  ASSERT_TRUE(committer_->commit(put("c", "1"), draft()));
  ASSERT_EQ(log().head()->size, 3U);
  EXPECT_EQ(entry(2).action, "service.refusals");
  EXPECT_EQ(entry(2).detail, "no_space=2");
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(log().head()->size, 4U);
}

TEST_F(Committing, AFailedFlushStopsEverything) {
  ASSERT_TRUE(committer_->commit(put("a", "1"), draft()));
  meta_.fail_commit(Errc::io_failure);
  EXPECT_EQ(committer_->commit(put("a", "2"), draft()).error(), Errc::io_failure);
  EXPECT_TRUE(committer_->stopped());
  EXPECT_EQ(committer_->commit(put("a", "3"), draft()).error(), Errc::stopped);
  EXPECT_EQ(value_of("a"), "1");
  start();
  EXPECT_TRUE(committer_->commit(put("a", "4"), draft()));
  EXPECT_EQ(log().head()->size, 2U);
}

// One thread serves all: what it throws would end the process, not the request.
TEST_F(Committing, NeedsNoSecretMemoryOfItsOwn) {
  const support::FullArena full;
  EXPECT_TRUE(committer_->commit(put("a", "1"), draft()));
  EXPECT_TRUE(committer_->commit(put("a", "2"), draft()));
  EXPECT_EQ(log().head()->size, 2U);
}

TEST_F(Committing, WantOfMemoryIsToldToWhoWaitsAndStopsNothing) {
  ASSERT_TRUE(committer_->commit(put("a", "1"), draft()));
  meta_.fail_memory();  // the entry's row: no change's own doing
  EXPECT_EQ(committer_->commit(draft()).error(), Errc::io_failure);
  EXPECT_FALSE(committer_->stopped());
  EXPECT_TRUE(committer_->commit(put("a", "2"), draft()));
  EXPECT_EQ(log().head()->size, 2U);
}

TEST_F(Committing, ADamagedChainHoldsUpItsCaseAlone) {
  ASSERT_TRUE(committer_->commit(case_draft(1)));
  ASSERT_TRUE(committer_->commit(case_draft(2)));
  meta_.set_row(Key(Kind::log_case).id(id_of(1)).u64(1), Bytes{'x'});
  const auto refused = committer_->commit(put("a", "1"), case_draft(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Errc::corrupt);
  EXPECT_EQ(value_of("a"), std::nullopt);
  EXPECT_TRUE(committer_->commit(put("b", "2"), case_draft(2)));
  EXPECT_TRUE(committer_->commit(draft()));
  EXPECT_FALSE(committer_->stopped());
}

TEST_F(Committing, GoesOnWhereAnEarlierOneEnded) {
  for (int round = 0; round < 12; ++round) {
    ASSERT_TRUE(committer_->commit(put("a", std::to_string(round)), case_draft(1)));
    start();
  }
  EXPECT_EQ(log().head()->size, 12U);
  EXPECT_EQ(entry(11).case_seq, 12U);
}

TEST_F(Committing, RefusesToGoOnUnderAnotherKeyOrAfterDamage) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(committer_->commit(draft()));
  committer_.reset();
  const auto rows = meta_.rows();

  const auto own = std::exchange(log_key_, crypto::SigningKey::generate());
  EXPECT_EQ(try_start().error(), Errc::untrusted);
  log_key_ = own.duplicate();

  meta_.set_row(Key(Kind::log_nodes).u64(3), std::nullopt);
  EXPECT_EQ(try_start().error(), Errc::corrupt);

  meta_.set_rows(rows);
  meta_.set_row(Key(Kind::log_entry).u64(4), Bytes{'{', '}'});
  EXPECT_EQ(try_start().error(), Errc::corrupt);
}

Committer::Change destroy(std::string name, std::uint64_t slot) {
  return [name, slot](ChangeTxn& txn) -> Result<void> {
    txn.destroy(record_key(name), slot);
    return {};
  };
}

std::size_t marks(const support::MemoryMeta& meta) {
  std::size_t count = 0;
  for (const auto& [key, value] : meta.rows()) {
    if (key[0] == static_cast<std::uint8_t>(Kind::pending_destruction)) ++count;
  }
  return count;
}

// What stands behind the head would be overwritten, and the rest signed as all there ever was.
TEST_F(Committing, RefusesToGoOnWhereAnythingStandsBehindTheHead) {
  const auto commit = [&](int number) {
    return committer_->commit(put("a", std::to_string(number)), draft());
  };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(commit(i));
  const Bytes old_head = crypto::to_bytes(crypto::as_bytes(log().head()->checkpoint));
  for (int i = 3; i < 5; ++i) ASSERT_TRUE(commit(i));
  committer_.reset();
  const auto rows = meta_.rows();

  for (const auto& head : {std::optional<Bytes>(), std::optional(old_head)}) {
    meta_.set_rows(rows);
    meta_.set_row(Key(Kind::log_head), head);
    EXPECT_EQ(try_start().error(), Errc::corrupt);
    // One row that whoever put the old head there forgot is enough.
    for (const Kind kept : {Kind::log_entry, Kind::log_nodes, Kind::change_record}) {
      auto left = rows;
      for (const Kind kind : {Kind::log_entry, Kind::log_nodes, Kind::change_record}) {
        if (kind == kept) continue;
        const Bytes first = Key(kind).u64(head ? 3 : 0).raw();
        std::erase_if(left, [&](const auto& row) {
          return row.first[0] == first[0] && crypto::as_text(row.first) >= crypto::as_text(first);
        });
      }
      meta_.set_rows(std::move(left));
      meta_.set_row(Key(Kind::log_head), head);
      EXPECT_EQ(try_start().error(), Errc::corrupt) << static_cast<int>(kept);
    }
  }
}

TEST_F(Committing, RefusesToBeginALogWhereRecordsStand) {
  ASSERT_TRUE(committer_->commit(put("a", "1"), draft()));
  committer_.reset();
  auto rows = meta_.rows();
  std::erase_if(rows, [](const auto& row) { return row.first[0] < kFirstDomainKind; });
  ASSERT_FALSE(rows.empty());
  meta_.set_rows(rows);
  EXPECT_EQ(try_start().error(), Errc::corrupt);
}

TEST_F(Committing, DestroysTheSlotsOfABatchBeforeItAnswers) {
  ASSERT_TRUE(committer_->commit(put("box", "x"), draft()));
  ASSERT_TRUE(committer_->commit(destroy("box", 7), draft()));
  EXPECT_THAT(erase_keys_.destroyed(), ElementsAre(7U));
  EXPECT_EQ(value_of("box"), std::nullopt);
  EXPECT_EQ(marks(meta_), 1U);
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(marks(meta_), 0U);

  const auto answers = commit_together(*committer_, {destroy("a", 1), destroy("b", 2)});
  EXPECT_TRUE(answers[0] && answers[1]);
  EXPECT_THAT(erase_keys_.destroyed(), UnorderedElementsAre(1U, 2U, 7U));
}

TEST_F(Committing, DestroysNothingForAChangeThatFailed) {
  const auto fails = [](ChangeTxn& txn) -> Result<void> {
    txn.destroy(record_key("box"), 9);
    return tl::unexpected(Errc::stale);
  };
  EXPECT_EQ(committer_->commit(fails, draft()).error(), Errc::stale);
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_TRUE(erase_keys_.destroyed().empty());
  EXPECT_EQ(marks(meta_), 0U);
}

TEST_F(Committing, ADestructionThatFailedIsMadeGoodAtTheNextStart) {
  erase_keys_.set_failing(true);
  EXPECT_EQ(committer_->commit(destroy("box", 3), draft()).error(), Errc::io_failure);
  EXPECT_TRUE(committer_->stopped());
  EXPECT_EQ(marks(meta_), 1U);
  EXPECT_EQ(try_start().error(), Errc::io_failure);
  erase_keys_.set_failing(false);
  start();
  EXPECT_THAT(erase_keys_.destroyed(), ElementsAre(3U));
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(marks(meta_), 0U);
}

// Whoever plants a mark would have the next start destroy what he cannot open.
TEST_F(Committing, DestroysNoSlotThatARecordNames) {
  const auto slot = erase_keys_.take().value();
  const Key box = Key(Kind::lockbox).id(id_of(1)).id(id_of(2)).u64(1);
  ASSERT_TRUE(committer_->commit(
      [&](ChangeTxn& txn) -> Result<void> {
        txn.put(box, encode(WrappedRecord{slot, {1}}));
        return {};
      },
      draft()));
  committer_.reset();
  const auto rows = meta_.rows();
  const Bytes first_entry(8, 0);
  meta_.set_row(Key(Kind::pending_destruction).u64(slot), first_entry);
  EXPECT_EQ(try_start().error(), Errc::corrupt);
  EXPECT_THAT(erase_keys_.destroyed(), testing::IsEmpty());

  // Nor one that a record might name, if only it could be read.
  meta_.set_row(box, Bytes{0});
  EXPECT_EQ(try_start().error(), Errc::corrupt);
  EXPECT_THAT(erase_keys_.destroyed(), testing::IsEmpty());

  // A mark of an entry that is not there.
  meta_.set_rows(rows);
  meta_.set_row(Key(Kind::pending_destruction).u64(slot + 1), Bytes{0, 0, 0, 0, 0, 0, 0, 9});
  EXPECT_EQ(try_start().error(), Errc::corrupt);
}

TEST_F(Committing, CountsTheSlotsThatRecordsMayName) {
  const auto count = [&] {
    std::uint64_t stored = 0;
    EXPECT_TRUE(meta_.read([&](const ReadTxn& txn) -> Result<void> {
      stored = stored_slot_count(txn).value();
      EXPECT_EQ(least_slots(txn).value(), stored);
      return {};
    }));
    return stored;
  };
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(count(), 0U);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(erase_keys_.take());
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(count(), 3U);
  start();
  ASSERT_TRUE(erase_keys_.take());
  ASSERT_TRUE(committer_->commit(draft()));
  EXPECT_EQ(count(), 4U);
}

}  // namespace
}  // namespace vault
