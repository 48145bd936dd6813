#include "crypto/merkle.h"

#include <algorithm>
#include <bit>

#include "crypto/hash.h"

namespace crypto::merkle {
namespace {

bool is_odd(std::uint64_t n) { return (n & 1) != 0; }

// Where RFC 6962 splits a tree of `size` leaves: the largest power of two below it.
// REQUIRES: size > 1.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

// The root over `size` leaves from `begin`: perfect subtrees from the left, joined from the right.
// REQUIRES: size > 0, and `begin` a multiple of bit_ceil(size), as in every part that split()
// gives.
Result<Digest> range_root(std::uint64_t begin, std::uint64_t size, const NodeReader& nodes) {
  std::vector<Digest> subtrees;
  while (size > 0) {
    const auto level = static_cast<unsigned>(std::bit_width(size) - 1);
    const auto node = nodes(level, begin >> level);
    if (!node) return node;
    subtrees.push_back(*node);
    begin += std::uint64_t{1} << level;
    size -= std::uint64_t{1} << level;
  }
  Digest root = subtrees.back();
  for (auto left = subtrees.rbegin() + 1; left != subtrees.rend(); ++left) {
    root = node_hash(*left, root);
  }
  return root;
}

// Climbs from a node's position towards the root, as RFC 9162 (2.1.3.2) does: `at` is the node,
// `last` the rightmost of its level.
struct Climb {
  std::uint64_t at;
  std::uint64_t last;

  bool at_root() const { return last == 0; }
  bool sibling_is_left() const { return is_odd(at) || at == last; }
  void step() {
    at >>= 1;
    last >>= 1;
  }
  // A rightmost node without a sibling moves up unchanged until it has one.
  void skip_missing_siblings() {
    while (!is_odd(at) && at != 0) step();
  }
};

}  // namespace

Digest leaf_hash(ByteView leaf) {
  constexpr std::uint8_t kLeaf[] = {0x00};
  return sha256({kLeaf, leaf});
}

Digest node_hash(const Digest& left, const Digest& right) {
  Block<65> node;
  node[0] = 0x01;
  std::copy(left.begin(), left.end(), node.begin() + 1);
  std::copy(right.begin(), right.end(), node.begin() + 33);
  return sha256(node);
}

Digest empty_root() { return sha256(ByteView{}); }

Result<Tree> Tree::resume(std::uint64_t size, std::vector<Digest> subtrees) {
  if (static_cast<std::size_t>(std::popcount(size)) != subtrees.size()) {
    return tl::unexpected(Errc::malformed);
  }
  Tree tree;
  tree.size_ = size;
  tree.subtrees_ = std::move(subtrees);
  return tree;
}

void Tree::append(const Digest& leaf, const Made& made) {
  Digest hash = leaf;
  if (made) made(0, size_, hash);
  for (unsigned level = 1; is_odd(size_ >> (level - 1)); ++level) {
    hash = node_hash(subtrees_.back(), hash);
    subtrees_.pop_back();
    if (made) made(level, size_ >> level, hash);
  }
  subtrees_.push_back(hash);
  ++size_;
}

Digest Tree::root() const {
  if (subtrees_.empty()) return empty_root();
  Digest root = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) {
    root = node_hash(*left, root);
  }
  return root;
}

Result<Digest> root_at(std::uint64_t size, const NodeReader& nodes) {
  if (size == 0) return empty_root();
  return range_root(0, size, nodes);
}

Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const NodeReader& nodes) {
  if (index >= size) return tl::unexpected(Errc::out_of_range);
  Proof proof;
  std::uint64_t begin = 0;
  while (size > 1) {
    const std::uint64_t left = split(size);
    const bool in_left = index - begin < left;
    const auto sibling =
        in_left ? range_root(begin + left, size - left, nodes) : range_root(begin, left, nodes);
    if (!sibling) return tl::unexpected(sibling.error());
    proof.push_back(*sibling);
    begin += in_left ? 0 : left;
    size = in_left ? left : size - left;
  }
  std::reverse(proof.begin(), proof.end());  // from the leaf up
  return proof;
}

Result<Proof> prove_consistency(std::uint64_t from, std::uint64_t to, const NodeReader& nodes) {
  if (from > to) return tl::unexpected(Errc::out_of_range);
  if (from == 0) return Proof{};
  Proof proof;
  std::uint64_t begin = 0;
  std::uint64_t old_size = from;  // of it, what lies in the part from `begin`
  std::uint64_t size = to;
  while (old_size != size) {
    const std::uint64_t left = split(size);
    const bool in_left = old_size <= left;
    const auto sibling =
        in_left ? range_root(begin + left, size - left, nodes) : range_root(begin, left, nodes);
    if (!sibling) return tl::unexpected(sibling.error());
    proof.push_back(*sibling);
    begin += in_left ? 0 : left;
    old_size -= in_left ? 0 : left;
    size = in_left ? left : size - left;
  }
  // From the very left this part is the old tree itself, whose root the verifier has.
  if (begin > 0) {
    const auto part = range_root(begin, size, nodes);
    if (!part) return tl::unexpected(part.error());
    proof.push_back(*part);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                              const Proof& proof, const Digest& root) {
  if (index >= size) return tl::unexpected(Errc::untrusted);
  Digest hash = leaf;
  Climb climb{index, size - 1};
  for (const Digest& sibling : proof) {
    if (climb.at_root()) return tl::unexpected(Errc::untrusted);
    if (climb.sibling_is_left()) {
      hash = node_hash(sibling, hash);
      climb.skip_missing_siblings();
    } else {
      hash = node_hash(hash, sibling);
    }
    climb.step();
  }
  if (!climb.at_root() || hash != root) return tl::unexpected(Errc::untrusted);
  return {};
}

Result<void> verify_consistency(std::uint64_t from, std::uint64_t to, const Digest& from_root,
                                const Digest& to_root, const Proof& proof) {
  const auto untrusted = tl::unexpected(Errc::untrusted);
  if (from > to) return untrusted;
  if (from == to || from == 0) {
    const Digest expected = from == 0 ? empty_root() : to_root;
    if (!proof.empty() || from_root != expected) return untrusted;
    if (to == 0 && to_root != expected) return untrusted;
    return {};
  }

  Climb climb{from - 1, to - 1};
  while (is_odd(climb.at)) climb.step();
  // An old tree that is one perfect subtree starts the climb itself; else the proof begins with it.
  auto next = proof.begin();
  Digest old_hash = from_root;
  if (!std::has_single_bit(from)) {
    if (next == proof.end()) return untrusted;
    old_hash = *next++;
  }
  Digest new_hash = old_hash;
  for (; next != proof.end(); ++next) {
    if (climb.at_root()) return untrusted;
    if (climb.sibling_is_left()) {
      old_hash = node_hash(*next, old_hash);
      new_hash = node_hash(*next, new_hash);
      climb.skip_missing_siblings();
    } else {
      new_hash = node_hash(new_hash, *next);
    }
    climb.step();
  }
  if (!climb.at_root() || old_hash != from_root || new_hash != to_root) return untrusted;
  return {};
}

}  // namespace crypto::merkle
