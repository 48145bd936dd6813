// The seam for large sealed bytes: write-once blobs by id.
//
// A blob is durable when commit() returns, and only then may a record name it. A blob that no
// record names is an orphan: begin() leaves a mark, settle() takes it away once the record is
// committed, and at start whoever owns the records asks for the marked ones and erases those
// that no record names.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "crypto/id.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

// Takes the bytes of one blob in order. Dropped before commit(): what it wrote is erased.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // Bytes may be buffered; a full buffer is written in bounded commits on the store's own writer
  // thread while the caller goes on. Errors: no_space, io_failure (also of an earlier append).
  virtual Result<void> append(ByteView bytes) = 0;
  // Everything appended is on disk on return. Called once, last.
  virtual Result<void> commit() = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Errors: conflict (the id is taken), no_space, io_failure.
  virtual Result<std::unique_ptr<BlobWriter>> begin(const Id& id) = 0;
  // Fills `out` from `offset`. Errors: not_found (no committed blob), invalid (behind its end),
  // corrupt (an extent's checksum), io_failure. Any thread.
  virtual Result<void> read(const Id& id, std::uint64_t offset, MutableBytes out) const = 0;
  virtual Result<std::uint64_t> size(const Id& id) const = 0;  // Errors: not_found
  // The record that names it is committed: no orphan any more. May be lazy (lost in a crash:
  // harmless).
  virtual void settle(const Id& id) = 0;
  // Erases in bounded slices. Erasing what is not there is no error.
  virtual Result<void> erase(const Id& id) = 0;
  // Marked blobs, committed or not; and all committed ones.
  virtual Result<void> list_unsettled(const std::function<void(const Id&)>& visit) const = 0;
  virtual Result<void> list(
      const std::function<void(const Id&, std::uint64_t size)>& visit) const = 0;
  // After the disk has failed a commit, none may be made any more: the process should stop.
  virtual bool stopped() const { return false; }
};

}  // namespace vault
