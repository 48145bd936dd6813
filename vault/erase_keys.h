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
#include <utility>

#include "crypto/record_cipher.h"
#include "vault/error.h"
#include "vault/meta_store.h"

namespace vault {

class EraseKeys {
 public:
  // Makes the file (0600), once: where a vault is made. Errors: conflict (it exists), io_failure,
  // no_space.
  static Result<std::unique_ptr<EraseKeys>> create(const std::filesystem::path& file);
  // Opens the file, which must have `least` slots; those after its end as it was are new.
  // REQUIRES: one opener at a time (the data folder's lock).
  // Errors: corrupt (it is not there, has fewer slots, or no whole number of them), forbidden (it
  // is another user's), io_failure, no_space.
  static Result<std::unique_ptr<EraseKeys>> open(const std::filesystem::path& file,
                                                 std::uint64_t least);
  virtual ~EraseKeys() = default;

  // A fresh slot, durable already. Errors: no_space, io_failure.
  virtual Result<std::uint64_t> take() = 0;
  // Every slot that was ever taken is below this.
  virtual std::uint64_t taken() const = 0;
  // Wraps a record for its place in the store (crypto/record_cipher). Errors: not_found,
  // io_failure.
  virtual Result<Bytes> wrap(std::uint64_t slot, ByteView context, ByteView record) const = 0;
  // Errors: not_found (no such slot), corrupt (destroyed slot, another place, changed bytes).
  virtual Result<Bytes> unwrap(std::uint64_t slot, ByteView context, ByteView wrapped) const = 0;
  // Overwrites the slots with random bytes and flushes. Twice is harmless. Errors: not_found (no
  // such slot; none was overwritten), io_failure.
  virtual Result<void> destroy(std::span<const std::uint64_t> slots) = 0;
};

// The file as it stands, for those who only read: beside a process that has it open, or after it.
// Moves; thread-safe.
class StoredSlots {
 public:
  // Errors: not_found, io_failure.
  static Result<StoredSlots> open(const std::filesystem::path& file);
  StoredSlots(StoredSlots&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  StoredSlots& operator=(StoredSlots&&) = delete;
  ~StoredSlots();
  // Errors: not_found (the file ends before it), corrupt (not wrapped under this slot), io_failure.
  Result<Bytes> unwrap(std::uint64_t slot, ByteView context, ByteView wrapped) const;

 private:
  explicit StoredSlots(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace vault
