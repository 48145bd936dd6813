// A library to be preloaded: nothing is flushed. What a process writes is in the kernel's memory
// and comes to the disk when the kernel likes, so that a service without its flushes is the line
// beside which the same service with them is measured.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdarg>

namespace {

using Open = int (*)(const char*, int, ...);

// LMDB writes its meta pages through a descriptor that flushes each write.
int open_unsynced(Open real, const char* path, int flags, mode_t mode) {
  return real(path, flags & ~(O_SYNC | O_DSYNC), mode);
}

}  // namespace

extern "C" {

int fsync(int) { return 0; }
int fdatasync(int) { return 0; }
int sync_file_range(int, off64_t, off64_t, unsigned) { return 0; }

int open(const char* path, int flags, ...) {
  static const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "open"));
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
  va_end(arguments);
  return open_unsynced(real, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = reinterpret_cast<Open>(dlsym(RTLD_NEXT, "open64"));
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : mode_t{0};
  va_end(arguments);
  return open_unsynced(real, path, flags, mode);
}

}  // extern "C"
