#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "crypto/vectors.h"

namespace crypto::merkle {
namespace {

// What a log stores: every perfect subtree's root, by level and index.
class StoredTree {
 public:
  void append(ByteView leaf) {
    tree_.append(leaf_hash(leaf), [this](unsigned level, std::uint64_t index, const Digest& hash) {
      EXPECT_TRUE(nodes_.emplace(std::pair(level, index), hash).second) << level << ' ' << index;
    });
    roots_.push_back(tree_.root());
  }

  const Tree& tree() const { return tree_; }
  const Digest& root(std::uint64_t size) const { return roots_.at(size); }
  NodeReader reader() const {
    return [this](unsigned level, std::uint64_t index) -> Result<Digest> {
      const auto node = nodes_.find({level, index});
      if (node == nodes_.end()) return tl::unexpected(Errc::out_of_range);
      return node->second;
    };
  }

 private:
  Tree tree_;
  std::vector<Digest> roots_{empty_root()};
  std::map<std::pair<unsigned, std::uint64_t>, Digest> nodes_;
};

StoredTree tree_of(int size) {
  StoredTree stored;
  for (int i = 0; i < size; ++i) stored.append(as_bytes("leaf " + std::to_string(i)));
  return stored;
}

struct Proofs {
  Digest first;
  Digest second;
  Proof proof;
  bool complete = true;  // every hash has 32 bytes: a few vectors have others
};

Digest digest_of(const nlohmann::json& text, bool& complete) {
  const Bytes bytes = from_base64(text.get<std::string>()).value();
  complete = complete && bytes.size() == 32;
  Digest digest{};
  if (bytes.size() == 32) std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

Proofs read(const nlohmann::json& test, const char* first, const char* second) {
  Proofs read;
  read.first = digest_of(test[first], read.complete);
  read.second = digest_of(test[second], read.complete);
  if (test["proof"].is_null()) return read;
  for (const auto& hash : test["proof"]) read.proof.push_back(digest_of(hash, read.complete));
  return read;
}

TEST(MerkleTree, HasTheRootsOfCertificateTransparency) {
  const auto vector = read_json_vector("merkle/rfc6962-tree.json");
  StoredTree stored;
  EXPECT_EQ(to_hex(stored.root(0)), vector["roots_hex_by_size"][0]);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(to_hex(leaf_hash(hex(vector["leaves_hex"][i]))), vector["leaf_hashes_hex"][i]);
    stored.append(hex(vector["leaves_hex"][i]));
    EXPECT_EQ(to_hex(stored.tree().root()), vector["roots_hex_by_size"][i + 1]) << i;
    EXPECT_EQ(root_at(i + 1, stored.reader()), stored.root(i + 1)) << i;
  }
}

TEST(MerkleProofs, OfInclusionAreJudgedAsTheVectorsSay) {
  const auto vectors = read_json_vector("merkle/inclusion.json");
  EXPECT_EQ(vectors.size(), 98U);
  for (const auto& test : vectors) {
    const auto [root, leaf, proof, complete] = read(test, "root", "leafHash");
    const bool accepted =
        complete && verify_inclusion(test["leafIdx"], test["treeSize"], leaf, proof, root);
    EXPECT_EQ(accepted, !test["wantErr"].get<bool>()) << test["name"];
  }
}

TEST(MerkleProofs, OfConsistencyAreJudgedAsTheVectorsSay) {
  const auto vectors = read_json_vector("merkle/consistency.json");
  EXPECT_EQ(vectors.size(), 98U);
  for (const auto& test : vectors) {
    if (test["name"] == "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json") {
      continue;  // "roots" of 12 bytes, which our Digest cannot hold
    }
    const auto [from, to, proof, complete] = read(test, "root1", "root2");
    const bool accepted =
        complete && verify_consistency(test["size1"], test["size2"], from, to, proof);
    EXPECT_EQ(accepted, !test["wantErr"].get<bool>()) << test["name"];
  }
}

TEST(MerkleProofs, ShowEveryLeafAndEveryPrefixOfEveryTree) {
  const StoredTree stored = tree_of(65);
  for (std::uint64_t size = 0; size <= 65; ++size) {
    EXPECT_EQ(root_at(size, stored.reader()), stored.root(size));
    for (std::uint64_t index = 0; index < size; ++index) {
      const Digest leaf = leaf_hash(as_bytes("leaf " + std::to_string(index)));
      const auto proof = prove_inclusion(index, size, stored.reader());
      ASSERT_TRUE(proof);
      EXPECT_TRUE(verify_inclusion(index, size, leaf, *proof, stored.root(size)));
      EXPECT_FALSE(verify_inclusion(index, size, stored.root(1), *proof, stored.root(size)) &&
                   index != 0);
    }
    for (std::uint64_t from = 0; from <= size; ++from) {
      const auto proof = prove_consistency(from, size, stored.reader());
      ASSERT_TRUE(proof);
      const auto judge = [&](const Digest& old_root, const Digest& new_root) {
        return verify_consistency(from, size, old_root, new_root, *proof).has_value();
      };
      EXPECT_TRUE(judge(stored.root(from), stored.root(size))) << from << ' ' << size;
      EXPECT_FALSE(judge(leaf_hash({}), stored.root(size)));
      EXPECT_FALSE(from > 0 && judge(stored.root(from), leaf_hash({})));
    }
  }
}

TEST(MerkleProofs, RefuseWhatIsNotInTheTree) {
  const StoredTree stored = tree_of(5);
  EXPECT_EQ(prove_inclusion(5, 5, stored.reader()), tl::unexpected(Errc::out_of_range));
  EXPECT_EQ(prove_inclusion(0, 0, stored.reader()), tl::unexpected(Errc::out_of_range));
  EXPECT_EQ(prove_consistency(6, 5, stored.reader()), tl::unexpected(Errc::out_of_range));
  EXPECT_EQ(prove_inclusion(0, 9, stored.reader()), tl::unexpected(Errc::out_of_range));
}

// Each proof hashes on past the root of the size it names, and ends at a root of a greater tree.
TEST(MerkleProofs, DoNotClimbAboveTheRoot) {
  const StoredTree stored = tree_of(8);
  const auto node = [&stored](unsigned level, std::uint64_t index) {
    return stored.reader()(level, index).value();
  };
  EXPECT_TRUE(verify_inclusion(1, 2, node(0, 1), {node(0, 0)}, stored.root(2)));
  EXPECT_FALSE(verify_inclusion(0, 1, node(0, 1), {node(0, 0)}, stored.root(2)));

  const Proof proof = {node(0, 6), node(0, 7), node(1, 2), node(2, 0)};
  EXPECT_TRUE(verify_consistency(7, 8, stored.root(7), stored.root(8), proof));
  EXPECT_FALSE(verify_consistency(3, 4, stored.root(7), stored.root(8), proof));
}

TEST(MerkleProofs, PassOnWhatTheirReaderFailsWith) {
  const NodeReader failing = [](unsigned, std::uint64_t) -> Result<Digest> {
    return tl::unexpected(Errc::read_failed);
  };
  EXPECT_EQ(root_at(3, failing), tl::unexpected(Errc::read_failed));
  EXPECT_EQ(prove_inclusion(1, 3, failing), tl::unexpected(Errc::read_failed));
  EXPECT_EQ(prove_consistency(1, 3, failing), tl::unexpected(Errc::read_failed));
  EXPECT_EQ(prove_consistency(3, 6, failing), tl::unexpected(Errc::read_failed));
}

TEST(MerkleTree, GoesOnFromItsSubtreesAsIfItHadNeverStopped) {
  const StoredTree whole = tree_of(23);
  StoredTree part = tree_of(13);
  auto resumed = Tree::resume(13, part.tree().subtrees());
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->root(), whole.root(13));
  for (int i = 13; i < 23; ++i) resumed->append(leaf_hash(as_bytes("leaf " + std::to_string(i))));
  EXPECT_EQ(resumed->size(), 23U);
  EXPECT_EQ(resumed->root(), whole.root(23));

  EXPECT_FALSE(Tree::resume(13, {}));
  EXPECT_FALSE(Tree::resume(12, part.tree().subtrees()));
  EXPECT_TRUE(Tree::resume(0, {}));
}

}  // namespace
}  // namespace crypto::merkle
