#include "secrets/plants.h"

#include <stdexcept>

namespace secrets {

void Plants::add(const std::string& name, crypto::ByteView secret) {
  if (secret.size() < kPiece) throw std::invalid_argument("too short to be searched for: " + name);
  for (std::size_t at = 0; at + kPiece <= secret.size(); ++at) {
    const std::uint64_t first = word_at(secret.data() + at);
    pieces_.emplace(first, Piece{word_at(secret.data() + at + 8), name});
    may_be_[slot(first)] = true;
  }
}

std::set<std::string> Plants::found_in(crypto::ByteView bytes) const {
  std::set<std::string> found;
  for (std::size_t at = 0; at + kPiece <= bytes.size(); ++at) {
    const std::uint64_t first = word_at(bytes.data() + at);
    if (!may_be_[slot(first)]) continue;
    const auto [begin, end] = pieces_.equal_range(first);
    for (auto piece = begin; piece != end; ++piece) {
      if (piece->second.rest == word_at(bytes.data() + at + 8)) found.insert(piece->second.name);
    }
  }
  return found;
}

}  // namespace secrets
