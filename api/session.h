// Sessions: who is logged in, how, and until when.
//
// A sealed session answered a challenge and keeps its key at home; an opened one lent its key,
// which lies in the locked arena until the session ends. Tokens are kept as their SHA-256 only.
// All sessions end with the process. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/challenges.h"
#include "api/failure.h"
#include "api/keyring.h"
#include "api/vault_port.h"
#include "crypto/keys.h"
#include "vault/actor.h"
#include "vault/clock.h"
#include "vault/vault.h"

namespace api {

// An opened session's keys, held by one call at a time: others of the session wait. Not longer
// than the call, and never across a socket.
class LentKeys {
 public:
  LentKeys(LentKeys&&) noexcept = default;
  LentKeys& operator=(LentKeys&&) = delete;
  ~LentKeys() {
    if (lock_.owns_lock()) ring_->trim();
  }
  KeyRing& ring() { return *ring_; }
  VaultPort& port() { return *port_; }

 private:
  friend class Session;
  LentKeys(std::mutex& mutex, KeyRing& ring, VaultPort& port)
      : lock_(mutex), ring_(&ring), port_(&port) {}
  std::unique_lock<std::mutex> lock_;
  KeyRing* ring_;
  VaultPort* port_;
};

class SessionUse;

class Session : public std::enable_shared_from_this<Session> {
 public:
  // Names the session in memory (visits, metrics of no kind): it says nothing of the token.
  const std::string& id() const { return id_; }
  const vault::Actor& actor() const { return actor_; }
  // The same for one request's log entries.
  vault::Actor actor(const Call& call) const;
  bool opened() const { return lent_ != nullptr; }
  // The keys, acting for `actor`. REQUIRES: opened().
  LentKeys keys(const vault::Actor& actor);
  // It is over, and its entry is written or about to be: nothing more goes out in its name.
  bool ended() const { return ended_; }
  // A use of it that may outlive the call.
  SessionUse stay();

 private:
  friend class Sessions;
  friend class SessionUse;
  struct Lent {
    Lent(vault::Vault& vault, const vault::Actor& actor, const crypto::Identity& identity)
        : port(vault), ring(port, actor.key, actor.agency, identity, actor.via) {}
    std::mutex mutex;
    VaultPort port;
    KeyRing ring;
  };
  std::string id_;
  vault::Actor actor_;
  vault::Time ends_ = 0;  // whatever is done in it; like all times here, of the steady clock
  std::atomic<vault::Time> last_used_{0};
  std::atomic<int> calls_{0};  // running now, with their answers' bodies: it is not idle meanwhile
  std::atomic<bool> ended_{false};
  std::mutex begin_mutex_;
  bool begun_ = false;  // its entry is on disk
  std::unique_ptr<Lent> lent_;
};

// A session in use by a call, or by the body of its answer.
class SessionUse {
 public:
  SessionUse() = default;
  SessionUse(SessionUse&&) noexcept = default;
  SessionUse& operator=(SessionUse&& other) noexcept {
    std::swap(session_, other.session_);
    return *this;
  }
  ~SessionUse() {
    if (session_) --session_->calls_;
  }
  Session* get() const { return session_.get(); }
  Session& operator*() const { return *session_; }
  Session* operator->() const { return session_.get(); }
  // Idle is counted from here on again.
  void touch(vault::Time now) const { session_->last_used_ = now; }

 private:
  friend class Session;
  friend class Sessions;
  explicit SessionUse(std::shared_ptr<Session> session) : session_(std::move(session)) {
    ++session_->calls_;
  }
  std::shared_ptr<Session> session_;
};

class Sessions {
 public:
  struct Options {
    vault::Time idle = 5 * 60 * 1000;
    vault::Time absolute = vault::Time{8} * 60 * 60 * 1000;
    vault::Time challenge = 60 * 1000;
    std::size_t each = 32;      // sessions of one key: the next ends her longest unused one
    std::size_t most = 10'000;  // sessions of all; then `busy`
  };
  // `steady` says when they end; `clock`, which can be set, only what is told of it.
  Sessions(vault::Vault& vault, vault::Clock clock, vault::Clock steady, Options options);
  ~Sessions();

  // Nothing is kept of it until its token is used, and all recipients are answered alike.
  Outcome<Challenges::Sealed> challenge(const crypto::Recipient& recipient) const;

  struct Opened {
    std::string token;
    SessionUse use;
  };
  // Failures: challenge-failed, busy; and those of its log entry.
  Outcome<Opened> open(const crypto::Identity& identity, const Call& call);

  // The session of a token; the first use of a challenge's token begins it, with its log entry.
  // Failures: session-ended, busy; and those of the entry.
  Outcome<SessionUse> use(std::string_view token, const Call& call);

  // With an entry each.
  void end(Session& session, const Call& call);
  void end_all_of(const Id& key, const Call& call);
  void end_expired();
  // At the end of the service, without entries: what it means is in the service's own.
  void drop_all();

  // Called once for each session that ends, before its entry, without locks held; it says of itself
  // by then that it has ended.
  using OnEnd = std::function<void(const Session&)>;
  void on_end(OnEnd hook) { on_end_.push_back(std::move(hook)); }

  // When it will end, whatever is done in it, by the clock as it is set now.
  vault::Time expires(const Session& session) const;
  std::size_t count() const;
  const Options& options() const { return options_; }

 private:
  using Held = std::shared_ptr<Session>;
  Held make(const crypto::AccessKeyRecord& record, std::string via);
  Outcome<void> begin(Session& session, const Call& call);
  bool knows(const crypto::Digest& token) const;
  // The session that a challenge's token stands for, at its first use.
  Outcome<void> take_up(std::string_view token);
  // Her sessions and what they keep in the locked arena are bounded: ends those longest unused.
  void make_room_for(const Session& session);
  void finish(const Session& session, std::string_view why, const Call* call);
  std::optional<std::string_view> ended_by(const Session& session, vault::Time now) const;
  template <typename Which>
  std::vector<Held> take_where(const Which& which);

  vault::Vault& vault_;
  vault::Clock clock_;
  vault::Clock steady_;
  Options options_;
  Challenges challenges_;
  std::vector<OnEnd> on_end_;
  mutable std::mutex mutex_;
  std::map<crypto::Digest, Held> sessions_;
};

}  // namespace api
