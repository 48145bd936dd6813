// The arena of secrets, full as long as this lives.
#pragma once

#include <new>
#include <vector>

#include "crypto/secret.h"

namespace support {

class FullArena {
 public:
  FullArena() {
    for (std::size_t size = std::size_t{1} << 20; size >= 16; size /= 2) {
      try {
        for (;;) taken_.emplace_back(size);
      } catch (const std::bad_alloc&) {
        continue;  // the next smaller ones
      }
    }
  }

 private:
  std::vector<crypto::SecretBytes> taken_;
};

}  // namespace support
