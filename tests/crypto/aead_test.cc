#include "crypto/aead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/secret.h"
#include "crypto/vectors.h"

namespace crypto {
namespace {

Bytes seal(ChunkCipher& cipher, const ChunkNonce& nonce, ByteView plain, ByteView context = {}) {
  Bytes sealed(plain.size() + kAeadTagSize);
  cipher.seal(nonce, plain, sealed.data(), context);
  return sealed;
}

TEST(ChunkCipher, DoesAsWycheproofSays) {
  int seen = 0;
  for (const auto& group : wycheproof("chacha20_poly1305")) {
    if (group["ivSize"] != 96) continue;  // other nonces do not fit the type
    for (const auto& test : group["tests"]) {
      ++seen;
      SCOPED_TRACE(test["tcId"].get<int>());
      ChunkCipher cipher(block<32>(hex(test["key"])));
      const auto nonce = block<12>(hex(test["iv"]));
      const Bytes context = hex(test["aad"]);
      const Bytes plain = hex(test["msg"]);
      Bytes sealed = hex(test["ct"]);
      append(sealed, hex(test["tag"]));
      Bytes opened(plain.size());
      const bool valid = test["result"] == "valid";
      EXPECT_EQ(cipher.open(nonce, sealed, opened.data(), context).has_value(), valid);
      if (!valid) continue;
      EXPECT_EQ(opened, plain);
      EXPECT_EQ(seal(cipher, nonce, plain, context), sealed);
    }
  }
  EXPECT_GT(seen, 280);
}

TEST(ChunkCipher, AgreesWithLibsodiumOnRandomInput) {
  const auto key = random_block<32>();
  ChunkCipher cipher(key);
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 63U, 64U, 65U, 1000U, 65535U, 65536U}) {
    Bytes plain(size);
    random_bytes(plain);
    Bytes context(size % 37);
    random_bytes(context);
    const auto nonce = random_block<12>();
    Bytes expected(size + kAeadTagSize);
    crypto_aead_chacha20poly1305_ietf_encrypt(expected.data(), nullptr, plain.data(), plain.size(),
                                              context.data(), context.size(), nullptr, nonce.data(),
                                              key.data());
    EXPECT_EQ(seal(cipher, nonce, plain, context), expected) << size;
    Bytes opened(size);
    EXPECT_TRUE(cipher.open(nonce, expected, opened.data(), context)) << size;
    EXPECT_EQ(opened, plain) << size;
  }
}

TEST(ChunkCipher, RefusesEveryChangedByteAndHandsOutNothing) {
  ChunkCipher cipher(random_block<32>());
  const ChunkNonce nonce{1};
  const Bytes sealed = seal(cipher, nonce, as_bytes("twenty bytes of text"));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    Bytes opened(20, 0xee);
    EXPECT_EQ(cipher.open(nonce, changed, opened.data()), tl::unexpected(Errc::tampered)) << i;
    EXPECT_THAT(opened, testing::Each(0)) << i;
  }
  Bytes opened(20);
  EXPECT_FALSE(cipher.open({2}, sealed, opened.data()));
  EXPECT_FALSE(cipher.open(nonce, sealed, opened.data(), as_bytes("context")));
  EXPECT_FALSE(cipher.open(nonce, ByteView(sealed).first(15), opened.data()));
  EXPECT_TRUE(cipher.open(nonce, sealed, opened.data()));  // a refusal leaves the cipher usable
}

TEST(ChunkCipher, MovesWithItsKey) {
  ChunkCipher first(Block<32>{7});
  const Bytes sealed = seal(first, {}, as_bytes("text"));
  ChunkCipher second = std::move(first);
  EXPECT_EQ(seal(second, {}, as_bytes("text")), sealed);
}

}  // namespace
}  // namespace crypto
