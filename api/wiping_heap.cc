// segeld's operator new and delete: what is given back is overwritten first, whoever held it.
//
// Poco, the JSON library and std::string know nothing of secrets; this way they need not. The
// shared libraries use these too. Not in builds with a sanitizer, which has its own.
#include "crypto/wiping_heap.h"

#include <cstdlib>
#include <new>

namespace {

void* take(std::size_t size) noexcept { return std::malloc(size == 0 ? 1 : size); }

void* take_aligned(std::size_t size, std::align_val_t alignment) noexcept {
  void* run = nullptr;
  const int refused = ::posix_memalign(&run, static_cast<std::size_t>(alignment), size);
  return refused == 0 ? run : nullptr;
}

void* or_throw(void* run) {
  if (run == nullptr) throw std::bad_alloc();
  return run;
}

}  // namespace

// The other forms of the standard library end in these.
void* operator new(std::size_t size) { return or_throw(take(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(take_aligned(size, alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return take_aligned(size, alignment);
}

void operator delete(void* run) noexcept { crypto::wipe_and_free(run); }
void operator delete(void* run, std::size_t) noexcept { crypto::wipe_and_free(run); }
void operator delete(void* run, const std::nothrow_t&) noexcept { crypto::wipe_and_free(run); }
void operator delete(void* run, std::align_val_t) noexcept { crypto::wipe_and_free(run); }
void operator delete(void* run, std::size_t, std::align_val_t) noexcept {
  crypto::wipe_and_free(run);
}
void operator delete(void* run, std::align_val_t, const std::nothrow_t&) noexcept {
  crypto::wipe_and_free(run);
}
