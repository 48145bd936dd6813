// The X25519 recipient stanza: a file key wrapped for the owner of a key pair.
#include <algorithm>
#include <stdexcept>

#include "crypto/aead.h"
#include "crypto/age_stanza.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace crypto::age {
namespace {

constexpr std::string_view kType = "X25519";
constexpr std::string_view kInfo = "age-encryption.org/v1/X25519";
using SharedSecret = Secret<struct SharedSecretTag, 32>;

Result<Block<32>> parse_share(const Stanza& stanza) {
  if (stanza.args.size() != 1) return tl::unexpected(Errc::malformed);
  const auto bytes = from_base64_raw(stanza.args.front());
  Block<32> share;
  if (!bytes || bytes->size() != share.size()) return tl::unexpected(Errc::malformed);
  std::copy(bytes->begin(), bytes->end(), share.begin());
  return share;
}

WrapKey derive(const SharedSecret& shared, const Block<32>& share, const Recipient& recipient) {
  Block<64> salt;
  std::copy(recipient.key.begin(), recipient.key.end(),
            std::copy(share.begin(), share.end(), salt.begin()));
  auto wrap_key = WrapKey::zeros();
  hkdf_sha256(shared.expose(), salt, kInfo, wrap_key.expose_mutable());
  return wrap_key;
}

}  // namespace

bool is_x25519(const Stanza& stanza) { return stanza.type == kType; }

Result<void> check_x25519_form(const Stanza& stanza) {
  if (!is_x25519(stanza)) return {};
  if (!parse_share(stanza) || stanza.body.size() != kWrappedKeySize) {
    return tl::unexpected(Errc::malformed);
  }
  return {};
}

Stanza wrap_x25519(const FileKey& key, const Recipient& recipient) {
  const Identity ephemeral = Identity::generate();
  const auto shared = ephemeral.agree(recipient.key);
  // Whoever knows the curve could open it; no caller may go on with such a header.
  if (!shared) throw std::invalid_argument("age: a low-order recipient");

  const Block<32>& share = ephemeral.recipient().key;
  return {std::string(kType),
          {base64_raw(share)},
          wrap_file_key(derive(*shared, share, recipient), key)};
}

Result<FileKey> unwrap_x25519(const Stanza& stanza, const Identity& identity) {
  const auto share = parse_share(stanza);
  if (!share || stanza.body.size() != kWrappedKeySize) return tl::unexpected(Errc::malformed);
  const auto shared = identity.agree(*share);
  if (!shared) return tl::unexpected(shared.error());
  return unwrap_file_key(derive(*shared, *share, identity.recipient()), stanza.body);
}

Bytes wrap_file_key(const WrapKey& wrap_key, const FileKey& key) {
  Bytes body(kWrappedKeySize);
  ChunkCipher(wrap_key.expose()).seal({}, key.expose(), body.data());
  return body;
}

Result<FileKey> unwrap_file_key(const WrapKey& wrap_key, ByteView body) {
  auto key = FileKey::zeros();
  if (!ChunkCipher(wrap_key.expose()).open({}, body, key.expose_mutable().data())) {
    return tl::unexpected(Errc::no_matching_identity);
  }
  return key;
}

}  // namespace crypto::age
