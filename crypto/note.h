// C2SP signed notes (c2sp.org/signed-note): a text and Ed25519 signatures under it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/keys.h"

namespace crypto {

// A named public key. The name has no space and no plus; the key hash is
// SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4].
struct NoteVerifier {
  std::string name;
  VerifyKey key;
  std::uint32_t hash() const;
  std::string text() const;                                  // `name+hash+base64`, a C2SP vkey
  static Result<NoteVerifier> parse(std::string_view vkey);  // Errors: malformed, unsupported
};

struct NoteSignature {
  std::string name;
  std::uint32_t hash = 0;
  Bytes signature;  // without the key hash
};

struct Note {
  std::string text;  // ends with a newline
  std::vector<NoteSignature> signatures;

  // Adds a signature line to what is there.
  void sign(const std::string& name, const SigningKey& key);
  std::string encode() const;
  // Grammar only: no signature is checked. At most 64 KiB and 100 signatures. Errors: malformed.
  static Result<Note> parse(std::string_view encoded);
  // Whether a signature of `verifier` stands under the text. A signature line by its name and
  // hash that does not verify makes the whole note refused. Errors: untrusted.
  Result<void> verify(const NoteVerifier& verifier) const;
};

}  // namespace crypto
