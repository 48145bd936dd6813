// The seam for small records: ordered key-value transactions.
//
// Keys: 1 to 511 bytes, bytewise order. Values: at most 64 KiB. No nesting, no duplicate keys.
// What an engine hands out is a copy: no pointer outlives the call that gave it.
// Engines: vault/lmdb_meta (embedded), vault/twice_meta (tests: runs every write closure twice).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/id.h"
#include "vault/error.h"

namespace vault {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Id;
using crypto::MutableBytes;

inline constexpr std::size_t kMaxKey = 511;
inline constexpr std::size_t kMaxValue = 65536;

enum class Direction { forward, backward };

// A consistent view of all records. Valid inside the closure it was handed to.
class ReadTxn {
 public:
  virtual ~ReadTxn() = default;
  // No value: no such key. Errors: io_failure, corrupt.
  virtual Result<std::optional<Bytes>> get(ByteView key) const = 0;

  // Visits the keys k with first <= k < last (an empty `last`: to the end) until `visit` says
  // false. The views are valid within one call of `visit`, which must not write. Errors:
  // io_failure, corrupt.
  using Visit = std::function<bool(ByteView key, ByteView value)>;
  virtual Result<void> scan(ByteView first, ByteView last, const Visit& visit,
                            Direction direction = Direction::forward) const = 0;
};

class WriteTxn : public ReadTxn {
 public:
  // Errors: too_large, no_space, io_failure.
  virtual Result<void> put(ByteView key, ByteView value) = 0;
  // Erasing what is not there is no error.
  virtual Result<void> erase(ByteView key) = 0;
};

class MetaStore {
 public:
  virtual ~MetaStore() = default;

  // Runs `work` on a snapshot. Any thread; never waits for a writer. Errors: what `work` returns;
  // io_failure.
  using Read = std::function<Result<void>(const ReadTxn&)>;
  virtual Result<void> read(const Read& work) const = 0;

  // Runs `work` and commits what it wrote, or, when it returns an error, nothing.
  // `work` may run more than once and so has no side effects but on what it resets itself.
  // One writer at a time (others wait). On success all of it is on disk.
  // Errors: what `work` returns; no_space, io_failure (nothing was changed).
  using Write = std::function<Result<void>(WriteTxn&)>;
  virtual Result<void> write(const Write& work) = 0;
};

}  // namespace vault
