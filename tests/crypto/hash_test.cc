#include "crypto/hash.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <stdexcept>

#include "crypto/vectors.h"

namespace crypto {
namespace {

TEST(Sha256, GivesTheDigestsOfFips180) {
  EXPECT_EQ(to_hex(sha256(ByteView{})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, AgreesWithLibsodiumHoweverTheBytesArrive) {
  Sha256 running;  // used again for every length
  for (std::size_t size = 0; size < 300; ++size) {
    Bytes bytes(size);
    random_bytes(bytes);
    Digest expected;
    crypto_hash_sha256(expected.data(), bytes.data(), bytes.size());
    EXPECT_EQ(sha256(bytes), expected);
    const std::size_t half = size / 3;
    EXPECT_EQ(sha256({ByteView(bytes).first(half), {}, ByteView(bytes).subspan(half)}), expected);
    for (const std::uint8_t& byte : bytes) running.update({&byte, 1});
    EXPECT_EQ(running.finish(), expected);
  }
}

TEST(Sha256, MovesWithWhatItHasSeen) {
  Sha256 first;
  first.update(as_bytes("a"));
  Sha256 second = std::move(first);
  EXPECT_EQ(second.update(as_bytes("bc")).finish(), sha256(as_bytes("abc")));
}

TEST(HmacSha256, DoesAsWycheproofSays) {
  int seen = 0;
  for (const auto& group : wycheproof("hmac_sha256")) {
    const std::size_t tag_size = group["tagSize"].get<std::size_t>() / 8;
    for (const auto& test : group["tests"]) {
      const Digest mac = hmac_sha256(hex(test["key"]), hex(test["msg"]));
      const bool equal = equal_in_constant_time(ByteView(mac).first(tag_size), hex(test["tag"]));
      EXPECT_EQ(equal, test["result"] == "valid") << test["tcId"];
      ++seen;
    }
  }
  EXPECT_EQ(seen, 174);
}

TEST(HkdfSha256, DoesAsWycheproofSays) {
  int seen = 0;
  for (const auto& group : wycheproof("hkdf_sha256")) {
    for (const auto& test : group["tests"]) {
      ++seen;
      const Bytes info = hex(test["info"]);
      Bytes out(test["size"].get<std::size_t>());
      const auto derive = [&] {
        hkdf_sha256(hex(test["ikm"]), hex(test["salt"]), as_text(info), out);
      };
      if (test["result"] == "valid") {
        derive();
        EXPECT_EQ(out, hex(test["okm"])) << test["tcId"];
      } else {
        EXPECT_THROW(derive(), std::length_error) << test["tcId"];
      }
    }
  }
  EXPECT_EQ(seen, 86);
}

}  // namespace
}  // namespace crypto
