// Text forms of bytes: hex, base64 (RFC 4648) and Bech32 (BIP 173). A text has one meaning and a
// meaning one text: what is not the canonical form is refused.
#pragma once

#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/secret.h"

namespace crypto {

std::string to_hex(ByteView bytes);
Result<Bytes> from_hex(std::string_view text);  // lower case only

// Standard alphabet. Padded is the form of JSON, notes and headers of HTTP; raw (no padding) age's.
std::string base64(ByteView bytes);
std::string base64_raw(ByteView bytes);
Result<Bytes> from_base64(std::string_view text);      // Errors: malformed, also for spare bits
Result<Bytes> from_base64_raw(std::string_view text);  // Errors: malformed, also for spare bits

// The same for secrets, which never stand in a std::string.
SecretBytes base64_secret(ByteView bytes);
Result<SecretBytes> secret_from_base64(std::string_view text);  // Errors: malformed

struct Bech32 {
  std::string prefix;  // as written, all lower or all upper case
  SecretBytes data;    // may be a private key
};
// `prefix` upper case gives upper-case text (as age writes private keys).
SecretBytes bech32_encode(std::string_view prefix, ByteView data);
// No length limit, as in age. Errors: malformed (mixed case, checksum, spare bits, alphabet).
Result<Bech32> bech32_decode(std::string_view text);

}  // namespace crypto
