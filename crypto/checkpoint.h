// The signed head of a log: c2sp.org/tlog-checkpoint v1 (origin, size, root), in a signed note.
#pragma once

#include <string>

#include "crypto/error.h"
#include "crypto/note.h"

namespace crypto {

struct Checkpoint {
  std::string origin;  // also the name of the log's key
  std::uint64_t size = 0;
  Digest root{};

  std::string body() const;
  // Errors: malformed.
  static Result<Checkpoint> parse_body(std::string_view text);
  std::string sign(const SigningKey& key) const;  // an encoded note
  // Errors: malformed; untrusted (not signed by `log`, or another origin than its name).
  static Result<Checkpoint> open(std::string_view note, const NoteVerifier& log);
  bool operator==(const Checkpoint&) const = default;
};

}  // namespace crypto
