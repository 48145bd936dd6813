// Whether AddressSanitizer watches this build, and its two marks for memory. Internal to crypto.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define SEGEL_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEGEL_ADDRESS_SANITIZER 1
#endif
#endif
#ifdef SEGEL_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

#include <cstddef>

namespace crypto {

#ifdef SEGEL_ADDRESS_SANITIZER
inline constexpr bool kAddressSanitizer = true;
inline void forbid_access(const void* begin, std::size_t size) {
  ASAN_POISON_MEMORY_REGION(begin, size);
}
inline void allow_access(const void* begin, std::size_t size) {
  ASAN_UNPOISON_MEMORY_REGION(begin, size);
}
#else
inline constexpr bool kAddressSanitizer = false;
inline void forbid_access(const void*, std::size_t) {}
inline void allow_access(const void*, std::size_t) {}
#endif

}  // namespace crypto
