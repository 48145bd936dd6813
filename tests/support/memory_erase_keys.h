// Erase keys that only remember which slots were destroyed, and can fail.
#pragma once

#include <mutex>
#include <set>
#include <vector>

#include "vault/erase_keys.h"

namespace support {

class MemoryEraseKeys final : public vault::EraseKeys {
 public:
  vault::Result<std::uint64_t> take() override {
    const std::lock_guard lock(mutex_);
    return next_++;
  }
  std::uint64_t taken() const override {
    const std::lock_guard lock(mutex_);
    return next_;
  }
  vault::Result<vault::Bytes> wrap(std::uint64_t, vault::ByteView,
                                   vault::ByteView record) const override {
    return crypto::to_bytes(record);
  }
  vault::Result<vault::Bytes> unwrap(std::uint64_t slot, vault::ByteView,
                                     vault::ByteView wrapped) const override {
    const std::lock_guard lock(mutex_);
    if (destroyed_.contains(slot)) return tl::unexpected(vault::Errc::corrupt);
    return crypto::to_bytes(wrapped);
  }
  vault::Result<void> destroy(std::span<const std::uint64_t> slots) override {
    const std::lock_guard lock(mutex_);
    if (fails_) return tl::unexpected(vault::Errc::io_failure);
    ++flushes_;
    destroyed_.insert(slots.begin(), slots.end());
    return {};
  }

  std::set<std::uint64_t> destroyed() const {
    const std::lock_guard lock(mutex_);
    return destroyed_;
  }
  std::size_t flushes() const {
    const std::lock_guard lock(mutex_);
    return flushes_;
  }
  void set_failing(bool fails) {
    const std::lock_guard lock(mutex_);
    fails_ = fails;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::uint64_t> destroyed_;
  std::uint64_t next_ = 0;
  std::size_t flushes_ = 0;
  bool fails_ = false;
};

}  // namespace support
