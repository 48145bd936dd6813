#include "api/pending_payloads.h"

#include <algorithm>
#include <vector>

#include "api/problem.h"

namespace api {

Outcome<void> PendingPayloads::put(const crypto::Id& document, Pending pending) {
  expire();
  pending.expires = steady_() + kLifetime;
  const std::lock_guard lock(mutex_);
  const Key key(pending.depositor, document);
  if (pending_.contains(key)) return refuse("conflict");
  const auto hers = std::count_if(pending_.begin(), pending_.end(), [&](const auto& one) {
    return one.first.first == pending.depositor;
  });
  if (static_cast<std::size_t>(hers) >= kMostEach) return refuse("too-many");
  if (pending_.size() >= kMost) return refuse("busy");
  pending_.emplace(key, std::move(pending));
  return {};
}

std::optional<PendingPayloads::Pending> PendingPayloads::take(const crypto::Id& document,
                                                              const crypto::Id& depositor) {
  expire();
  const std::lock_guard lock(mutex_);
  const auto at = pending_.find({depositor, document});
  if (at == pending_.end()) return std::nullopt;
  std::optional<Pending> taken(std::move(at->second));
  pending_.erase(at);
  return taken;
}

void PendingPayloads::restore(const crypto::Id& document, Pending pending) {
  const std::lock_guard lock(mutex_);
  const Key key(pending.depositor, document);
  pending_.try_emplace(key, std::move(pending));
}

void PendingPayloads::expire() {
  const vault::Time now = steady_();
  std::vector<Pending> expired;  // declared before the lock: their blobs are erased without it
  const std::lock_guard lock(mutex_);
  for (auto at = pending_.begin(); at != pending_.end();) {
    if (at->second.expires > now) {
      ++at;
      continue;
    }
    expired.push_back(std::move(at->second));
    at = pending_.erase(at);
  }
}

}  // namespace api
