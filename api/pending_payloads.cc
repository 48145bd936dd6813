#include "api/pending_payloads.h"

#include <vector>

#include "api/problem.h"

namespace api {

Outcome<void> PendingPayloads::put(const crypto::Id& document, Pending pending) {
  expire();
  pending.expires = clock_() + kLifetime;
  const std::lock_guard lock(mutex_);
  if (pending_.size() >= kMost) return refuse("busy");
  if (!pending_.try_emplace(document, std::move(pending)).second) return refuse("conflict");
  return {};
}

std::optional<PendingPayloads::Pending> PendingPayloads::take(const crypto::Id& document,
                                                              const crypto::Id& depositor) {
  expire();
  const std::lock_guard lock(mutex_);
  const auto at = pending_.find(document);
  if (at == pending_.end() || at->second.depositor != depositor) return std::nullopt;
  std::optional<Pending> taken(std::move(at->second));
  pending_.erase(at);
  return taken;
}

void PendingPayloads::restore(const crypto::Id& document, Pending pending) {
  const std::lock_guard lock(mutex_);
  pending_.try_emplace(document, std::move(pending));
}

void PendingPayloads::expire() {
  const vault::Time now = clock_();
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
