// The bytes of one extent of a blob: a head with checksums, then payload (FORMAT.md, "Extents").
//
// A value of 4096 * k - 16 bytes fills exactly k pages of LMDB. All extents of a blob but its last
// hold kExtentPayload bytes in 257 pages; the last one takes the smallest class that holds it.
#pragma once

#include <cstdint>

#include "crypto/id.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

inline constexpr std::size_t kExtentHead = 128;
inline constexpr std::size_t kExtentBlock = 65552;  // has a checksum of its own: a sealed chunk
inline constexpr std::size_t kExtentBlocks = 16;
inline constexpr std::size_t kExtentPayload = kExtentBlocks * kExtentBlock;
inline constexpr std::size_t kExtentValue = std::size_t{257} * 4096 - 16;

// The size of the value that holds `length` bytes of payload. REQUIRES: length <= kExtentPayload.
std::size_t extent_value_size(std::size_t length);

// Makes a value of a buffer that has `length` bytes of payload behind kExtentHead: writes the head
// and zeroes the rest. The value is a part of `buffer`. REQUIRES: kExtentValue bytes of buffer.
ByteView seal_extent(MutableBytes buffer, const Id& id, std::uint32_t n, std::size_t length);

// Copies payload bytes [offset, offset + out.size()) of extent n of the blob, which has `length`.
// REQUIRES: the range is within `length`. Errors: corrupt (not this extent, or a checksum of what
// was asked for), newer_format.
Result<void> copy_from_extent(ByteView value, const Id& id, std::uint32_t n, std::size_t length,
                              std::size_t offset, MutableBytes out);

}  // namespace vault
