#include "api/session.h"

#include <algorithm>

#include "api/problem.h"
#include "api/token.h"
#include "vault/actions.h"

namespace api {
namespace {

std::string make_token() { return token_of(crypto::random_block<32>()); }

}  // namespace

vault::Actor Session::actor(const Call& call) const {
  vault::Actor actor = actor_;
  actor.request = call.request_id;
  actor.origin = call.origin;
  return actor;
}

SessionUse Session::stay() { return SessionUse(shared_from_this()); }

LentKeys Session::keys(const vault::Actor& actor) {
  LentKeys keys(lent_->mutex, lent_->ring, lent_->port);
  lent_->port.act_for(actor);
  return keys;
}

Sessions::Sessions(vault::Vault& vault, vault::Clock clock, vault::Clock steady, Options options)
    : vault_(vault),
      clock_(std::move(clock)),
      steady_(std::move(steady)),
      options_(options),
      challenges_(clock_, steady_, options_.challenge) {}

Sessions::~Sessions() = default;

std::size_t Sessions::count() const {
  const std::lock_guard lock(mutex_);
  return sessions_.size();
}

vault::Time Sessions::expires(const Session& session) const {
  return clock_() + (session.ends_ - steady_());
}

Sessions::Held Sessions::make(const crypto::AccessKeyRecord& record, std::string via) {
  const vault::Time now = steady_();
  auto session = std::make_shared<Session>();
  session->id_ = Id::make(clock_()).text();
  session->actor_.key = record.key;
  session->actor_.agency = record.agency;
  session->actor_.role = record.role;
  session->actor_.via = std::move(via);
  session->ends_ = now + options_.absolute;
  session->last_used_ = now;
  return session;
}

Outcome<Challenges::Sealed> Sessions::challenge(const crypto::Recipient& recipient) const {
  const auto record = vault_.directory().access_key_of(recipient);
  if (!record && record.error() != vault::Errc::not_found) return refuse(record.error());
  return challenges_.make(recipient, record ? record->key : Id{});
}

Outcome<Sessions::Opened> Sessions::open(const crypto::Identity& identity, const Call& call) {
  const auto record = vault_.directory().access_key_of(identity.recipient());
  if (!record) {
    if (record.error() == vault::Errc::not_found) return refuse("challenge-failed");
    return refuse(record.error());
  }
  auto session = make(*record, "opened");
  session->lent_ = std::make_unique<Session::Lent>(vault_, session->actor_, identity);
  if (const auto begun = begin(*session, call); !begun) return tl::unexpected(begun.error());

  Opened opened{make_token(), SessionUse(session)};
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= options_.most) return refuse("busy");
  sessions_.emplace(hash_of_token(opened.token), std::move(session));
  return opened;
}

Outcome<void> Sessions::begin(Session& session, const Call& call) {
  // Two first uses at once: the second waits for the entry of the first.
  const std::lock_guard lock(session.begin_mutex_);
  if (session.begun_) return {};
  const auto entered =
      vault_.committer().commit(session.actor(call).draft(vault::action::kSessionBegin));
  if (!entered) return refuse(entered.error());
  session.begun_ = true;
  make_room_for(session);
  return {};
}

void Sessions::make_room_for(const Session& session) {
  std::vector<Held> over;
  {
    const std::lock_guard lock(mutex_);
    std::size_t others = 0;
    using Slot = decltype(sessions_)::iterator;
    std::vector<Slot> unused;  // what is in use is bounded by the connections
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
      const Session& one = *at->second;
      if (one.actor_.key != session.actor_.key || &one == &session) continue;
      ++others;
      if (one.calls_ == 0) unused.push_back(at);
    }
    std::sort(unused.begin(), unused.end(), [](const Slot& a, const Slot& b) {
      return a->second->last_used_ < b->second->last_used_;
    });
    for (const Slot& slot : unused) {
      if (others-- < options_.each) break;
      slot->second->ended_ = true;
      over.push_back(slot->second);
      sessions_.erase(slot);
    }
  }
  for (const Held& held : over) finish(*held, "replaced", nullptr);
}

std::optional<std::string_view> Sessions::ended_by(const Session& session, vault::Time now) const {
  if (now >= session.ends_) return "expired";
  if (session.calls_ == 0 && now - session.last_used_ >= options_.idle) return "idle";
  return std::nullopt;
}

bool Sessions::knows(const crypto::Digest& token) const {
  const std::lock_guard lock(mutex_);
  return sessions_.contains(token);
}

Outcome<void> Sessions::take_up(std::string_view token) {
  const auto owner = challenges_.owner(token);
  if (!owner) return {};
  const auto record = vault_.directory().access_key(*owner);
  if (!record) return refuse(record.error());
  auto session = make(*record, "sealed");
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= options_.most) return refuse("busy");
  if (challenges_.spend(token)) sessions_.emplace(hash_of_token(token), std::move(session));
  return {};
}

Outcome<SessionUse> Sessions::use(std::string_view token, const Call& call) {
  const crypto::Digest hash = hash_of_token(token);
  if (!knows(hash)) {
    if (const auto taken = take_up(token); !taken) return tl::unexpected(taken.error());
  }
  const vault::Time now = steady_();
  Held held;
  std::optional<std::string_view> ended;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(hash);
    if (found == sessions_.end()) return refuse("session-ended");
    held = found->second;
    ended = ended_by(*held, now);
    if (ended) {
      held->ended_ = true;
      sessions_.erase(found);
    } else {
      held->last_used_ = now;
    }
  }
  if (ended) {
    finish(*held, *ended, nullptr);
    return refuse("session-ended");
  }
  if (const auto begun = begin(*held, call); !begun) return tl::unexpected(begun.error());
  return SessionUse(std::move(held));
}

void Sessions::finish(const Session& session, std::string_view why, const Call* call) {
  for (const OnEnd& hook : on_end_) hook(session);
  vault::EntryDraft entry =
      (call != nullptr ? session.actor(*call) : session.actor()).draft(vault::action::kSessionEnd);
  entry.detail = why;
  // The session is over whether or not its entry could be written: a stopped committer ends the
  // process anyway.
  (void)vault_.committer().commit(entry);
}

template <typename Which>
std::vector<Sessions::Held> Sessions::take_where(const Which& which) {
  std::vector<Held> taken;
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [&](const auto& one) {
    if (!which(*one.second)) return false;
    one.second->ended_ = true;
    taken.push_back(one.second);
    return true;
  });
  return taken;
}

void Sessions::end(Session& session, const Call& call) {
  for (const Held& held : take_where([&](const Session& one) { return &one == &session; })) {
    finish(*held, "ended", &call);
  }
}

void Sessions::end_all_of(const Id& key, const Call& call) {
  challenges_.end_all_of(key);
  for (const Held& held : take_where([&](const Session& one) { return one.actor_.key == key; })) {
    finish(*held, "ended", &call);
  }
}

void Sessions::end_expired() {
  const vault::Time now = steady_();
  challenges_.forget_expired();
  const auto over = [&](const Session& one) { return ended_by(one, now).has_value(); };
  for (const Held& held : take_where(over)) {
    finish(*held, now >= held->ends_ ? "expired" : "idle", nullptr);
  }
}

void Sessions::drop_all() {
  const auto all = take_where([](const Session&) { return true; });
  for (const Held& held : all) {
    for (const OnEnd& hook : on_end_) hook(*held);
  }
}

}  // namespace api
