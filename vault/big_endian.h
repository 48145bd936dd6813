// Whole numbers as big-endian bytes, so that bytewise order is numeric order.
#pragma once

#include <cstdint>

#include "crypto/bytes.h"

namespace vault {

// REQUIRES: `to` has room for the number.
template <typename Number>
void store_big_endian(crypto::MutableBytes to, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    to[i] = static_cast<std::uint8_t>(number >> (8 * (sizeof(Number) - 1 - i)));
}

template <typename Number>
Number load_big_endian(crypto::ByteView from) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number = static_cast<Number>(number << 8U) | from[i];
  return number;
}

}  // namespace vault
