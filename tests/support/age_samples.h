// Things that several of the age tests seal and open.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>

#include "crypto/age.h"

namespace crypto::age {

inline constexpr std::size_t kBorderSizes[] = {0,
                                               1,
                                               kChunkSize - 1,
                                               kChunkSize,
                                               kChunkSize + 1,
                                               2 * kChunkSize - 1,
                                               2 * kChunkSize,
                                               2 * kChunkSize + 1,
                                               5 * kChunkSize + 17};

// Bytes that differ from chunk to chunk, the same in every run.
inline Bytes sample(std::size_t size) {
  Bytes bytes(size);
  std::uint32_t state = 2463534242U;
  for (std::uint8_t& byte : bytes) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<std::uint8_t>(state);
  }
  return bytes;
}

inline Binding sample_binding() {
  Binding binding;
  binding.kind = Kind::document;
  binding.id.bytes = {1, 2, 3, 4, 5, 6, 0x77, 8, 0x89, 10, 11, 12, 13, 14, 15, 16};
  binding.version = 3;
  binding.generation = 18446744073709551615U;
  return binding;
}

inline SecretBytes secret_of(std::string text) {
  return SecretBytes::take({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

inline bool same(const SecretBytes& secret, ByteView bytes) {
  return std::ranges::equal(secret.expose(), bytes);
}
inline bool same(const FileKey& a, const FileKey& b) {
  return std::ranges::equal(a.expose(), b.expose());
}

inline std::string sealed_text(ByteView plain, const Recipient& recipient) {
  std::istringstream in{std::string(as_text(plain))};
  std::ostringstream out;
  const auto sealed = seal(in, std::span(&recipient, 1), out);
  return sealed ? out.str() : std::string();
}

struct Opened {
  Result<void> result;
  std::string plain;
};
inline Opened open_text(const std::string& sealed, const Identity& identity) {
  std::istringstream in(sealed);
  std::ostringstream out;
  const auto result = open(in, Openers{std::span(&identity, 1)}, out);
  return {result, out.str()};
}

}  // namespace crypto::age
