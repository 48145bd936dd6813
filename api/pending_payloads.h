// Sealed payloads that have come and wait for their manifest: invisible, in memory, not for long.
//
// The bytes of a large one are on disk and named by no record; expired, replaced or left by a
// restart they are erased. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "api/deposit_stream.h"
#include "crypto/manifest.h"
#include "vault/clock.h"

namespace api {

class PendingPayloads {
 public:
  static constexpr vault::Time kLifetime = 10 * 60 * 1000;
  static constexpr std::size_t kMost = 256;     // of all depositors; small ones are held in memory
  static constexpr std::size_t kMostEach = 32;  // so that one of them leaves room for the others

  struct Pending {
    crypto::Id depositor;
    vault::DepositPlace place;
    crypto::Label label;
    TakenPayload payload;
    vault::Time expires = 0;
  };

  explicit PendingPayloads(vault::Clock steady) : steady_(std::move(steady)) {}

  // Failures: conflict (she has one of this document waiting), too-many (of hers wait), busy (of
  // all). What others have waiting is not told: an id is hers alone until it is deposited.
  Outcome<void> put(const crypto::Id& document, Pending pending);
  // Takes it out, for its depositor alone. None: nothing waits for her under this id.
  std::optional<Pending> take(const crypto::Id& document, const crypto::Id& depositor);
  // Puts back what could not be deposited yet, with the time it had.
  void restore(const crypto::Id& document, Pending pending);
  void expire();

 private:
  vault::Clock steady_;
  std::mutex mutex_;
  using Key = std::pair<crypto::Id, crypto::Id>;  // depositor, document
  std::map<Key, Pending> pending_;
};

}  // namespace api
