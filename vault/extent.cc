#include "vault/extent.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>

#include "vault/big_endian.h"

namespace vault {
namespace {

constexpr std::uint8_t kFormat = 1;

// Where the fields of the head begin.
constexpr std::size_t kHeadChecksum = 4;  // over [kLength, kExtentHead)
constexpr std::size_t kLength = 8;
constexpr std::size_t kNumber = 12;
constexpr std::size_t kBlob = 16;
constexpr std::size_t kBlockChecksums = 32;

constexpr std::array<std::size_t, 5> kClasses = {17, 33, 65, 129, 257};  // pages
static_assert(kBlockChecksums + 4 * kExtentBlocks <= kExtentHead);
static_assert(kExtentHead + kExtentPayload <= kExtentValue);

std::uint32_t crc32c(ByteView bytes) {
  // The library takes a pointer to non-const and only reads; it leaves the inversions to its
  // caller.
  auto* data = const_cast<std::uint8_t*>(bytes.data());
  return ~crc32_iscsi(data, static_cast<int>(bytes.size()), 0xffffffffU);
}

ByteView block(ByteView payload, std::size_t index) {
  const std::size_t begin = index * kExtentBlock;
  return payload.subspan(begin, std::min(kExtentBlock, payload.size() - begin));
}

std::size_t checksum_at(std::size_t index) { return kBlockChecksums + 4 * index; }

bool is_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// The extent's own head says what it is. Errors: corrupt, newer_format.
Result<void> check_head(ByteView value, const Id& id, std::uint32_t n, std::size_t length) {
  if (value.size() != extent_value_size(length)) return tl::unexpected(Errc::corrupt);
  if (value[0] > kFormat) return tl::unexpected(Errc::newer_format);
  const ByteView head = value.first(kExtentHead);
  const ByteView blob = head.subspan(kBlob, id.bytes.size());
  const bool holds = load_big_endian<std::uint32_t>(head.subspan(kHeadChecksum)) ==
                         crc32c(head.subspan(kLength)) &&
                     value[0] == kFormat && is_zero(head.subspan(1, kHeadChecksum - 1)) &&
                     load_big_endian<std::uint32_t>(head.subspan(kLength)) == length &&
                     load_big_endian<std::uint32_t>(head.subspan(kNumber)) == n &&
                     std::equal(blob.begin(), blob.end(), id.bytes.begin());
  return holds ? Result<void>{} : tl::unexpected(Errc::corrupt);
}

}  // namespace

std::size_t extent_value_size(std::size_t length) {
  for (const std::size_t pages : kClasses) {
    const std::size_t size = pages * 4096 - 16;
    if (kExtentHead + length <= size) return size;
  }
  return kExtentValue;
}

ByteView seal_extent(MutableBytes buffer, const Id& id, std::uint32_t n, std::size_t length) {
  const MutableBytes value = buffer.first(extent_value_size(length));
  const MutableBytes head = value.first(kExtentHead);
  const ByteView payload = value.subspan(kExtentHead, length);

  // Every byte that reaches the disk is one of ours: buffers are reused.
  std::fill(head.begin(), head.end(), std::uint8_t{0});
  const auto rest = value.subspan(kExtentHead + length);
  std::fill(rest.begin(), rest.end(), std::uint8_t{0});

  head[0] = kFormat;
  store_big_endian(head.subspan(kLength), static_cast<std::uint32_t>(length));
  store_big_endian(head.subspan(kNumber), n);
  std::copy(id.bytes.begin(), id.bytes.end(), head.subspan(kBlob).begin());
  for (std::size_t i = 0; i * kExtentBlock < length; ++i)
    store_big_endian(head.subspan(checksum_at(i)), crc32c(block(payload, i)));
  store_big_endian(head.subspan(kHeadChecksum), crc32c(head.subspan(kLength)));
  return value;
}

Result<void> copy_from_extent(ByteView value, const Id& id, std::uint32_t n, std::size_t length,
                              std::size_t offset, MutableBytes out) {
  if (auto checked = check_head(value, id, n, length); !checked) return checked;
  const ByteView payload = value.subspan(kExtentHead, length);
  // Only the blocks asked for: a reader of single chunks must not pay for the whole extent.
  for (std::size_t i = offset / kExtentBlock; i * kExtentBlock < offset + out.size(); ++i) {
    const auto expected = load_big_endian<std::uint32_t>(value.subspan(checksum_at(i)));
    if (crc32c(block(payload, i)) != expected) return tl::unexpected(Errc::corrupt);
  }
  // Nothing is put behind the payload, where no checksum is: an extent has one form.
  if (offset + out.size() == length && !is_zero(value.subspan(kExtentHead + length))) {
    return tl::unexpected(Errc::corrupt);
  }
  const ByteView wanted = payload.subspan(offset, out.size());
  std::copy(wanted.begin(), wanted.end(), out.begin());
  return {};
}

}  // namespace vault
