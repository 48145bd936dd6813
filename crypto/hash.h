// SHA-256, HMAC and HKDF (FIPS 180-4, RFC 2104, RFC 5869), through OpenSSL EVP.
#pragma once

#include <initializer_list>
#include <memory>

#include "crypto/bytes.h"
#include "crypto/secret.h"

namespace crypto {

// A running SHA-256. Movable; one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(ByteView bytes);
  // The digest of all so far; the object starts anew afterwards.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Digest sha256(ByteView bytes);
// The digest of the parts one after another; nothing separates them.
Digest sha256(std::initializer_list<ByteView> parts);

Digest hmac_sha256(ByteView key, ByteView message);

// HKDF-SHA-256. `out` is the secret derived; at most 255 * 32 bytes.
void hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, MutableBytes out);

}  // namespace crypto
