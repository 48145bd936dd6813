// The rows of the blob environment within one transaction (FORMAT.md, "Extents").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/id.h"
#include "vault/error.h"
#include "vault/meta_store.h"

struct MDB_txn;

namespace vault {

struct BlobEntry {
  Id id;
  std::uint64_t size = 0;
};

// After an error of a writing call the transaction must not be committed.
class BlobRows {
 public:
  BlobRows(MDB_txn* txn, unsigned dbi) : txn_(txn), dbi_(dbi) {}

  // The size of a committed blob. Errors: corrupt, newer_format, io_failure.
  Result<std::optional<std::uint64_t>> size(const Id& id) const;
  Result<bool> is_marked(const Id& id) const;
  // Errors: not_found, invalid, corrupt, newer_format, io_failure.
  Result<void> read(const Id& id, std::uint64_t offset, MutableBytes out) const;
  // Up to `limit` rows behind `after` (none: from the first).
  Result<std::vector<BlobEntry>> committed(const std::optional<Id>& after, std::size_t limit) const;
  Result<std::vector<Id>> marked(const std::optional<Id>& after, std::size_t limit) const;

  // Errors: no_space, io_failure.
  Result<void> mark(const Id& id);
  Result<void> unmark(const Id& id);
  Result<void> put_extent(const Id& id, std::uint32_t n, ByteView value);
  Result<void> put_index(const Id& id, std::uint64_t size);
  Result<void> erase_index(const Id& id);
  // Erases at most `limit` extents of the blob and says how many there were.
  Result<std::size_t> erase_extents(const Id& id, std::size_t limit);

 private:
  Result<std::optional<ByteView>> get(ByteView key) const;
  Result<void> put(ByteView key, ByteView value);
  Result<void> erase(ByteView key);
  template <typename Visit>
  Result<void> scan(std::uint8_t kind, const std::optional<Id>& after, const Visit& visit) const;

  MDB_txn* txn_;
  unsigned dbi_;
};

}  // namespace vault
