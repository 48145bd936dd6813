// A sealed session at work: the service, and the person's keys, which never leave this process.
//
// Opening one reads her access key (and may ask for its passphrase), so only commands that open,
// seal or sign do it; others are content with Context::open_remote().
#pragma once

#include <memory>

#include "api/keyring.h"
#include "cli/context.h"
#include "cli/remote.h"
#include "cli/remote_graph.h"
#include "crypto/id.h"

namespace cli {

// What stands in whatever is signed here: the key was not lent.
inline constexpr const char* kSealed = "sealed";

class SealedSession {
 public:
  // The session of the profile, for the key that it was begun with. Errors: not_logged_in, and
  // those of Context::open_remote and Context::open_key.
  static Result<std::unique_ptr<SealedSession>> open(Context& context);
  // The same over a connection whose session is known already. `identity` is her access key.
  SealedSession(Remote remote, const crypto::Id& key, const crypto::Id& agency,
                const crypto::Identity& identity)
      : remote_(std::move(remote)),
        graph_(remote_),
        ring_(graph_, key, agency, identity, kSealed) {}
  SealedSession(const SealedSession&) = delete;
  SealedSession& operator=(const SealedSession&) = delete;

  Remote& remote() { return remote_; }
  RemoteGraph& graph() { return graph_; }
  api::KeyRing& ring() { return ring_; }

  // The outcome of a procedure over ring() or graph(), as a command's result.
  template <typename T>
  Result<T> result(api::Outcome<T> outcome) const {
    if (!outcome) return tl::unexpected(graph_.explain(outcome.error()));
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return std::move(*outcome);
    }
  }

 private:
  Remote remote_;
  RemoteGraph graph_;
  api::KeyRing ring_;
};

}  // namespace cli
