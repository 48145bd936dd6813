#include "crypto/wiping_heap.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace crypto {
namespace {

// OpenSSL tells the file and line of each call as well.
void* take(std::size_t size, const char*, int) { return size == 0 ? nullptr : std::malloc(size); }

void give_back(void* run, const char*, int) { wipe_and_free(run); }

// Never realloc(): it may move the bytes and leave the old ones behind.
void* take_anew(void* run, std::size_t size, const char* file, int line) {
  void* const larger = take(size, file, line);
  if (size > 0 && larger == nullptr) return nullptr;
  if (run != nullptr && larger != nullptr) {
    std::memcpy(larger, run, std::min(size, ::malloc_usable_size(run)));
  }
  wipe_and_free(run);
  return larger;
}

}  // namespace

void wipe_and_free(void* run) noexcept {
  if (run == nullptr) return;
  ::explicit_bzero(run, ::malloc_usable_size(run));
  std::free(run);
}

bool wipe_what_openssl_frees() noexcept {
  return CRYPTO_set_mem_functions(take, take_anew, give_back) == 1;
}

}  // namespace crypto
