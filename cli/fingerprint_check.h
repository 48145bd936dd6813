// The comparison of a fingerprint by two people, before a key is trusted with anything.
#pragma once

#include <string>

#include "cli/context.h"

namespace cli {

// Shows the six words of `whose` key and asks whether they were compared; with `given`
// (--fingerprint: the words as they were heard) they must be the same, and nobody is asked.
// Errors: fingerprint_differs, fingerprint_not_confirmed; fingerprint_needed (misused: nothing was
// given, and there is no terminal to ask on).
Result<void> check_fingerprint(const Context& context, const std::string& whose,
                               const std::string& fingerprint, const std::string& given);

}  // namespace cli
