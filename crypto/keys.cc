#include "crypto/keys.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/sodium_start.h"

namespace crypto {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "AGE-SECRET-KEY-";
constexpr std::string_view kSigningInfo = "segel/v1/signing";

// Below 2^255 - 19: a second text for the same point would make one key look like two.
bool is_canonical_point(const Block<32>& point) {
  if (point[31] != 0x7f) return point[31] < 0x7f;
  if (std::any_of(point.begin() + 1, point.begin() + 31, [](auto byte) { return byte != 0xff; })) {
    return true;
  }
  return point[0] < 0xed;
}

// A low-order point gives a shared secret of zeros with every private key.
bool is_low_order(const Block<32>& point) {
  constexpr Block<32> kAnyScalar = {1};
  Block<32> shared;
  return crypto_scalarmult_curve25519(shared.data(), kAnyScalar.data(), point.data()) != 0;
}

}  // namespace

Result<Recipient> Recipient::parse(std::string_view text) {
  start_sodium();
  const auto decoded = bech32_decode(text);
  if (!decoded || decoded->prefix != kRecipientPrefix || decoded->data.size() != 32) {
    return tl::unexpected(Errc::malformed);
  }
  Recipient recipient;
  std::ranges::copy(decoded->data.expose(), recipient.key.begin());
  if (!is_canonical_point(recipient.key) || is_low_order(recipient.key)) {
    return tl::unexpected(Errc::malformed);
  }
  return recipient;
}

std::string Recipient::text() const {
  return std::string(bech32_encode(kRecipientPrefix, key).expose_text());
}

Identity Identity::generate() {
  Scalar scalar = Scalar::random();
  return take(scalar.expose_mutable());
}

Identity Identity::take(std::span<std::uint8_t, 32> scalar) {
  start_sodium();
  Recipient recipient;
  crypto_scalarmult_curve25519_base(recipient.key.data(), scalar.data());
  return Identity(Scalar::take(scalar), recipient);
}

Result<Identity> Identity::parse(std::string_view text) {
  auto decoded = bech32_decode(text);
  if (!decoded || decoded->prefix != kIdentityPrefix || decoded->data.size() != 32) {
    return tl::unexpected(Errc::malformed);
  }
  return take(decoded->data.expose_mutable().first<32>());
}

Result<Identity> Identity::parse_file(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return parse(line);
  }
  return tl::unexpected(Errc::malformed);
}

SecretBytes Identity::text() const { return bech32_encode(kIdentityPrefix, scalar_.expose()); }

Result<Secret<struct SharedSecretTag, 32>> Identity::agree(const Block<32>& point) const {
  auto shared = Secret<struct SharedSecretTag, 32>::zeros();
  if (crypto_scalarmult_curve25519(shared.expose_mutable().data(), scalar_.expose().data(),
                                   point.data()) != 0) {
    return tl::unexpected(Errc::malformed);
  }
  return shared;
}

bool VerifyKey::verify(ByteView message, const Signature& signature) const {
  start_sodium();
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                             key.data()) == 0;
}

std::string VerifyKey::text() const { return base64(key); }

Result<VerifyKey> VerifyKey::parse(std::string_view text) {
  start_sodium();
  const auto raw = from_base64(text);
  VerifyKey parsed;
  if (!raw || raw->size() != parsed.key.size()) return tl::unexpected(Errc::malformed);
  std::ranges::copy(*raw, parsed.key.begin());
  // No signature of such a key would ever be accepted: say so now.
  if (crypto_core_ed25519_is_valid_point(parsed.key.data()) != 1) {
    return tl::unexpected(Errc::malformed);
  }
  return parsed;
}

SigningKey::SigningKey(const SigningSeed& seed) : expanded_(Expanded::zeros()) {
  static_assert(Expanded::kSize == crypto_sign_ed25519_SECRETKEYBYTES);
  start_sodium();
  crypto_sign_ed25519_seed_keypair(verify_key_.key.data(), expanded_.expose_mutable().data(),
                                   seed.expose().data());
}

SigningKey SigningKey::derive(const Identity& identity) {
  SigningSeed seed = SigningSeed::zeros();
  hkdf_sha256(identity.expose(), {}, kSigningInfo, seed.expose_mutable());
  return SigningKey(seed);
}

Signature SigningKey::sign(ByteView message) const {
  Signature signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                               expanded_.expose().data());
  return signature;
}

std::string fingerprint(const Recipient& recipient, const VerifyKey& verify_key) {
  constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
  constexpr std::string_view kVowels = "aiou";
  const Digest digest = sha256({as_bytes("segel/v1/fingerprint\n"), recipient.key, verify_key.key});
  std::string words;
  // A syllable is 6 bits: four of them are three bytes, so 12 syllables are 9 bytes.
  for (std::size_t syllable = 0; syllable < 12; ++syllable) {
    const std::size_t byte = syllable / 4 * 3;
    const unsigned group =
        static_cast<unsigned>(digest[byte] << 16 | digest[byte + 1] << 8 | digest[byte + 2]);
    const unsigned bits = group >> (18 - 6 * (syllable % 4)) & 63;
    if (syllable % 2 == 0 && syllable > 0) words.push_back('-');
    words.push_back(kConsonants[bits >> 2]);
    words.push_back(kVowels[bits & 3]);
  }
  return words;
}

}  // namespace crypto
