// Where two lists of leaf hashes part, and what must have been done to the first to make it so.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/log_verify.h"

namespace crypto {

struct Parting {
  std::size_t at = 0;  // the first place that differs
  LogDamage damage{};
};

// `found`: of the lines as they stand; `expected`: as they should be. Nothing: they are the same.
std::optional<Parting> find_parting(const std::vector<Digest>& found,
                                    const std::vector<Digest>& expected);

}  // namespace crypto
