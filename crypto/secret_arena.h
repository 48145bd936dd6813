// The one locked region in which all secrets live. Internal to crypto.
//
// The lists of what is free are kept outside of it, so that nothing but secrets is in the locked
// pages, and a run that overflows meets no bookkeeping. Not thread-safe: secret.cc has the mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace crypto {

class SecretArena {
 public:
  // Maps `bytes`, rounded up to pages, between two inaccessible pages; locks them, leaves them out
  // of dumps. Throws std::bad_alloc if there is no such memory.
  explicit SecretArena(std::size_t bytes);
  SecretArena(const SecretArena&) = delete;
  SecretArena& operator=(const SecretArena&) = delete;

  bool locked() const { return locked_; }
  bool contains(const std::uint8_t* run) const { return run >= begin_ && run < begin_ + size_; }
  // A forked child finds no pages here instead of a copy of the secrets.
  bool hide_from_children();
  // In such a child: makes the address range inaccessible, so that no later mapping takes its
  // place and an old pointer meets a fault.
  void close_in_child() noexcept;

  // A run of zeros. Throws std::bad_alloc when none is long enough.
  std::uint8_t* take(std::size_t size);
  // Wipes the run and takes it back. REQUIRES: `run` came from take() with this size.
  void give_back(std::uint8_t* run, std::size_t size);
  // Wipes and takes back all behind the first `kept` bytes.
  void shorten(std::uint8_t* run, std::size_t size, std::size_t kept);

 private:
  void release(std::size_t offset, std::size_t size);

  std::uint8_t* begin_ = nullptr;
  std::size_t size_ = 0;
  bool locked_ = false;
  bool hidden_ = false;
  std::map<std::size_t, std::size_t> free_by_offset_;           // offset → size
  std::set<std::pair<std::size_t, std::size_t>> free_by_size_;  // (size, offset): best fit
};

}  // namespace crypto
