#include "crypto/secret_arena.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iterator>
#include <new>

#include "crypto/sanitizer.h"
#include "crypto/secret.h"

namespace crypto {
namespace {

constexpr std::size_t kGrain = 16;
constexpr std::size_t round_up(std::size_t size, std::size_t to) {
  return (size + to - 1) / to * to;
}

// The soft limit is often below the hard one, and to raise it needs no privilege.
void raise_lock_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_MEMLOCK, &limit));
}

// mlock2, since the sanitizers' runtimes make a plain mlock do nothing.
bool lock_pages(std::uint8_t* begin, std::size_t size) {
  if (mlock2(begin, size, 0) == 0) return true;
  raise_lock_limit();
  return mlock2(begin, size, 0) == 0;
}

}  // namespace

SecretArena::SecretArena(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  size_ = round_up(bytes == 0 ? 1 : bytes, page);
  void* const region =
      mmap(nullptr, size_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region == MAP_FAILED) throw std::bad_alloc();
  begin_ = static_cast<std::uint8_t*>(region) + page;
  if (mprotect(begin_, size_, PROT_READ | PROT_WRITE) != 0) {
    munmap(region, size_ + 2 * page);
    throw std::bad_alloc();
  }
  const bool undumped = madvise(begin_, size_, MADV_DONTDUMP) == 0;
  locked_ = lock_pages(begin_, size_) && undumped;
  free_by_offset_.emplace(0, size_);
  free_by_size_.emplace(size_, 0);
  forbid_access(begin_, size_);
}

bool SecretArena::hide_from_children() {
  hidden_ = hidden_ || madvise(begin_, size_, MADV_DONTFORK) == 0;
  return hidden_;
}

void SecretArena::close_in_child() noexcept {
  if (!hidden_) return;
  allow_access(begin_, size_);
  constexpr int kInstead = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  if (mmap(begin_, size_, PROT_NONE, kInstead, -1, 0) == MAP_FAILED) wipe({begin_, size_});
}

std::uint8_t* SecretArena::take(std::size_t size) {
  if (size > size_) throw std::bad_alloc();
  const std::size_t run = round_up(size, kGrain);
  const auto fit = free_by_size_.lower_bound({run, 0});
  if (fit == free_by_size_.end()) throw std::bad_alloc();
  const auto [found, offset] = *fit;
  free_by_size_.erase(fit);
  free_by_offset_.erase(offset);
  if (found > run) {
    free_by_offset_.emplace(offset + run, found - run);
    free_by_size_.emplace(found - run, offset + run);
  }
  allow_access(begin_ + offset, size);
  return begin_ + offset;  // zeros: the mapping's own, or those of the wipe that gave it back
}

void SecretArena::give_back(std::uint8_t* run, std::size_t size) { shorten(run, size, 0); }

void SecretArena::shorten(std::uint8_t* run, std::size_t size, std::size_t kept) {
  wipe({run + kept, size - kept});
  forbid_access(run + kept, size - kept);
  const std::size_t from = round_up(kept, kGrain);
  const std::size_t to = round_up(size, kGrain);
  if (to > from) release(static_cast<std::size_t>(run - begin_) + from, to - from);
}

void SecretArena::release(std::size_t offset, std::size_t size) {
  auto next = free_by_offset_.lower_bound(offset);
  if (next != free_by_offset_.end() && offset + size == next->first) {
    size += next->second;
    free_by_size_.erase({next->second, next->first});
    next = free_by_offset_.erase(next);
  }
  if (next != free_by_offset_.begin()) {
    const auto before = std::prev(next);
    if (before->first + before->second == offset) {
      offset = before->first;
      size += before->second;
      free_by_size_.erase({before->second, before->first});
      free_by_offset_.erase(before);
    }
  }
  free_by_offset_.emplace(offset, size);
  free_by_size_.emplace(size, offset);
}

}  // namespace crypto
