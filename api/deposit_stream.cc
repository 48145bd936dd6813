#include "api/deposit_stream.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "api/json_body.h"
#include "api/problem.h"
#include "crypto/hash.h"

namespace api {
namespace {

using crypto::age::kChunkSize;
using crypto::age::kNonceSize;
using crypto::age::kSealedChunkSize;
using crypto::age::kTagSize;

// Read in pieces this large: few system calls, and the chunks are still in the cache when they are
// hashed and sealed.
constexpr std::size_t kReadSize = 4 * kChunkSize;

// A buffer that keeps a tail from one read to the next and is wiped at the end.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : bytes_(size) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { crypto::wipe(bytes_); }

  MutableBytes room() { return MutableBytes(bytes_).subspan(used_); }
  void filled(std::size_t count) { used_ += count; }
  ByteView held() const { return ByteView(bytes_).first(used_); }
  void drop(std::size_t count) {
    std::memmove(bytes_.data(), bytes_.data() + count, used_ - count);
    used_ -= count;
  }

 private:
  Bytes bytes_;
  std::size_t used_ = 0;
};

// Reads pieces of `piece` bytes to the body's end and hands them on. A full piece is only known to
// be no last one when another byte has come: so it waits for that. `take(piece, last)` returns
// Outcome<void>.
template <typename Take>
Outcome<void> in_pieces(BodyReader& body, std::size_t piece, const Take& take) {
  Buffer buffer(kReadSize + piece);
  for (;;) {
    const auto got = body.read(buffer.room());
    if (!got) return tl::unexpected(failure_of(got.error()));
    if (*got == 0) return take(buffer.held(), true);
    buffer.filled(*got);
    std::size_t done = 0;
    while (buffer.held().size() - done > piece) {
      if (auto taken = take(buffer.held().subspan(done, piece), false); !taken) return taken;
      done += piece;
    }
    if (done > 0) buffer.drop(done);
  }
}

}  // namespace

Outcome<TakenPayload> take_plain(vault::Documents& documents, BodyReader& body,
                                 const crypto::FileKey& key) {
  TakenPayload taken;
  taken.nonce = crypto::random_block<kNonceSize>();
  crypto::age::PayloadSealer sealer(key, taken.nonce);
  crypto::Sha256 hash;
  vault::PayloadWriter writer = documents.begin();
  if (auto begun = writer.append(taken.nonce); !begun) return refuse(begun.error());

  Bytes sealed(kSealedChunkSize);
  const auto done = in_pieces(body, kChunkSize, [&](ByteView plain, bool last) -> Outcome<void> {
    hash.update(plain);
    sealer.seal(plain, last, sealed.data());
    taken.plain_size += plain.size();
    const auto written = writer.append(ByteView(sealed).first(plain.size() + kTagSize));
    if (!written) return refuse(written.error());
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  taken.sha256 = hash.finish();
  auto stored = std::move(writer).finish(sealer.payload_root());
  if (!stored) return refuse(stored.error());
  taken.stored = std::move(*stored);
  return taken;
}

Outcome<TakenPayload> take_sealed(vault::Documents& documents, BodyReader& body) {
  TakenPayload taken;
  // The nonce comes first, whatever pieces the network makes of it.
  for (std::size_t have = 0; have < kNonceSize;) {
    const auto got = body.read(MutableBytes(taken.nonce).subspan(have));
    if (!got) return tl::unexpected(failure_of(got.error()));
    if (*got == 0) return fail("invalid", 422);
    have += *got;
  }
  vault::PayloadWriter writer = documents.begin();
  if (auto begun = writer.append(taken.nonce); !begun) return refuse(begun.error());
  crypto::age::PayloadRoot root(taken.nonce);
  std::uint64_t size = kNonceSize;
  const auto done = in_pieces(body, kSealedChunkSize, [&](ByteView chunk, bool) -> Outcome<void> {
    size += chunk.size();
    if (chunk.size() < kTagSize) return fail("invalid", 422);
    root.add(chunk);
    const auto written = writer.append(chunk);
    if (!written) return refuse(written.error());
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  const auto plain = crypto::age::plain_size(size);
  if (!plain) return fail("invalid", 422);
  taken.plain_size = *plain;
  auto stored = std::move(writer).finish(root.root());
  if (!stored) return refuse(stored.error());
  taken.stored = std::move(*stored);
  return taken;
}

}  // namespace api
