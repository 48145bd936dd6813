#include "crypto/age_range.h"

#include <algorithm>

namespace crypto::age {

struct RangeOpener::State {
  ReadAt read_at;
  PayloadOpener opener;
  std::uint64_t size;  // of the plaintext
  Bytes sealed = Bytes(kSealedChunkSize);
  Bytes plain = Bytes(kChunkSize);
  ~State() { wipe(plain); }

  std::uint64_t last_index() const { return size == 0 ? 0 : (size - 1) / kChunkSize; }

  // The plaintext of one chunk, in `plain` until the next call.
  Result<ByteView> open(std::uint64_t index) {
    const bool last = index == last_index();
    const auto length = static_cast<std::size_t>(last ? size - index * kChunkSize : kChunkSize);
    const MutableBytes chunk = MutableBytes(sealed).first(length + kTagSize);
    if (const auto read = read_at(kNonceSize + index * kSealedChunkSize, chunk); !read) {
      return tl::unexpected(read.error());
    }
    if (const auto opened = opener.open(index, last, chunk, plain.data()); !opened) {
      return tl::unexpected(opened.error());
    }
    return ByteView(plain).first(length);
  }
};

RangeOpener::RangeOpener(std::unique_ptr<State> state) : state_(std::move(state)) {}
RangeOpener::RangeOpener(RangeOpener&&) noexcept = default;
RangeOpener& RangeOpener::operator=(RangeOpener&&) noexcept = default;
RangeOpener::~RangeOpener() = default;

Result<RangeOpener> RangeOpener::over(const FileKey& key, std::uint64_t payload_size,
                                      ReadAt read_at) {
  const auto size = plain_size(payload_size);
  if (!size) return tl::unexpected(size.error());
  PayloadNonce nonce;
  if (const auto read = read_at(0, nonce); !read) return tl::unexpected(read.error());

  std::unique_ptr<State> state(new State{std::move(read_at), PayloadOpener(key, nonce), *size});
  if (const auto last = state->open(state->last_index()); !last) {
    return tl::unexpected(last.error());
  }
  return RangeOpener(std::move(state));
}

std::uint64_t RangeOpener::size() const { return state_->size; }

Result<void> RangeOpener::read(std::uint64_t begin, std::uint64_t end, const Take& take) {
  if (begin > end || end > state_->size) return tl::unexpected(Errc::out_of_range);
  while (begin < end) {
    const std::uint64_t index = begin / kChunkSize;
    const auto chunk = state_->open(index);
    if (!chunk) return tl::unexpected(chunk.error());

    const std::uint64_t chunk_begin = index * kChunkSize;
    const std::uint64_t stop = std::min<std::uint64_t>(end, chunk_begin + chunk->size());
    const auto piece = chunk->subspan(static_cast<std::size_t>(begin - chunk_begin),
                                      static_cast<std::size_t>(stop - begin));
    if (const auto taken = take(piece); !taken) return taken;
    begin = stop;
  }
  return {};
}

}  // namespace crypto::age
