#include "crypto/merkle_range.h"

#include <gtest/gtest.h>

#include <map>

namespace crypto::merkle {
namespace {

// A tree with all its subtrees at hand.
struct Grown {
  explicit Grown(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      leaves.push_back(leaf_hash(as_bytes(std::to_string(i))));
      tree.append(leaves.back(), [&](unsigned level, std::uint64_t index, const Digest& hash) {
        nodes[{level, index}] = hash;
      });
    }
  }
  NodeReader reader() const {
    return [this](unsigned level, std::uint64_t index) -> Result<Digest> {
      const auto node = nodes.find({level, index});
      if (node == nodes.end()) return tl::unexpected(Errc::out_of_range);
      return node->second;
    };
  }
  std::vector<Digest> leaves;
  Tree tree;
  std::map<std::pair<unsigned, std::uint64_t>, Digest> nodes;
};

Result<Digest> root_of(const std::vector<Digest>& leaves, std::uint64_t from, std::uint64_t to,
                       std::uint64_t size, const RangeProof& proof) {
  auto range = RangeRoot::begin(from, proof.left);
  if (!range) return tl::unexpected(range.error());
  for (std::uint64_t i = from; i < to; ++i) range->append(leaves[i]);
  return std::move(*range).finish(size, proof.right);
}

TEST(MerkleRange, EveryRunOfEverySizeGivesTheRoot) {
  for (std::uint64_t size = 0; size <= 33; ++size) {
    const Grown grown(size);
    for (std::uint64_t from = 0; from <= size; ++from) {
      for (std::uint64_t to = from; to <= size; ++to) {
        const auto proof = prove_range(from, to, size, grown.reader());
        ASSERT_TRUE(proof);
        ASSERT_EQ(root_of(grown.leaves, from, to, size, *proof).value(), grown.tree.root());
      }
    }
  }
}

TEST(MerkleRange, AChangedLeafOrHashGivesAnotherRoot) {
  const Grown grown(29);
  const auto proof = prove_range(5, 19, 29, grown.reader()).value();
  for (std::uint64_t i = 5; i < 19; ++i) {
    auto leaves = grown.leaves;
    leaves[i][0] ^= 1;
    EXPECT_NE(root_of(leaves, 5, 19, 29, proof).value(), grown.tree.root());
  }
  for (std::size_t i = 0; i < proof.left.size(); ++i) {
    auto changed = proof;
    changed.left[i][31] ^= 1;
    EXPECT_NE(root_of(grown.leaves, 5, 19, 29, changed).value(), grown.tree.root());
  }
  for (std::size_t i = 0; i < proof.right.size(); ++i) {
    auto changed = proof;
    changed.right[i][31] ^= 1;
    EXPECT_NE(root_of(grown.leaves, 5, 19, 29, changed).value(), grown.tree.root());
  }
}

TEST(MerkleRange, AWrongNumberOfHashesIsRefused) {
  const Grown grown(29);
  const auto proof = prove_range(5, 19, 29, grown.reader()).value();
  auto changed = proof;
  changed.left.pop_back();
  EXPECT_FALSE(root_of(grown.leaves, 5, 19, 29, changed));
  changed = proof;
  changed.right.push_back(proof.left[0]);
  EXPECT_FALSE(root_of(grown.leaves, 5, 19, 29, changed));
  changed = proof;
  changed.right.pop_back();
  EXPECT_FALSE(root_of(grown.leaves, 5, 19, 29, changed));
  EXPECT_FALSE(root_of(grown.leaves, 5, 19, 12, proof));
  EXPECT_FALSE(RangeRoot::begin(UINT64_MAX, {}));
}

TEST(MerkleRange, RunsOutsideTheTreeAreRefused) {
  const Grown grown(4);
  EXPECT_EQ(prove_range(3, 2, 4, grown.reader()).error(), Errc::out_of_range);
  EXPECT_EQ(prove_range(3, 5, 4, grown.reader()).error(), Errc::out_of_range);
}

}  // namespace
}  // namespace crypto::merkle
