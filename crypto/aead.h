// ChaCha20-Poly1305 (RFC 8439) for bulk data, through OpenSSL EVP: it uses the CPU's vector units
// (three times as fast as libsodium here). Internal to crypto.
#pragma once

#include <memory>
#include <span>

#include "crypto/bytes.h"
#include "crypto/error.h"

namespace crypto {

inline constexpr std::size_t kAeadTagSize = 16;
using ChunkNonce = Block<12>;

// Seals and opens chunks under one key, whose schedule is made once. Movable; one thread at a time.
// That no nonce is used twice is the caller's care.
class ChunkCipher {
 public:
  explicit ChunkCipher(std::span<const std::uint8_t, 32> key);
  ~ChunkCipher();  // wipes the key
  ChunkCipher(ChunkCipher&&) noexcept;
  ChunkCipher& operator=(ChunkCipher&&) noexcept;

  // Writes plain.size() + kAeadTagSize bytes to `out`: ciphertext ‖ tag. They may not overlap.
  void seal(const ChunkNonce& nonce, ByteView plain, std::uint8_t* out, ByteView context = {});
  // Writes sealed.size() - kAeadTagSize bytes to `out`. They may not overlap; after an error they
  // are zeros. Errors: tampered (also: shorter than a tag).
  Result<void> open(const ChunkNonce& nonce, ByteView sealed, std::uint8_t* out,
                    ByteView context = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crypto
