#include "crypto/merkle_range.h"

#include <algorithm>
#include <bit>

namespace crypto::merkle {
namespace {

// The level of the largest perfect subtree that begins at leaf `from` and ends at or before `to`.
// REQUIRES: from < to.
unsigned level_at(std::uint64_t from, std::uint64_t to) {
  const auto fits = static_cast<unsigned>(std::bit_width(to - from)) - 1;
  const auto aligned = static_cast<unsigned>(std::countr_zero(from));  // 64 for zero
  return std::min(fits, aligned);
}

Result<Proof> cover(std::uint64_t from, std::uint64_t to, const NodeReader& nodes) {
  Proof hashes;
  while (from < to) {
    const unsigned level = level_at(from, to);
    const auto hash = nodes(level, from >> level);
    if (!hash) return tl::unexpected(hash.error());
    hashes.push_back(*hash);
    from += std::uint64_t{1} << level;
  }
  return hashes;
}

}  // namespace

Result<RangeProof> prove_range(std::uint64_t from, std::uint64_t to, std::uint64_t size,
                               const NodeReader& nodes) {
  if (from > to || to > size) return tl::unexpected(Errc::out_of_range);
  auto left = cover(0, from, nodes);
  if (!left) return tl::unexpected(left.error());
  auto right = cover(to, size, nodes);
  if (!right) return tl::unexpected(right.error());
  return RangeProof{std::move(*left), std::move(*right)};
}

Result<RangeRoot> RangeRoot::begin(std::uint64_t from, const Proof& left) {
  RangeRoot range;
  for (const Digest& hash : left) {
    if (range.size_ >= from) return tl::unexpected(Errc::malformed);
    range.add(level_at(range.size_, from), hash);
  }
  if (range.size_ != from) return tl::unexpected(Errc::malformed);
  return range;
}

Result<Digest> RangeRoot::finish(std::uint64_t size, const Proof& right) && {
  for (const Digest& hash : right) {
    if (size_ >= size) return tl::unexpected(Errc::malformed);
    add(level_at(size_, size), hash);
  }
  if (size_ != size) return tl::unexpected(Errc::malformed);
  if (subtrees_.empty()) return empty_root();
  Digest root = subtrees_.back().second;
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) {
    root = node_hash(left->second, root);
  }
  return root;
}

void RangeRoot::add(unsigned level, Digest hash) {
  size_ += std::uint64_t{1} << level;
  while (!subtrees_.empty() && subtrees_.back().first == level) {
    hash = node_hash(subtrees_.back().second, hash);
    subtrees_.pop_back();
    ++level;
  }
  subtrees_.emplace_back(level, hash);
}

}  // namespace crypto::merkle
