#include "crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <new>

#include "crypto/secret.h"

namespace crypto {
namespace {

// Fetched once: a fetch takes a lock and a search through the providers.
const EVP_CIPHER* chacha20_poly1305() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  if (cipher == nullptr) throw std::bad_alloc();
  return cipher;
}

// EVP counts in int; a chunk is 64 KiB, but nothing here depends on that.
constexpr std::size_t kSlice = std::size_t{1} << 30;

}  // namespace

struct ChunkCipher::State {
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_CIPHER_CTX_free(context); }  // OpenSSL clears the key before it frees

  bool update(ByteView in, std::uint8_t* out) {
    for (std::size_t done = 0; done < in.size();) {
      const std::size_t slice = std::min(kSlice, in.size() - done);
      int written = 0;
      if (EVP_CipherUpdate(context, out == nullptr ? nullptr : out + done, &written,
                           in.data() + done, static_cast<int>(slice)) != 1) {
        return false;
      }
      done += slice;
    }
    return true;
  }

  bool finish() {
    std::uint8_t none[16];
    int written = 0;
    return EVP_CipherFinal_ex(context, none, &written) == 1;
  }
};

ChunkCipher::ChunkCipher(std::span<const std::uint8_t, 32> key)
    : state_(std::make_unique<State>()) {
  if (state_->context == nullptr || EVP_EncryptInit_ex2(state_->context, chacha20_poly1305(),
                                                        key.data(), nullptr, nullptr) != 1) {
    throw std::bad_alloc();
  }
}

ChunkCipher::~ChunkCipher() = default;
ChunkCipher::ChunkCipher(ChunkCipher&&) noexcept = default;
ChunkCipher& ChunkCipher::operator=(ChunkCipher&&) noexcept = default;

void ChunkCipher::seal(const ChunkNonce& nonce, ByteView plain, std::uint8_t* out,
                       ByteView context) {
  State& state = *state_;
  const bool sealed =
      EVP_EncryptInit_ex2(state.context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
      state.update(context, nullptr) && state.update(plain, out) && state.finish() &&
      EVP_CIPHER_CTX_ctrl(state.context, EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, out + plain.size()) ==
          1;
  // No input makes sealing fail; going on would write what is not sealed.
  if (!sealed) throw std::bad_alloc();
}

Result<void> ChunkCipher::open(const ChunkNonce& nonce, ByteView sealed, std::uint8_t* out,
                               ByteView context) {
  if (sealed.size() < kAeadTagSize) return tl::unexpected(Errc::tampered);
  const std::size_t size = sealed.size() - kAeadTagSize;
  Block<kAeadTagSize> tag;
  std::copy_n(sealed.data() + size, kAeadTagSize, tag.begin());

  State& state = *state_;
  const bool opened =
      EVP_DecryptInit_ex2(state.context, nullptr, nullptr, nonce.data(), nullptr) == 1 &&
      EVP_CIPHER_CTX_ctrl(state.context, EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, tag.data()) == 1 &&
      state.update(context, nullptr) && state.update(sealed.first(size), out) && state.finish();
  if (!opened) {
    // EVP hands out bytes before it has checked the tag.
    if (size > 0) wipe({out, size});
    return tl::unexpected(Errc::tampered);
  }
  return {};
}

}  // namespace crypto
