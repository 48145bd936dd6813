#include "crypto/secret.h"

#include <pthread.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "crypto/sanitizer.h"
#include "crypto/secret_arena.h"
#include "crypto/sodium_start.h"

namespace crypto {
namespace {

std::mutex arena_mutex;
// Never freed: secrets of other statics may outlive any order of destruction.
SecretArena* arena = nullptr;
constexpr std::size_t kDefaultArena = std::size_t{8} << 20;

// A fork while another thread is in the arena would leave the child a mutex that nobody unlocks.
void before_fork() { arena_mutex.lock(); }
void after_fork_in_parent() { arena_mutex.unlock(); }
void after_fork_in_child(bool hidden) {
  if (hidden && arena != nullptr) {
    arena->close_in_child();
    arena = nullptr;  // the next secret makes the child an arena of its own
  }
  arena_mutex.unlock();
}

bool children_see_nothing = false;

// No core dump; and one that is forced all the same (by a debugger, as root) is told to leave out
// every kind of memory. The filter's file is closed to the process itself once it is undumpable.
bool make_undumpable() {
  const rlimit none{0, 0};
  bool done = setrlimit(RLIMIT_CORE, &none) == 0;
  if (std::FILE* const filter = std::fopen("/proc/self/coredump_filter", "we")) {
    done = std::fputs("0", filter) >= 0 && done;
    done = std::fclose(filter) == 0 && done;
  }
  // AddressSanitizer's leak check looks at the process as a debugger does, which needs it dumpable.
  return (kAddressSanitizer || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) && done;
}

// REQUIRES: arena_mutex is held.
SecretArena& the_arena(std::size_t bytes = kDefaultArena) {
  static const int hooked = pthread_atfork(before_fork, after_fork_in_parent,
                                           [] { after_fork_in_child(children_see_nothing); });
  if (hooked != 0) throw std::bad_alloc();
  if (arena == nullptr) {
    arena = new SecretArena(bytes);
    if (children_see_nothing) arena->hide_from_children();
  }
  return *arena;
}

// Gives back what `data` holds behind `kept`. A run of a parent's hidden arena is not there to be
// wiped.
void give_back(std::uint8_t* data, std::size_t size, std::size_t kept) noexcept {
  if (size == kept) return;
  const std::lock_guard lock(arena_mutex);
  if (arena != nullptr && arena->contains(data)) arena->shorten(data, size, kept);
}

}  // namespace

void start_sodium() {
  static const int started = sodium_init();
  if (started < 0) throw std::bad_alloc();
}

bool lock_secret_memory(std::size_t bytes) {
  const bool undumpable = make_undumpable();
  const std::lock_guard lock(arena_mutex);
  SecretArena& made = the_arena(bytes);
  children_see_nothing = made.hide_from_children();
  return undumpable && children_see_nothing && made.locked();
}

SecretBytes::SecretBytes(std::size_t size) : size_(size) {
  if (size == 0) return;
  const std::lock_guard lock(arena_mutex);
  data_ = the_arena().take(size);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    give_back(data_, size_, 0);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { give_back(data_, size_, 0); }

SecretBytes SecretBytes::take(MutableBytes source) {
  SecretBytes bytes(source.size());
  std::copy(source.begin(), source.end(), bytes.data_);
  wipe(source);
  return bytes;
}

SecretBytes SecretBytes::random(std::size_t size) {
  SecretBytes bytes(size);
  random_bytes(bytes.expose_mutable());
  return bytes;
}

SecretBytes SecretBytes::duplicate() const {
  SecretBytes copy(size_);
  if (size_ > 0) std::memcpy(copy.data_, data_, size_);
  return copy;
}

void SecretBytes::shrink(std::size_t size) noexcept {
  give_back(data_, size_, size);
  size_ = size;
  if (size == 0) data_ = nullptr;
}

void wipe(MutableBytes bytes) noexcept {
  if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

void random_bytes(MutableBytes out) {
  start_sodium();
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace crypto
