#include "crypto/record_cipher.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/sodium_start.h"

namespace crypto {
namespace {

constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

Bytes wrap_record(const EraseKey& key, ByteView context, ByteView record) {
  start_sodium();
  Bytes wrapped(kNonceSize + record.size() + kTagSize);
  // 24 random bytes never meet again: the same slot may wrap any number of versions of its record.
  random_bytes(MutableBytes(wrapped).first(kNonceSize));
  crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped.data() + kNonceSize, nullptr, record.data(),
                                             record.size(), context.data(), context.size(), nullptr,
                                             wrapped.data(), key.expose().data());
  return wrapped;
}

Result<Bytes> unwrap_record(const EraseKey& key, ByteView context, ByteView wrapped) {
  start_sodium();
  if (wrapped.size() < kNonceSize + kTagSize) return tl::unexpected(Errc::tampered);
  Bytes record(wrapped.size() - kNonceSize - kTagSize);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          record.data(), nullptr, nullptr, wrapped.data() + kNonceSize, wrapped.size() - kNonceSize,
          context.data(), context.size(), wrapped.data(), key.expose().data()) != 0) {
    return tl::unexpected(Errc::tampered);
  }
  return record;
}

}  // namespace crypto
