// The committer: the one place where a change, with its log entry, becomes durable.
//
// Invariants, checked by verify_store() and at the end of every test of this folder:
//   1. Every record's digest stands in the entry that made it (by way of its change record).
//   2. Every change has exactly one entry, committed with it.
//   3. The log only grows; the root at a given size never changes.
//
// One thread gathers what is waiting (no timer: those who arrive during a commit form the next),
// runs the closures in one transaction, appends the entries, signs the new head, commits, answers.
// Thread-safe. It is the only caller of MetaStore::write.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "crypto/keys.h"
#include "vault/clock.h"
#include "vault/erase_keys.h"
#include "vault/error.h"
#include "vault/log.h"
#include "vault/meta_store.h"

namespace vault {

// What a change writes through. Notes the digest of every record it puts or erases; their Merkle
// root stands in the entry, and the list beside it (FORMAT.md, "Change record").
class ChangeTxn : public ReadTxn {
 public:
  virtual void put(ByteView key, ByteView value) = 0;  // a failure fails the whole commit
  virtual void erase(ByteView key) = 0;
  // Erases the wrapped record at `key`, whose erase slot is `slot`: the slot is overwritten and
  // flushed after the commit and before the answer; a crash between is made good at start.
  virtual void destroy(ByteView key, std::uint64_t slot) = 0;
  // The time of this change and its entry: max(clock, last entry).
  virtual Time time() const = 0;
  // The index the entry will have.
  virtual std::uint64_t index() const = 0;
};

struct Committed {
  std::uint64_t index = 0;
  Time time = 0;
  std::string line;  // of the entry
  Digest leaf{};
};

class Committer {
 public:
  // Runs `change` in a transaction and appends `entry` with it; blocks until both are on disk.
  //
  // An error means: nothing of it is visible, now or after a crash.
  // REQUIRES: `change` has no side effects but on what it resets itself (it may run more than
  // once), and refuses before it writes. Errors: what `change` refuses with; too_large, no_space,
  // io_failure; stopped.
  using Change = std::function<Result<void>(ChangeTxn&)>;
  virtual Result<Committed> commit(const Change& change, const EntryDraft& entry) = 0;
  // An entry alone.
  Result<Committed> commit(const EntryDraft& entry) {
    return commit([](ChangeTxn&) -> Result<void> { return {}; }, entry);
  }
  // After a failed commit nothing more is accepted: the process should stop and verify at start.
  virtual bool stopped() const = 0;
  virtual ~Committer() = default;

  struct Options {
    std::string origin;  // of the log; also its key's name
    std::size_t max_batch = 256;
    Clock clock = system_now;
  };
  // Makes good what a crash left (pending destructions), then starts the thread. The references
  // outlive the committer. Errors: io_failure, corrupt (the log's own records contradict each
  // other).
  static Result<std::unique_ptr<Committer>> start(MetaStore& meta, EraseKeys& erase_keys,
                                                  crypto::SigningKey log_key, Options options);
};

}  // namespace vault
