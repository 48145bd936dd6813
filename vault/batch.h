// One transaction's worth of changes: runs them one after another, appends an entry for each, and
// says how each one ended. Only the committer uses it.
#pragma once

#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vault/committer.h"
#include "vault/log_writer.h"

namespace vault {

// One caller's change and entry; both belong to the caller, who waits.
struct Job {
  const Committer::Change* change = nullptr;
  const EntryDraft* entry = nullptr;
};

// How a change ended. Until the transaction is committed this is only what would be true then.
struct Ending {
  Result<Committed> answer = tl::unexpected(Errc::io_failure);
  std::exception_ptr thrown;  // out of the change: the caller gets it back
  bool destroys = false;      // named slots to be destroyed
};

// What the service itself has to say in the log, beside the changes of the batch.
struct Asides {
  std::optional<Time> clock_step;      // the clock jumped by so many milliseconds
  std::uint64_t refusals = 0;          // changes refused for want of space since the last commit
  std::optional<std::uint64_t> slots;  // what the stored count of slots has grown to
};

class Batch {
 public:
  // Nothing in it outlives the attempt but what is read from it after the transaction.
  // `destroyed`: slots whose destruction is done, so that their marks go.
  Batch(std::span<const Job> jobs, Asides asides, std::span<const std::uint64_t> destroyed)
      : jobs_(jobs), asides_(asides), destroyed_(destroyed) {}

  // The body of the transaction. Starts anew each time it runs: an engine may run it twice.
  // An error means that the transaction must not be committed; see culprit().
  Result<void> run(WriteTxn& txn, const LogEnd& end, Time now, const std::string& origin,
                   const crypto::SigningKey& log_key);

  // How many of the jobs were run: fewer than there are when the bytes of one commit were reached.
  std::size_t ran() const { return endings_.size(); }
  std::vector<Ending>& endings() { return endings_; }
  // The job that failed after it had written; run the others again without it.
  const std::optional<std::size_t>& culprit() const { return culprit_; }
  const std::optional<std::uint64_t>& slot_count() const { return asides_.slots; }
  bool appended() const { return end_.tree.size() > begin_; }
  const LogEnd& end() const { return end_; }
  // Slots to be destroyed once the transaction is committed.
  const std::vector<std::uint64_t>& slots() const { return slots_; }

 private:
  void reset(const LogEnd& end, Time now);
  Result<void> append_asides_before(WriteTxn& txn);
  Result<void> append_asides_after(WriteTxn& txn);
  Result<void> run_job(WriteTxn& txn, const Job& job);
  Result<void> finish(WriteTxn& txn, const std::string& origin, const crypto::SigningKey& log_key);

  std::span<const Job> jobs_;
  Asides asides_;
  std::span<const std::uint64_t> destroyed_;

  std::uint64_t begin_ = 0;
  LogEnd end_;
  Time time_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Ending> endings_;
  std::optional<std::size_t> culprit_;
  std::vector<std::uint64_t> slots_;
};

}  // namespace vault
