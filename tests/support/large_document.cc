#include "support/large_document.h"

#include <algorithm>
#include <stdexcept>

#include "support/pattern.h"

namespace support {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::MutableBytes;
using crypto::age::kChunkSize;
using crypto::age::kNonceSize;
using crypto::age::kSealedChunkSize;
using crypto::age::kTagSize;

constexpr std::size_t kPeriod = (std::size_t{1} << 20) + 4099;

std::size_t take(api::BodyReader& body, MutableBytes out) {
  const auto got = body.read(out);
  if (!got) throw std::runtime_error("the body failed");
  return *got;
}

// Fills `out` unless the body ends.
std::size_t take_full(api::BodyReader& body, MutableBytes out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const std::size_t got = take(body, out.subspan(filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

// Reads the header byte by byte, so that what follows it is still in the body.
void skip_header(api::BodyReader& body) {
  Bytes begin;
  for (;;) {
    std::uint8_t byte = 0;
    if (take(body, MutableBytes(&byte, 1)) == 0) throw std::runtime_error("no whole header");
    begin.push_back(byte);
    if (byte == '\n' && crypto::age::header_complete(begin).value_or(false)) return;
  }
}

}  // namespace

LargeDocument::LargeDocument(std::uint64_t size, std::string_view planted)
    : size_(size), period_(pattern(kPeriod, size)) {
  std::copy(planted.begin(), planted.end(), period_.begin());
}

void LargeDocument::fill(std::uint64_t offset, MutableBytes out) const {
  while (!out.empty()) {
    const auto from = static_cast<std::size_t>(offset % kPeriod);
    const std::size_t count = std::min(out.size(), kPeriod - from);
    std::copy_n(period_.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
    out = out.subspan(count);
    offset += count;
  }
}

tl::expected<std::size_t, api::BodyErrc> PlainBody::read(MutableBytes out) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), length() - next_));
  document_.fill(next_, out.first(count));
  next_ += count;
  return count;
}

SealedBody::SealedBody(const LargeDocument& document, const crypto::FileKey& key)
    : document_(document),
      nonce_(crypto::random_block<kNonceSize>()),
      sealer_(key, nonce_),
      sealed_(nonce_.begin(), nonce_.end()) {}

void SealedBody::seal_next() {
  const std::uint64_t left = document_.size() - next_;
  Bytes plain(static_cast<std::size_t>(std::min<std::uint64_t>(kChunkSize, left)));
  document_.fill(next_, plain);
  next_ += plain.size();
  hash_.update(plain);
  sealed_.resize(plain.size() + kTagSize);
  sealer_.seal(plain, next_ == document_.size(), sealed_.data());
  sent_ = 0;
}

tl::expected<std::size_t, api::BodyErrc> SealedBody::read(MutableBytes out) {
  if (sent_ == sealed_.size()) seal_next();
  const std::size_t count = std::min(out.size(), sealed_.size() - sent_);
  std::copy_n(sealed_.begin() + static_cast<std::ptrdiff_t>(sent_), count, out.begin());
  sent_ += count;
  return count;
}

ReadBack read_plain(api::BodyReader& body) {
  ReadBack back;
  crypto::Sha256 hash;
  Bytes piece(4 * kChunkSize);
  while (const std::size_t got = take(body, piece)) {
    hash.update(ByteView(piece).first(got));
    back.size += got;
  }
  back.sha256 = hash.finish();
  return back;
}

ReadBack read_age_file(api::BodyReader& body, const crypto::FileKey& key) {
  skip_header(body);
  crypto::age::PayloadNonce nonce;
  if (take_full(body, nonce) < nonce.size()) throw std::runtime_error("no nonce");
  crypto::age::PayloadOpener opener(key, nonce);
  ReadBack back;
  crypto::Sha256 hash;
  Bytes sealed(kSealedChunkSize), ahead(kSealedChunkSize), plain(kChunkSize);
  std::size_t size = take_full(body, sealed);
  for (std::uint64_t index = 0; size > 0; ++index) {
    const std::size_t next = take_full(body, ahead);
    if (size < kTagSize ||
        !opener.open(index, next == 0, ByteView(sealed).first(size), plain.data())) {
      throw std::runtime_error("a chunk does not open");
    }
    hash.update(ByteView(plain).first(size - kTagSize));
    back.size += size - kTagSize;
    sealed.swap(ahead);
    size = next;
  }
  back.sha256 = hash.finish();
  return back;
}

}  // namespace support
