// What every fuzz target is: one function of some bytes, and the one way to say what must hold.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "crypto/bytes.h"

namespace fuzz {

// Defined by each target. Returns only when all that must hold of `input` holds.
void run(crypto::ByteView input);

// Ends the process where something does not hold: libFuzzer keeps the input, the replay names it.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Bytes that steer a target, off the front of its input; rest() is what it works on.
class Steering {
 public:
  explicit Steering(crypto::ByteView input) : rest_(input) {}

  std::uint8_t byte() {  // 0: there is none left
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::uint32_t number() {
    std::uint32_t value = 0;
    for (int i = 0; i < 3; ++i) value = value << 8 | byte();
    return value;
  }
  crypto::ByteView rest() const { return rest_; }

 private:
  crypto::ByteView rest_;
};

}  // namespace fuzz
