// Secrets that a test has planted, searched for in whatever bytes may hold a piece of one.
#pragma once

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/bytes.h"

namespace secrets {

// Any 16 bytes of a secret, wherever in it they stand, are a find: a vector register holds no more,
// and what is left of a freed run may lack its beginning.
class Plants {
 public:
  static constexpr std::size_t kPiece = 16;

  // `name` is what a failure prints, never the secret. Throws std::invalid_argument when it is
  // shorter than a piece.
  void add(const std::string& name, crypto::ByteView secret);
  void add(const std::string& name, std::string_view secret) {
    add(name, crypto::as_bytes(secret));
  }

  // Whose pieces are in it.
  std::set<std::string> found_in(crypto::ByteView bytes) const;
  std::set<std::string> found_in(std::string_view text) const {
    return found_in(crypto::as_bytes(text));
  }

 private:
  struct Piece {
    std::uint64_t rest;  // its last eight bytes
    std::string name;
  };
  static std::uint64_t word_at(const std::uint8_t* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  static std::size_t slot(std::uint64_t word) { return (word * 0x9E37'79B9'7F4A'7C15U) >> 48; }

  std::unordered_multimap<std::uint64_t, Piece> pieces_;  // by their first eight bytes
  std::vector<bool> may_be_ = std::vector<bool>(std::size_t{1} << 16);
};

}  // namespace secrets
