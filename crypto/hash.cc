#include "crypto/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace crypto {
namespace {

constexpr std::size_t kBlockSize = 64;

// Fetched once: a fetch takes a lock and a search through the providers.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (algorithm == nullptr) throw std::bad_alloc();
  return algorithm;
}

// No input makes EVP's digests fail; memory can.
void require(int result) {
  if (result != 1) throw std::bad_alloc();
}

// A context that is used again and again: making one costs more than hashing a tree node.
class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    restart();
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  ~Hasher() { EVP_MD_CTX_free(context_); }  // OpenSSL clears the state before it frees

  // Starts anew, and so overwrites the state that the last message left.
  void restart() { require(EVP_DigestInit_ex2(context_, sha256_algorithm(), nullptr)); }
  void update(ByteView bytes) {
    if (!bytes.empty()) require(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
  }
  void finish(std::uint8_t* digest) {
    require(EVP_DigestFinal_ex(context_, digest, nullptr));
    restart();
  }

 private:
  EVP_MD_CTX* context_;
};

Hasher& thread_hasher() {
  thread_local Hasher hasher;
  return hasher;
}

// HMAC with one key for any number of messages. RFC 2104 over the running digest: EVP_MAC of
// OpenSSL 3.0 takes longer to set up than all of this.
class Hmac {
 public:
  explicit Hmac(ByteView key) {
    if (key.size() > kBlockSize) {
      Digest hashed = sha256(key);
      std::copy(hashed.begin(), hashed.end(), key_.begin());
      wipe(hashed);
    } else {
      std::copy(key.begin(), key.end(), key_.begin());
    }
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() { wipe(key_); }

  void mac(std::initializer_list<ByteView> message, std::uint8_t* out) {
    Hasher& hasher = thread_hasher();
    Digest inner;
    add_key(hasher, 0x36);
    for (const ByteView part : message) hasher.update(part);
    hasher.finish(inner.data());
    add_key(hasher, 0x5c);
    hasher.update(inner);
    hasher.finish(out);
    wipe(inner);
  }

 private:
  void add_key(Hasher& hasher, std::uint8_t pad) {
    Block<kBlockSize> block;
    for (std::size_t i = 0; i < kBlockSize; ++i) {
      block[i] = static_cast<std::uint8_t>(key_[i] ^ pad);
    }
    hasher.update(block);
    wipe(block);
  }

  Block<kBlockSize> key_{};
};

}  // namespace

struct Sha256::Context {
  Hasher hasher;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(ByteView bytes) {
  context_->hasher.update(bytes);
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  context_->hasher.finish(digest.data());
  return digest;
}

Digest sha256(ByteView bytes) { return sha256({bytes}); }

Digest sha256(std::initializer_list<ByteView> parts) {
  Hasher& hasher = thread_hasher();
  for (const ByteView part : parts) hasher.update(part);
  Digest digest;
  hasher.finish(digest.data());
  return digest;
}

Digest hmac_sha256(ByteView key, ByteView message) {
  Digest digest;
  Hmac(key).mac({message}, digest.data());
  return digest;
}

void hkdf_sha256(ByteView secret, ByteView salt, std::string_view info, MutableBytes out) {
  // One more block and the counter begins again: the same bytes twice.
  if (out.size() > 255 * sizeof(Digest)) throw std::length_error("hkdf_sha256");
  Digest extracted;
  Hmac(salt).mac({secret}, extracted.data());
  Hmac expand(extracted);
  wipe(extracted);

  Digest block;
  std::uint8_t counter = 0;
  for (std::size_t done = 0; done < out.size();) {
    const ByteView previous = counter == 0 ? ByteView{} : ByteView{block};
    ++counter;
    expand.mac({previous, as_bytes(info), {&counter, 1}}, block.data());
    const std::size_t size = std::min(block.size(), out.size() - done);
    std::copy_n(block.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += size;
  }
  wipe(block);
}

}  // namespace crypto
