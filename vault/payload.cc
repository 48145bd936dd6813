// Takes the sealed bytes of a payload: small ones in memory, large ones into the blob store.
#include <algorithm>
#include <utility>

#include "vault/documents.h"

namespace vault {

StoredPayload::StoredPayload(StoredPayload&& other) noexcept
    : size(other.size),
      nonce(other.nonce),
      payload_root(other.payload_root),
      small(std::move(other.small)),
      blob(other.blob),
      blobs_(std::exchange(other.blobs_, nullptr)) {}

StoredPayload& StoredPayload::operator=(StoredPayload&& other) noexcept {
  std::swap(size, other.size);
  std::swap(nonce, other.nonce);
  std::swap(payload_root, other.payload_root);
  std::swap(small, other.small);
  std::swap(blob, other.blob);
  std::swap(blobs_, other.blobs_);
  return *this;
}

StoredPayload::~StoredPayload() {
  // An erase that fails leaves an orphan, which the next start collects.
  if (blobs_ != nullptr && !blob.is_nil()) (void)blobs_->erase(blob);
}

Result<void> PayloadWriter::spill() {
  blob_ = Id::make(system_now());
  auto writer = blobs_.begin(blob_);
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  if (auto written = writer_->append(small_); !written) return written;
  small_ = Bytes();
  return {};
}

Result<void> PayloadWriter::append(ByteView sealed) {
  if (size_ < nonce_.size()) {
    const auto have = static_cast<std::size_t>(size_);
    const std::size_t more = std::min(sealed.size(), nonce_.size() - have);
    std::copy_n(sealed.begin(), more, nonce_.begin() + static_cast<std::ptrdiff_t>(have));
  }
  size_ += sealed.size();
  if (!writer_ && size_ <= Documents::kMaxInline) {
    crypto::append(small_, sealed);
    return {};
  }
  if (!writer_) {
    if (auto spilled = spill(); !spilled) return spilled;
  }
  return writer_->append(sealed);
}

Result<StoredPayload> PayloadWriter::finish(const Digest& payload_root) && {
  StoredPayload payload;
  payload.size = size_;
  payload.nonce = nonce_;
  payload.payload_root = payload_root;
  payload.small = std::move(small_);
  if (!writer_) return payload;
  if (auto committed = writer_->commit(); !committed) return tl::unexpected(committed.error());
  payload.blob = blob_;
  payload.blobs_ = &blobs_;
  return payload;
}

}  // namespace vault
