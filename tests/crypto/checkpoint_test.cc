#include "crypto/checkpoint.h"

#include <gtest/gtest.h>

#include "crypto/merkle.h"
#include "crypto/vectors.h"

namespace crypto {
namespace {

NoteVerifier tessera_key() {
  return NoteVerifier::parse(
             "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
      .value();
}

// The entries of a C2SP entry bundle: each a big-endian 16-bit length and the bytes.
std::vector<Bytes> entries_of(std::string_view bundle) {
  std::vector<Bytes> entries;
  while (!bundle.empty()) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bundle.at(i)); };
    const auto size = static_cast<std::size_t>(at(0) << 8 | at(1));
    entries.push_back(to_bytes(as_bytes(bundle.substr(2).substr(0, size))));
    bundle.remove_prefix(2 + size);
  }
  return entries;
}

TEST(Checkpoint, OfEachSizeOfTesserasLogIsTheRootOfItsEntriesAndTiles) {
  merkle::Tree tree;
  Bytes tile;
  for (std::uint64_t size = 0; size <= 15; ++size) {
    SCOPED_TRACE(size);
    const std::string number = std::to_string(size);
    if (size > 0) {
      const auto entries = entries_of(read_vector("tlog/tessera-log/tile/entries/000.p/" + number));
      ASSERT_EQ(entries.size(), size);
      const Digest leaf = merkle::leaf_hash(entries.back());
      tree.append(leaf);
      append(tile, leaf);
      const std::string stored = read_vector("tlog/tessera-log/tile/0/000.p/" + number);
      EXPECT_EQ(to_bytes(as_bytes(stored)), tile);
    }
    const std::string note = read_vector("tlog/tessera-log/checkpoint." + number);
    const auto checkpoint = Checkpoint::open(note, tessera_key());
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(*checkpoint, (Checkpoint{"example.com/log/testdata", size, tree.root()}));
  }
}

TEST(Checkpoint, OpensUnderAWitnessesCosignatureAndSignsToTheSameBytes) {
  const auto test = read_json_vector("tlog/cosigned-checkpoint.json");
  const auto log = NoteVerifier::parse(test["log_vkey"].get<std::string>());
  ASSERT_TRUE(log);
  const auto cosigned = test["checkpoint"].get<std::string>();
  merkle::Tree tree;
  for (const auto& leaf : test["leaves"]) {
    tree.append(merkle::leaf_hash(as_bytes(leaf.get<std::string>())));
  }
  const Checkpoint expected{"example.org/vault/log", 3, tree.root()};
  EXPECT_EQ(Checkpoint::open(cosigned, *log), expected);

  auto seed = block<32>(hex(test["log_seed_hex"]));
  EXPECT_TRUE(cosigned.starts_with(expected.sign(SigningKey(SigningSeed::take(seed)))));
}

TEST(Checkpoint, OpensWithItsLogsKeyAlone) {
  const SigningKey key = SigningKey::generate();
  const Checkpoint checkpoint{"segel/vault", 7, merkle::leaf_hash({})};
  const std::string note = checkpoint.sign(key);
  EXPECT_EQ(Checkpoint::open(note, {"segel/vault", key.verify_key()}), checkpoint);
  EXPECT_EQ(Checkpoint::open(note, {"segel/vault", SigningKey::generate().verify_key()}),
            tl::unexpected(Errc::untrusted));
  EXPECT_EQ(Checkpoint::open(note, {"segel/other", key.verify_key()}),
            tl::unexpected(Errc::untrusted));
}

TEST(Checkpoint, OfAnotherOriginUnderTheSameKeyIsUntrusted) {
  const SigningKey key = SigningKey::generate();
  Note note{Checkpoint{"segel/other", 7, {}}.body(), {}};
  note.sign("segel/vault", key);
  EXPECT_EQ(Checkpoint::open(note.encode(), {"segel/vault", key.verify_key()}),
            tl::unexpected(Errc::untrusted));
}

TEST(Checkpoint, HasOneTextAndNoOther) {
  const std::string root = base64(Digest{}) + "\n";
  ASSERT_TRUE(Checkpoint::parse_body("origin\n0\n" + root));
  EXPECT_EQ(Checkpoint::parse_body("origin\n18446744073709551615\n" + root)->size, UINT64_MAX);
  for (const auto& bad :
       {std::string(), "\n0\n" + root, "origin\n\n" + root, "origin\n00\n" + root,
        "origin\n01\n" + root, "origin\n+1\n" + root, "origin\n-1\n" + root, "origin\n 1\n" + root,
        "origin\n1 \n" + root, "origin\n18446744073709551616\n" + root, "origin\n0x1\n" + root,
        "origin\n1\n" + base64(Bytes(31)) + "\n", "origin\n1\n" + base64_raw(Digest{}) + "\n",
        "origin\n1\n" + base64(Digest{}), "origin\n1\n" + root + "extension\n",
        "origin\n1\n" + root + "\n"}) {
    EXPECT_EQ(Checkpoint::parse_body(bad), tl::unexpected(Errc::malformed)) << bad;
  }
}

}  // namespace
}  // namespace crypto
