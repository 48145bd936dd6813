// The payload of a sealed object: chunks of 64 KiB, each sealed with its place and whether it is
// the last, so that none can be moved, left out or added.
#include <stdexcept>

#include "crypto/aead.h"
#include "crypto/age.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace crypto::age {
namespace {

ChunkCipher payload_cipher(const FileKey& key, const PayloadNonce& nonce) {
  auto payload_key = Secret<struct PayloadKeyTag, 32>::zeros();
  hkdf_sha256(key.expose(), nonce, "payload", payload_key.expose_mutable());
  return ChunkCipher(payload_key.expose());
}

// 11 bytes of counter, most significant first, and one that marks the last chunk.
ChunkNonce chunk_nonce(std::uint64_t index, bool last) {
  ChunkNonce nonce{};
  for (std::size_t at = 11; index != 0; index >>= 8) {
    nonce[--at] = static_cast<std::uint8_t>(index & 0xff);
  }
  nonce[11] = last ? 1 : 0;
  return nonce;
}

}  // namespace

std::uint64_t sealed_size(std::uint64_t plain_size) {
  const std::uint64_t chunks = plain_size == 0 ? 1 : (plain_size - 1) / kChunkSize + 1;
  return kNonceSize + plain_size + chunks * kTagSize;
}

Result<std::uint64_t> plain_size(std::uint64_t sealed_size) {
  if (sealed_size < kNonceSize + kTagSize) return tl::unexpected(Errc::malformed);
  const std::uint64_t body = sealed_size - kNonceSize;
  const std::uint64_t last = (body - 1) % kSealedChunkSize + 1;
  const std::uint64_t chunks = (body - 1) / kSealedChunkSize + 1;
  // Only an empty payload has an empty chunk.
  const std::uint64_t shortest = chunks == 1 ? kTagSize : kTagSize + 1;
  if (last < shortest) return tl::unexpected(Errc::malformed);
  return body - chunks * kTagSize;
}

struct PayloadRoot::State {
  merkle::Tree leaves;
};

PayloadRoot::PayloadRoot(const PayloadNonce& nonce) : state_(std::make_unique<State>()) {
  add(nonce);
}
PayloadRoot::PayloadRoot(PayloadRoot&&) noexcept = default;
PayloadRoot& PayloadRoot::operator=(PayloadRoot&&) noexcept = default;
PayloadRoot::~PayloadRoot() = default;

void PayloadRoot::add(ByteView sealed_chunk) {
  state_->leaves.append(merkle::leaf_hash(sealed_chunk));
}

Digest PayloadRoot::root() const { return state_->leaves.root(); }

struct PayloadSealer::State {
  ChunkCipher cipher;
  PayloadRoot root;
  std::uint64_t next = 0;
  bool finished = false;
};

PayloadSealer::PayloadSealer(const FileKey& key, const PayloadNonce& nonce)
    : state_(new State{payload_cipher(key, nonce), PayloadRoot(nonce), 0, false}) {}
PayloadSealer::PayloadSealer(PayloadSealer&&) noexcept = default;
PayloadSealer& PayloadSealer::operator=(PayloadSealer&&) noexcept = default;
PayloadSealer::~PayloadSealer() = default;

void PayloadSealer::seal(ByteView plain, bool last, std::uint8_t* out) {
  State& state = *state_;
  const bool fits = last ? plain.size() <= kChunkSize && (!plain.empty() || state.next == 0)
                         : plain.size() == kChunkSize;
  // Checked in every build: what would follow is a payload that nobody can open.
  if (!fits || state.finished) throw std::logic_error("age: a chunk out of turn");

  state.cipher.seal(chunk_nonce(state.next, last), plain, out);
  state.root.add({out, plain.size() + kTagSize});
  ++state.next;
  state.finished = last;
}

Digest PayloadSealer::payload_root() const { return state_->root.root(); }

struct PayloadOpener::State {
  ChunkCipher cipher;
};

PayloadOpener::PayloadOpener(const FileKey& key, const PayloadNonce& nonce)
    : state_(new State{payload_cipher(key, nonce)}) {}
PayloadOpener::PayloadOpener(PayloadOpener&&) noexcept = default;
PayloadOpener& PayloadOpener::operator=(PayloadOpener&&) noexcept = default;
PayloadOpener::~PayloadOpener() = default;

Result<void> PayloadOpener::open(std::uint64_t index, bool last, ByteView sealed,
                                 std::uint8_t* out) {
  // A holder of the key could seal chunks of other sizes; they would give one document two sealed
  // forms, and positions in it two meanings.
  const std::size_t shortest = index == 0 ? kTagSize : kTagSize + 1;
  const bool fits = last ? sealed.size() >= shortest && sealed.size() <= kSealedChunkSize
                         : sealed.size() == kSealedChunkSize;
  if (!fits) return tl::unexpected(Errc::tampered);
  return state_->cipher.open(chunk_nonce(index, last), sealed, out);
}

Bytes seal_payload(ByteView plain, const FileKey& key) {
  const auto nonce = random_block<kNonceSize>();
  Bytes payload(sealed_size(plain.size()));
  std::copy(nonce.begin(), nonce.end(), payload.begin());

  PayloadSealer sealer(key, nonce);
  std::uint8_t* out = payload.data() + kNonceSize;
  for (;;) {
    const bool last = plain.size() <= kChunkSize;
    const ByteView chunk = last ? plain : plain.first(kChunkSize);
    sealer.seal(chunk, last, out);
    if (last) return payload;
    plain = plain.subspan(kChunkSize);
    out += kSealedChunkSize;
  }
}

Result<SecretBytes> open_payload(ByteView payload, const FileKey& key) {
  const auto size = plain_size(payload.size());
  if (!size) return tl::unexpected(payload.size() < kNonceSize ? Errc::malformed : Errc::tampered);
  PayloadNonce nonce;
  std::copy_n(payload.begin(), kNonceSize, nonce.begin());
  payload = payload.subspan(kNonceSize);

  SecretBytes plain(*size);
  std::uint8_t* out = plain.expose_mutable().data();
  PayloadOpener opener(key, nonce);
  for (std::uint64_t index = 0;; ++index) {
    const bool last = payload.size() <= kSealedChunkSize;
    const ByteView chunk = last ? payload : payload.first(kSealedChunkSize);
    if (const auto opened = opener.open(index, last, chunk, out); !opened) {
      return tl::unexpected(opened.error());
    }
    if (last) return plain;
    payload = payload.subspan(kSealedChunkSize);
    out += kChunkSize;
  }
}

}  // namespace crypto::age
