// `erase.keys`: 32-byte slots of random bytes, one for each wrapped record; destroying the slot
// destroys the record in every page and backup that still has it.
//
// Slots are filled and flushed ahead of need, in blocks, so that take() costs no flush. A slot that
// was taken and never named by a record is lost, which is harmless. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "crypto/record_cipher.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

class EraseKeys {
 public:
  // Opens or makes the file (0600); slots after its end as it was at opening are new.
  // REQUIRES: one opener at a time (the data folder's lock).
  // Errors: io_failure, no_space, corrupt (its length is no whole number of slots), forbidden (the
  // file is another user's).
  static Result<std::unique_ptr<EraseKeys>> open(const std::filesystem::path& file);
  virtual ~EraseKeys() = default;

  // A fresh slot, durable already. Errors: no_space, io_failure.
  virtual Result<std::uint64_t> take() = 0;
  // Wraps a record for its place in the store (crypto/record_cipher). Errors: not_found,
  // io_failure.
  virtual Result<Bytes> wrap(std::uint64_t slot, ByteView context, ByteView record) const = 0;
  // Errors: not_found (no such slot), corrupt (destroyed slot, another place, changed bytes).
  virtual Result<Bytes> unwrap(std::uint64_t slot, ByteView context, ByteView wrapped) const = 0;
  // Overwrites the slots with random bytes and flushes. Twice is harmless. Errors: not_found (no
  // such slot; none was overwritten), io_failure.
  virtual Result<void> destroy(std::span<const std::uint64_t> slots) = 0;
};

}  // namespace vault
