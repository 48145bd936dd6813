// The recipient stanzas of a header, one by one. Inside crypto only: callers use age.h.
#pragma once

#include <string>

#include "crypto/age.h"

namespace crypto::age {

inline constexpr std::size_t kWrappedKeySize = FileKey::kSize + kTagSize;

// Whether a stanza of a type known here has the form the specification demands; other types are
// let be. Errors: malformed.
Result<void> check_x25519_form(const Stanza& stanza);
Result<void> check_scrypt_form(const Stanza& stanza);

bool is_x25519(const Stanza& stanza);
bool is_scrypt(const Stanza& stanza);

// Draws a fresh ephemeral key. REQUIRES: the recipient is not a low-order point.
Stanza wrap_x25519(const FileKey& key, const Recipient& recipient);
// REQUIRES: is_x25519(stanza). Errors: no_matching_identity, malformed.
Result<FileKey> unwrap_x25519(const Stanza& stanza, const Identity& identity);

Stanza wrap_scrypt(const FileKey& key, const SecretBytes& passphrase, unsigned work_factor);
// REQUIRES: is_scrypt(stanza). Errors: no_matching_identity, malformed, excessive_work.
Result<FileKey> unwrap_scrypt(const Stanza& stanza, const SecretBytes& passphrase,
                              unsigned max_work_factor);

// A file key under a key that is used this once, and so with a nonce of zeros.
using WrapKey = Secret<struct AgeWrapKeyTag, 32>;
Bytes wrap_file_key(const WrapKey& wrap_key, const FileKey& key);
// REQUIRES: body is kWrappedKeySize long. Errors: no_matching_identity.
Result<FileKey> unwrap_file_key(const WrapKey& wrap_key, ByteView body);

}  // namespace crypto::age
