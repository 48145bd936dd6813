// The committer that commits in groups: one thread, one transaction for all who wait.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "vault/batch.h"
#include "vault/committer.h"

namespace vault {

class GroupCommitter final : public Committer {
 public:
  GroupCommitter(MetaStore& meta, EraseKeys& erase_keys, crypto::SigningKey log_key,
                 Options options, LogEnd end, std::vector<std::uint64_t> destroyed,
                 std::uint64_t slots);
  // Whoever still waits is served first; nobody may call commit() any more.
  ~GroupCommitter() override;

  Result<Committed> commit(const Change& change, const EntryDraft& entry) override;
  bool stopped() const override { return stopped_.load(); }

 private:
  struct Waiting {
    Job job;
    Ending ending;
    bool done = false;
    std::condition_variable wake;
  };

  void serve();
  // Takes at most a batch off the queue, or nothing when it is time to end. Blocks.
  std::vector<Waiting*> gather();
  // Commits those waiting and answers them; gives back those for whom there was no room.
  std::vector<Waiting*> commit_batch(std::vector<Waiting*> group);
  // `untouched`: it was given up for want of memory before anything was committed.
  Result<void> attempt(Batch& batch, Time now, bool& untouched);
  void committed(Batch& batch, std::span<Waiting* const> group, Time now);
  // `untouched`: nothing of it can have reached the disk, so that the service goes on.
  void failed(Errc error, bool untouched, std::span<Waiting* const> group);
  void answer(std::span<Waiting* const> group);
  void stop();
  std::optional<Time> clock_step(Time now) const;

  MetaStore& meta_;
  EraseKeys& erase_keys_;
  const crypto::SigningKey log_key_;
  const Options options_;

  // Of the committing thread alone.
  LogEnd end_;
  std::optional<Time> last_reading_;      // of the clock; none: the log is empty
  std::vector<std::uint64_t> destroyed_;  // marks to take away
  std::uint64_t slots_ = 0;               // the stored count of those that records may name
  std::uint64_t refusals_ = 0;            // for want of space, not yet in the log

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting*> queue_;
  bool ending_ = false;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;  // last: it uses all the above
};

}  // namespace vault
