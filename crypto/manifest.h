// A document version's manifest: what was deposited, by whom, and the digests that fix its bytes
// (FORMAT.md, "Manifest"). A signed statement of the depositor, sealed under a file key of its own.
//
// It does not cover headers, so that new holders do not break it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/age.h"
#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/statement.h"

namespace crypto {

// Policy codes only. The service reads the label beside the sealed manifest, and whoever opens the
// manifest compares: a label changed on the way or on the disk shows.
struct Label {
  std::string type;            // of doctypes.csv
  std::string classification;  // of classes.csv
  bool minor = false;          // concerns a minor
  bool operator==(const Label&) const = default;
};

struct Manifest {
  Id document;
  std::uint64_t version = 1;
  Id case_id;
  std::uint64_t generation = 1;  // of the case, at the deposit
  std::string title;
  std::string file_name;
  std::string media_type;
  std::uint64_t size = 0;  // of the original, bytes
  Digest sha256{};         // of the original
  Block<32> salt{};        // of the digest in the log
  Label label;
  Id depositor;
  std::string via;           // "opened" or "sealed"
  std::int64_t created = 0;  // milliseconds since 1970
  age::PayloadNonce payload_nonce{};
  Digest commitment{};  // to the payload's file key
  Digest payload_root{};
  std::optional<Digest> previous;  // digest of the previous version's manifest statement
  static constexpr std::string_view kType = "manifest";

  Statement to_statement() const;
  // Errors: malformed.
  static Result<Manifest> from(const Statement& statement);
  // SHA-256(salt ‖ SHA-256(original)): what the log says of the content, so that it proves the
  // content to whoever has it and confirms no guess to anyone else.
  Digest content_digest() const;
};

}  // namespace crypto
