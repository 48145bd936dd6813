// Proofs for a run of leaves [from, to) of an RFC 6962 tree: the roots of the perfect subtrees left
// and right of it. With the leaves between them they give the root, so that they show at once that
// every leaf of the run is in the tree, in its place, and that none is missing.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "crypto/merkle.h"

namespace crypto::merkle {

struct RangeProof {
  Proof left;   // of [0, from), largest first
  Proof right;  // of [to, size), from left to right
  bool operator==(const RangeProof&) const = default;
};

// Errors: out_of_range (not from <= to <= size), and what `nodes` fails with.
Result<RangeProof> prove_range(std::uint64_t from, std::uint64_t to, std::uint64_t size,
                               const NodeReader& nodes);

// Computes the root from the left side, the leaves of the run and the right side.
class RangeRoot {
 public:
  // Errors: malformed (a wrong number of hashes).
  static Result<RangeRoot> begin(std::uint64_t from, const Proof& left);
  void append(const Digest& leaf) { add(0, leaf); }
  // The root of the tree of `size` leaves whose rest are `right`. Errors: malformed (a wrong
  // number of hashes, or a size below what was appended).
  Result<Digest> finish(std::uint64_t size, const Proof& right) &&;

 private:
  void add(unsigned level, Digest hash);
  std::uint64_t size_ = 0;
  std::vector<std::pair<unsigned, Digest>> subtrees_;
};

}  // namespace crypto::merkle
