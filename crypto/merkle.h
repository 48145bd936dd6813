// RFC 6962 Merkle trees (SHA-256; leaf 0x00, node 0x01): roots, inclusion and consistency proofs.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/error.h"

namespace crypto::merkle {

Digest leaf_hash(ByteView leaf);
Digest node_hash(const Digest& left, const Digest& right);
Digest empty_root();

// The root over a growing list, in memory that is logarithmic in its length.
class Tree {
 public:
  // Continues a tree of `size` leaves whose perfect subtrees, largest first, have these roots.
  // Errors: malformed (a wrong number of subtrees).
  static Result<Tree> resume(std::uint64_t size, std::vector<Digest> subtrees);

  // Calls `made(level, index, hash)` for the leaf (level 0) and each subtree it completes.
  using Made = std::function<void(unsigned level, std::uint64_t index, const Digest&)>;
  void append(const Digest& leaf, const Made& made = {});
  std::uint64_t size() const { return size_; }
  Digest root() const;
  const std::vector<Digest>& subtrees() const { return subtrees_; }

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> subtrees_;
};

// Reads the root of the perfect subtree of 2^level leaves that begins at leaf index * 2^level.
using NodeReader = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;
using Proof = std::vector<Digest>;

// Errors: out_of_range, and what `nodes` fails with.
Result<Digest> root_at(std::uint64_t size, const NodeReader& nodes);
Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const NodeReader& nodes);
Result<Proof> prove_consistency(std::uint64_t from, std::uint64_t to, const NodeReader& nodes);

// Errors: untrusted (the proof does not show it).
Result<void> verify_inclusion(std::uint64_t index, std::uint64_t size, const Digest& leaf,
                              const Proof& proof, const Digest& root);
Result<void> verify_consistency(std::uint64_t from, std::uint64_t to, const Digest& from_root,
                                const Digest& to_root, const Proof& proof);

}  // namespace crypto::merkle
