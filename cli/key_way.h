// The lockboxes on the way from a person's own key to what a document is sealed to: sealed as they
// are, so that stock `age` can walk the same way.
#pragma once

#include <vector>

#include "cli/sealed_session.h"
#include "crypto/lockbox.h"

namespace cli {

struct SealedStep {
  crypto::Id node;
  std::uint64_t generation = 1;
  crypto::Bytes lockbox;  // an age file; what it holds is an age identity file
};

// From her own lockbox to the holder's: each opens the next, the last what is sealed to `holder`.
// None where that is her own key. Errors: no_way, and those of the service.
Result<std::vector<SealedStep>> find_way(SealedSession& session, const crypto::Holder& holder);

}  // namespace cli
