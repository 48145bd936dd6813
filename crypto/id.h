// Ids: UUIDv7 (RFC 9562, 5.7). Their millisecond is readable; nothing rests on their being secret.
#pragma once

#include <compare>
#include <functional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/error.h"

namespace crypto {

struct Id {
  Block<16> bytes{};

  // A new id for a time in milliseconds since 1970, the rest random.
  static Id make(std::int64_t unix_ms);
  // Lower-case text with hyphens; any UUID version. Errors: malformed.
  static Result<Id> parse(std::string_view text);
  // Errors: malformed (not 16 bytes).
  static Result<Id> from(ByteView raw);

  std::string text() const;
  bool is_nil() const { return *this == Id{}; }
  auto operator<=>(const Id&) const = default;
};

}  // namespace crypto

template <>
struct std::hash<crypto::Id> {
  std::size_t operator()(const crypto::Id& id) const noexcept;
};
