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

// The head as it is now. The key that a person named, and that fits, is kept in her settings if
// there is none yet. Errors: head_untrusted, head_malformed, and those of the service and
// log_key().
Result<SignedHead> fetch_head(Remote& remote, const LogKeyOptions& key, Context& context);
// A head out of an answer. Errors: head_untrusted, head_malformed.
Result<SignedHead> open_head(std::string note, const crypto::NoteVerifier& log);

// The hashes under `proof`. Errors: answer_unreadable.
Result<crypto::merkle::Proof> read_proof(const nlohmann::json& answer);

}  // namespace cli
