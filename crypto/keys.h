// Key pairs: X25519 to open (age recipients and identities), Ed25519 to sign (RFC 8032).
#pragma once

#include <optional>
#include <string>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/secret.h"

namespace crypto {

// A public X25519 key, `age1…` in text.
struct Recipient {
  Block<32> key{};
  static Result<Recipient> parse(std::string_view text);  // Errors: malformed
  std::string text() const;
  bool operator==(const Recipient&) const = default;
};

// A private X25519 key, `AGE-SECRET-KEY-1…` in text.
class Identity {
 public:
  static Identity generate();
  static Result<Identity> parse(std::string_view text);  // Errors: malformed
  static Identity take(std::span<std::uint8_t, 32> scalar);
  // The first identity of an age identity file: lines, `#` comments, blanks. Errors: malformed.
  static Result<Identity> parse_file(std::string_view text);

  SecretBytes text() const;
  const Recipient& recipient() const { return recipient_; }
  Identity duplicate() const { return Identity(scalar_.duplicate(), recipient_); }
  // X25519 with this key. Errors: malformed (a low-order point: the shared secret would be zero).
  Result<Secret<struct SharedSecretTag, 32>> agree(const Block<32>& point) const;
  std::span<const std::uint8_t, 32> expose() const noexcept { return scalar_.expose(); }

 private:
  using Scalar = Secret<struct X25519ScalarTag, 32>;
  Identity(Scalar scalar, const Recipient& recipient)
      : scalar_(std::move(scalar)), recipient_(recipient) {}
  Scalar scalar_;
  Recipient recipient_;
};

using Signature = Block<64>;

struct VerifyKey {
  Block<32> key{};
  // Strict: non-canonical and low-order values are refused.
  bool verify(ByteView message, const Signature& signature) const;
  std::string text() const;                               // base64
  static Result<VerifyKey> parse(std::string_view text);  // base64. Errors: malformed
  bool operator==(const VerifyKey&) const = default;
};

class SigningKey {
 public:
  explicit SigningKey(const SigningSeed& seed);
  static SigningKey generate() { return SigningKey(SigningSeed::random()); }
  // The signing key of an access key: HKDF-SHA-256 of the age identity, info "segel/v1/signing".
  static SigningKey derive(const Identity& identity);

  const VerifyKey& verify_key() const { return verify_key_; }
  Signature sign(ByteView message) const;
  SigningKey duplicate() const { return {expanded_.duplicate(), verify_key_}; }
  std::span<const std::uint8_t, SigningSeed::kSize> expose_seed() const noexcept {
    return expanded_.expose().first<SigningSeed::kSize>();
  }

 private:
  // The seed and the public key, as libsodium signs with: made once, so that signing takes no
  // memory of the arena and cannot fail for want of it.
  using Expanded = Secret<struct ExpandedSigningKeyTag, 64>;
  SigningKey(Expanded expanded, const VerifyKey& verify_key)
      : expanded_(std::move(expanded)), verify_key_(verify_key) {}
  Expanded expanded_;
  VerifyKey verify_key_;
};

// Six speakable words (72 bits of SHA-256 over both public keys), for two people to compare aloud.
// Each word is two syllables of 4 bits of consonant and 2 of vowel (FORMAT.md, "Fingerprint").
std::string fingerprint(const Recipient& recipient, const VerifyKey& verify_key);

}  // namespace crypto
