// Secret bytes, kept in one locked arena: never in a core dump, never in swap, wiped at the end.
//
// The arena is made at the first use, between inaccessible guard pages, locked (mlock) and left out
// of dumps (MADV_DONTDUMP). One arena serves all secrets, since a guarded allocation for each costs
// 60 µs and runs out of locked pages without an error.
// Thread-safe: the arena; a Secret itself belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto/bytes.h"

namespace crypto {

// Makes the process undumpable and the arena's pages locked, and says whether that worked. Call it
// once at the start of a program that handles keys, before the first Secret. `bytes`: the arena's
// size. False: the memory could not be locked (see `ulimit -l`); secrets would still be wiped, but
// may be swapped.
bool lock_secret_memory(std::size_t bytes = std::size_t{8} << 20);

// A run of bytes in the arena, wiped when it goes. Moves, does not copy, print or compare.
// An exhausted arena is std::bad_alloc: memory is out, not a caller's mistake.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);  // zeros
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  // Copies the bytes into the arena and wipes `source`.
  static SecretBytes take(MutableBytes source);
  static SecretBytes random(std::size_t size);
  // A second copy, for the rare owner that must keep one while another lives. Named, so that it
  // shows.
  SecretBytes duplicate() const;

  std::size_t size() const noexcept { return size_; }
  // Valid while this object lives and is not moved from. Do not store the span.
  std::span<const std::uint8_t> expose() const noexcept { return {data_, size_}; }
  std::span<std::uint8_t> expose_mutable() noexcept { return {data_, size_}; }
  std::string_view expose_text() const noexcept { return as_text({data_, size_}); }
  // Shortens the run; what is cut off is wiped. REQUIRES: size <= size().
  void shrink(std::size_t size) noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// N secret bytes of one kind. The tag makes each kind its own type: a FileKey is not accepted where
// a SigningSeed is wanted. expose() is the only way to the bytes: searching for that word lists
// every place that touches a key.
template <typename Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;
  static Secret random() { return Secret(SecretBytes::random(N)); }
  // Takes the bytes and wipes `source`.
  static Secret take(std::span<std::uint8_t, N> source) {
    return Secret(SecretBytes::take(source));
  }
  // N zero bytes, to be filled by expose_mutable().
  static Secret zeros() { return Secret(SecretBytes(N)); }
  Secret duplicate() const { return Secret(bytes_.duplicate()); }

  std::span<const std::uint8_t, N> expose() const noexcept {
    return std::span<const std::uint8_t, N>(bytes_.expose().data(), N);
  }
  std::span<std::uint8_t, N> expose_mutable() noexcept {
    return std::span<std::uint8_t, N>(bytes_.expose_mutable().data(), N);
  }

 private:
  explicit Secret(SecretBytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes bytes_;
};

using FileKey = Secret<struct FileKeyTag, 16>;          // seals one payload or one manifest
using SigningSeed = Secret<struct SigningSeedTag, 32>;  // an Ed25519 private key
using EraseKey = Secret<struct EraseKeyTag, 32>;        // wraps one record until it is destroyed

// Overwrites memory so that no compiler leaves it out.
void wipe(MutableBytes bytes) noexcept;
// Fills with random bytes that an attacker cannot guess (libsodium's generator).
void random_bytes(MutableBytes out);
template <std::size_t N>
Block<N> random_block() {
  Block<N> block;
  random_bytes(block);
  return block;
}
// Compares in a time that tells nothing of where they differ. Different lengths are unequal.
bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace crypto
