// Challenges for sealed sessions: tokens that only the owner of a key can read, and that cost the
// service nothing until they are used.
//
// A token says itself for which access key it is and when it was made, under a MAC of this process:
// so nothing is kept for one that is asked for, whoever asks and however often, and nobody can use
// up anybody's. What was used is remembered until it would have ended anyway. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/body.h"
#include "crypto/bytes.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/secret.h"
#include "vault/clock.h"

namespace api {

class Challenges {
 public:
  // By `steady` they end; `clock` only says what is told of it.
  Challenges(vault::Clock clock, vault::Clock steady, vault::Time lifetime);

  struct Sealed {
    Bytes file;               // an age file around the token
    vault::Time expires = 0;  // by the clock as it is set
  };
  // `key` is who owns the recipient; nil: nobody known. Her challenge is then of the same length,
  // after the same work, and nobody can open it.
  Sealed make(const crypto::Recipient& recipient, const crypto::Id& key) const;

  // Whose token this is, while it is in time. None: not one of this process.
  std::optional<crypto::Id> owner(std::string_view token) const;
  // The first use. False: it was used before, or its owner has ended all.
  bool spend(std::string_view token);
  // No token that was made for this key so far counts any more.
  void end_all_of(const crypto::Id& key);
  void forget_expired();

 private:
  struct Token;
  std::optional<Token> read(std::string_view token) const;

  vault::Clock clock_;
  vault::Clock steady_;
  vault::Time lifetime_;
  crypto::SecretBytes mac_key_;
  mutable std::atomic<std::uint64_t> next_{1};
  std::mutex mutex_;
  std::map<std::uint64_t, vault::Time> spent_;  // by number: until when each must be known
  struct End {
    std::uint64_t number = 0;  // tokens before it are void
    vault::Time until = 0;     // when none of them would be in time any more
  };
  std::map<crypto::Id, End> ended_;
};

}  // namespace api
