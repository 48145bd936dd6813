// Enrolments: a person's own signed word that these public keys are hers (FORMAT.md, "Enrolment").
//
// Her name and office stand in it as a salted digest only; the words and the salt are in the file
// she hands over, beside the signed part, and stay with those who enrol her.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/statement.h"

namespace crypto {

struct Enrolment {
  Id key;  // drawn here; the access key's id from then on
  Recipient recipient;
  VerifyKey signing;
  Digest person{};
  std::int64_t created = 0;  // milliseconds since 1970
  Digest digest{};           // of the statement; set by open()
  static constexpr std::string_view kType = "enrolment";

  // The signed statement for a key pair and a person.
  static Statement make(const Identity& identity, const Digest& person, std::int64_t now);
  // Errors: malformed; untrusted (not signed by the key it is about).
  static Result<Enrolment> open(std::string_view note);
};

// SHA-256(salt ‖ length ‖ name ‖ length ‖ office), lengths as 4 bytes big-endian.
Digest person_digest(const Block<32>& salt, std::string_view name, std::string_view office);

}  // namespace crypto
