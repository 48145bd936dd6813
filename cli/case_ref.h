// Cases as people name them: by the code they speak, or by id.
#pragma once

#include <string>

#include "cli/remote.h"
#include "crypto/id.h"

namespace cli {

// The id of a case. An id is taken as it is; a code (KKR-7F3K-9M2Q) is asked for.
// Errors: of the service, `bad-code` and `not-found` among them.
Result<crypto::Id> find_case(Remote& remote, const std::string& named);

}  // namespace cli
