// Bytes that look random and can be made again from a seed.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"

namespace support {

inline crypto::Bytes pattern(std::size_t size, std::uint64_t seed) {
  crypto::Bytes bytes(size);
  std::uint64_t state = seed * 0x9e3779b97f4a7c15U + 0x1234567U;
  for (auto& byte : bytes) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::uint8_t>(state >> 56U);
  }
  return bytes;
}

}  // namespace support
