// The service's log, believed as far as it is signed and proven.
#pragma once

#include <string>
#include <vector>

#include "cli/log_key.h"
#include "cli/remote.h"
#include "crypto/merkle.h"

namespace cli {

struct SignedHead {
  std::string note;
  crypto::Checkpoint head;
};

// The head as it is now. A key that fits is kept in the person's settings if there is none yet.
// Errors: head_untrusted, head_malformed, and those of the service.
Result<SignedHead> fetch_head(Remote& remote, const crypto::NoteVerifier& log, Context& context);

// The hashes under `proof`. Errors: answer_unreadable.
Result<crypto::merkle::Proof> read_proof(const nlohmann::json& answer);

}  // namespace cli
