// Makes an agency's first generation, as its first custodian, who alone is entitled to it.
#pragma once

#include "cli/sealed_session.h"

namespace cli {

// For the session's own agency. It is then there; another session of hers may have been quicker.
// Errors: those of the service.
Result<void> make_first_generation(SealedSession& session);

}  // namespace cli
