#include "crypto/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/vectors.h"

namespace crypto {
namespace {

// 32 bytes 0x42, and what `age-keygen -y` says of them.
constexpr std::string_view kIdentity =
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
constexpr std::string_view kRecipient =
    "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

TEST(X25519, DoesAsWycheproofSaysAndRefusesASharedSecretOfZeros) {
  int seen = 0;
  for (const auto& group : wycheproof("x25519")) {
    for (const auto& test : group["tests"]) {
      ++seen;
      Block<32> scalar = block<32>(hex(test["private"]));
      const auto shared = Identity::take(scalar).agree(block<32>(hex(test["public"])));
      const Bytes expected = hex(test["shared"]);
      if (expected == Bytes(32)) {
        EXPECT_FALSE(shared) << test["tcId"];
      } else {
        ASSERT_TRUE(shared) << test["tcId"];
        EXPECT_EQ(to_bytes(shared->expose()), expected) << test["tcId"];
      }
    }
  }
  EXPECT_EQ(seen, 518);
}

TEST(Identity, IsWhatTheAgeCommandTakesItFor) {
  const auto identity = Identity::parse(kIdentity);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->recipient().text(), kRecipient);
  EXPECT_EQ(identity->text().expose_text(), kIdentity);
}

TEST(Identity, ReadsBackWhatItWritesAndAgreesWithItsRecipient) {
  const Identity mine = Identity::generate();
  const Identity theirs = Identity::generate();
  const auto again = Identity::parse(mine.text().expose_text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->recipient(), mine.recipient());
  EXPECT_EQ(Recipient::parse(mine.recipient().text()), mine.recipient());
  const auto one = mine.agree(theirs.recipient().key);
  const auto other = theirs.agree(again->duplicate().recipient().key);
  ASSERT_TRUE(one && other);
  EXPECT_TRUE(equal_in_constant_time(one->expose(), other->expose()));
}

TEST(Identity, RefusesOtherPrefixesLengthsAndCases) {
  const auto text = [](std::string_view prefix, std::size_t size) {
    return std::string(bech32_encode(prefix, Bytes(size, 9)).expose_text());
  };
  EXPECT_TRUE(Identity::parse(text("AGE-SECRET-KEY-", 32)));
  for (const auto& wrong :
       {text("age-secret-key-", 32), text("AGE-SECRET-KEY-PQ-", 32), text("AGE-SECRET-KEY-", 31),
        text("AGE-SECRET-KEY-", 33), text("age", 32), std::string()}) {
    EXPECT_FALSE(Identity::parse(wrong));
  }
  EXPECT_TRUE(Recipient::parse(text("age", 32)));
  for (const auto& wrong : {text("AGE", 32), text("agf", 32), text("age", 31), text("age", 33)}) {
    EXPECT_FALSE(Recipient::parse(wrong)) << wrong;
  }
}

TEST(Recipient, RefusesPointsThatNothingCanBeSealedTo) {
  const auto text = [](Block<32> point) { return Recipient{point}.text(); };
  Block<32> all_ones;
  all_ones.fill(0xff);
  Block<32> p_plus_9 = all_ones;  // another encoding of the base point
  p_plus_9[31] = 0x7f;
  p_plus_9[0] = 0xf6;
  Block<32> p_minus_2 = p_plus_9;
  p_minus_2[0] = 0xeb;
  EXPECT_FALSE(Recipient::parse(text({0})));
  EXPECT_FALSE(Recipient::parse(text({1})));
  EXPECT_FALSE(Recipient::parse(text(all_ones)));
  EXPECT_FALSE(Recipient::parse(text(p_plus_9)));
  EXPECT_TRUE(Recipient::parse(text({9})));
  EXPECT_TRUE(Recipient::parse(text(p_minus_2)));
}

TEST(IdentityFile, GivesItsFirstIdentity) {
  const std::string key(kIdentity);
  for (const auto& file : {key, key + "\n", "# comment\n\n" + key + "\n# another\n",
                           "# created\r\n" + key + "\r\n", key + "\nsomething else"}) {
    const auto identity = Identity::parse_file(file);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->recipient().text(), kRecipient);
  }
  for (const auto& file : {std::string(), std::string("# only comments\n"), "garbage\n" + key,
                           " " + key, key + " ", key + key}) {
    EXPECT_FALSE(Identity::parse_file(file));
  }
}

TEST(Ed25519, DoesAsWycheproofSays) {
  int seen = 0;
  for (const auto& group : wycheproof("ed25519")) {
    const VerifyKey key{block<32>(hex(group["publicKey"]["pk"]))};
    for (const auto& test : group["tests"]) {
      ++seen;
      const Bytes signature = hex(test["sig"]);
      const bool accepted =
          signature.size() == 64 && key.verify(hex(test["msg"]), block<64>(signature));
      EXPECT_EQ(accepted, test["result"] == "valid") << test["tcId"];
    }
  }
  EXPECT_EQ(seen, 151);
}

TEST(Ed25519, SignsAsRfc8032) {  // its TEST 2
  auto seed = block<32>(
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value());
  const SigningKey key(SigningSeed::take(seed));
  EXPECT_EQ(to_hex(key.verify_key().key),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(to_hex(key.sign(Bytes{0x72})),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
            "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(SigningKey, VerifiesItsOwnAndNothingElse) {
  const SigningKey key = SigningKey::generate();
  Signature signature = key.duplicate().sign(as_bytes("message"));
  EXPECT_TRUE(key.verify_key().verify(as_bytes("message"), signature));
  EXPECT_FALSE(key.verify_key().verify(as_bytes("massage"), signature));
  EXPECT_FALSE(SigningKey::generate().verify_key().verify(as_bytes("message"), signature));
  EXPECT_TRUE(key.verify_key().verify({}, key.sign({})));
  signature[5] ^= 1;
  EXPECT_FALSE(key.verify_key().verify(as_bytes("message"), signature));
}

// HKDF-SHA-256 of 32 bytes 0x42, no salt, info "segel/v1/signing", made with Python's hmac: the
// signing key of an access key must come out the same for ever.
TEST(SigningKey, IsDerivedFromTheIdentityAlwaysAlike) {
  const SigningKey key = SigningKey::derive(Identity::parse(kIdentity).value());
  EXPECT_EQ(to_hex(key.expose_seed()),
            "8136a2c8678adb5befb2f6f5abc832726e9140d7c7e290bcc772c339ee7af0fa");
}

TEST(VerifyKey, ReadsBackWhatItWritesAndRefusesWhatCannotVerify) {
  const VerifyKey key = SigningKey::generate().verify_key();
  EXPECT_EQ(VerifyKey::parse(key.text()), key);
  Block<32> other_sign = {1};  // the neutral element, of low order
  EXPECT_FALSE(VerifyKey::parse(base64(other_sign)));
  Block<32> beyond_p;
  beyond_p.fill(0xff);
  EXPECT_FALSE(VerifyKey::parse(base64(beyond_p)));
  EXPECT_FALSE(VerifyKey::parse(base64(Bytes(31, 5))));
  EXPECT_FALSE(VerifyKey::parse(key.text() + "\n"));
  EXPECT_FALSE(VerifyKey::parse(""));
}

// Two people compare these words aloud; an old enrolment form must still show the same.
TEST(Fingerprint, IsSixWordsThatStayTheSame) {
  Recipient recipient{block<32>(Bytes(32, 1))};
  VerifyKey verify_key{block<32>(Bytes(32, 2))};
  EXPECT_EQ(fingerprint(recipient, verify_key), "nibo-bapo-zoga-juhi-vori-hati");
  const std::string before = fingerprint(recipient, verify_key);
  recipient.key[31] ^= 1;
  EXPECT_NE(fingerprint(recipient, verify_key), before);
  recipient.key[31] ^= 1;
  verify_key.key[31] ^= 1;
  EXPECT_NE(fingerprint(recipient, verify_key), before);
}

}  // namespace
}  // namespace crypto
