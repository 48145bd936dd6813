#include "api/content.h"

#include <algorithm>
#include <optional>

#include "crypto/age_range.h"

namespace api {
namespace {

using crypto::age::kChunkSize;
using crypto::age::kSealedChunkSize;

// Reads ahead by whole runs of sixteen chunks, as the store keeps them: one checksum and one copy
// serve sixteen reads. Positions are of the payload.
class SealedReader {
 public:
  SealedReader(vault::Documents& documents, vault::VersionRecord record)
      : documents_(documents), record_(std::move(record)) {}

  crypto::Result<void> read(std::uint64_t offset, MutableBytes out) {
    while (!out.empty()) {
      if (offset < begin_ || offset >= begin_ + held_.size()) {
        if (auto filled = fill(offset); !filled) return filled;
      }
      const auto from = static_cast<std::size_t>(offset - begin_);
      const std::size_t count = std::min(out.size(), held_.size() - from);
      std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
      out = out.subspan(count);
      offset += count;
    }
    return {};
  }

 private:
  static constexpr std::uint64_t kRun = 16 * kSealedChunkSize;

  crypto::Result<void> fill(std::uint64_t offset) {
    if (offset >= record_.size) return tl::unexpected(crypto::Errc::read_failed);
    begin_ = offset / kRun * kRun;
    held_.resize(static_cast<std::size_t>(std::min(kRun, record_.size - begin_)));
    const auto read = documents_.read(record_, begin_, held_);
    if (read) return {};
    held_.clear();
    // What the store finds wrong is as wrong as what no key opens; only a disk may yet answer.
    const bool disk = read.error() == vault::Errc::io_failure;
    return tl::unexpected(disk ? crypto::Errc::read_failed : crypto::Errc::tampered);
  }

  vault::Documents& documents_;
  vault::VersionRecord record_;
  std::uint64_t begin_ = 0;
  Bytes held_;
};

class PlainSource : public BodySource {
 public:
  PlainSource(std::shared_ptr<crypto::age::RangeOpener> opener, std::uint64_t begin,
              std::uint64_t end)
      : opener_(std::move(opener)), begin_(begin), next_(begin), end_(end) {}

  std::uint64_t length() const override { return end_ - begin_; }

  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override {
    std::uint64_t stop = std::min<std::uint64_t>(end_, next_ + out.size());
    // To a chunk's border where one is in reach, so that no chunk is opened twice.
    if (stop < end_ && stop / kChunkSize > next_ / kChunkSize) stop -= stop % kChunkSize;
    std::size_t filled = 0;
    const auto done = opener_->read(next_, stop, [&](ByteView piece) -> crypto::Result<void> {
      std::copy(piece.begin(), piece.end(), out.begin() + static_cast<std::ptrdiff_t>(filled));
      filled += piece.size();
      return {};
    });
    if (!done) return tl::unexpected(BodyErrc::failed);
    next_ = stop;
    return filled;
  }

  void finished(std::uint64_t, bool) override {}

 private:
  std::shared_ptr<crypto::age::RangeOpener> opener_;
  std::uint64_t begin_, next_, end_;
};

class AgeFileSource : public BodySource {
 public:
  AgeFileSource(SealedReader reader, Bytes header, std::uint64_t begin, std::uint64_t end)
      : reader_(std::move(reader)),
        header_(std::move(header)),
        begin_(begin),
        next_(begin),
        end_(end) {}

  std::uint64_t length() const override { return end_ - begin_; }

  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(end_ - next_, out.size()));
    out = out.first(count);
    std::size_t from_header = 0;
    if (next_ < header_.size()) {
      const auto at = static_cast<std::size_t>(next_);
      from_header = std::min(count, header_.size() - at);
      std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(at), from_header, out.begin());
    }
    if (from_header < count) {
      const std::uint64_t position = next_ + from_header - header_.size();
      if (!reader_.read(position, out.subspan(from_header))) {
        return tl::unexpected(BodyErrc::failed);
      }
    }
    next_ += count;
    return count;
  }

  void finished(std::uint64_t, bool) override {}

 private:
  SealedReader reader_;
  Bytes header_;
  std::uint64_t begin_, next_, end_;
};

}  // namespace

Outcome<std::unique_ptr<BodySource>> open_content(vault::Documents& documents,
                                                  const vault::VersionRecord& record,
                                                  const crypto::FileKey& key, std::uint64_t begin,
                                                  std::uint64_t end) {
  auto reader = std::make_shared<SealedReader>(documents, record);
  auto opener = crypto::age::RangeOpener::over(
      key, record.size,
      [reader](std::uint64_t offset, MutableBytes out) { return reader->read(offset, out); });
  if (!opener) {
    const bool disk = opener.error() == crypto::Errc::read_failed;
    return disk ? fail("unavailable", 503) : fail("damaged", 500);
  }
  if (begin > end || end > opener->size()) return fail("range-not-satisfiable", 416);
  return std::make_unique<PlainSource>(
      std::make_shared<crypto::age::RangeOpener>(std::move(*opener)), begin, end);
}

std::unique_ptr<BodySource> sealed_content(vault::Documents& documents,
                                           const vault::VersionRecord& record, Bytes header,
                                           std::uint64_t begin, std::uint64_t end) {
  return std::make_unique<AgeFileSource>(SealedReader(documents, record), std::move(header), begin,
                                         end);
}

}  // namespace api
