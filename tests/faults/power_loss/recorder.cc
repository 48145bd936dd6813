#include "faults/power_loss/recorder.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace {

using power_loss::Call;
using power_loss::TraceHead;

template <typename Function>
Function* system_call(const char* name) {
  void* const found = ::dlsym(RTLD_NEXT, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

// A call and its line in the trace are one step: the order in the trace is that of the disk.
std::mutex& steps() {
  static std::mutex mutex;
  return mutex;
}
int trace_fd = -1;  // the rest is set before it and stays
char folder[PATH_MAX];
std::size_t folder_size = 0;

void store(const void* bytes, std::size_t size) {
  static const auto write_it = system_call<ssize_t(int, const void*, size_t)>("write");
  if (write_it(trace_fd, bytes, size) != static_cast<ssize_t>(size)) std::abort();
}

void record(Call call, const char* path, std::uint64_t offset, const void* bytes,
            std::size_t size) {
  const TraceHead head{call, static_cast<std::uint32_t>(std::strlen(path)), offset, size};
  store(&head, sizeof head);
  store(path, head.path_size);
  if (size > 0) store(bytes, size);
}

bool is_inside(const char* path) {
  return trace_fd >= 0 && std::strncmp(path, folder, folder_size) == 0 &&
         (path[folder_size] == '/' || path[folder_size] == '\0');
}

// The path of an open file, when it is inside.
class Inside {
 public:
  explicit Inside(int fd) {
    if (trace_fd < 0) return;
    char link[64];
    (void)std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t size = ::readlink(link, path_, sizeof path_ - 1);
    path_[size > 0 ? size : 0] = '\0';
    inside_ = is_inside(path_);
  }
  explicit operator bool() const { return inside_; }
  const char* path() const { return path_; }

 private:
  char path_[PATH_MAX] = {};
  bool inside_ = false;
};

// Does `call` as one step and, when it wrote, records what it wrote.
template <typename Do>
ssize_t write_step(int fd, off_t at, const iovec* parts, int count, const Do& call) {
  const std::lock_guard lock(steps());
  const Inside file(fd);
  if (file && at < 0) at = ::lseek(fd, 0, SEEK_CUR);
  const ssize_t written = call();
  if (!file || written <= 0) return written;
  const int kept = errno;
  const auto synced = (::fcntl(fd, F_GETFL) & O_DSYNC) != 0;  // O_SYNC includes it
  auto left = static_cast<std::size_t>(written);
  for (int i = 0; i < count && left > 0; ++i) {
    const std::size_t size = left < parts[i].iov_len ? left : parts[i].iov_len;
    record(synced ? Call::write_synced : Call::write, file.path(), static_cast<std::uint64_t>(at),
           parts[i].iov_base, size);
    at += static_cast<off_t>(size);
    left -= size;
  }
  errno = kept;
  return written;
}

template <typename Do>
ssize_t write_step(int fd, off_t at, const void* bytes, std::size_t size, const Do& call) {
  const iovec part{const_cast<void*>(bytes), size};
  return write_step(fd, at, &part, 1, call);
}

// Does `call`, which works on the open file as a whole, and records it when it succeeded.
template <typename Do>
int file_step(int fd, Call what, std::uint64_t offset, const Do& call) {
  const std::lock_guard lock(steps());
  const Inside file(fd);
  const int result = call();
  if (file && result == 0) record(what, file.path(), offset, nullptr, 0);
  return result;
}

template <typename Do>
int name_step(const char* path, Call what, const char* name, const Do& call) {
  const std::lock_guard lock(steps());
  const int result = call();
  if (result == 0 && is_inside(path)) record(what, path, 0, name, std::strlen(name));
  return result;
}

template <typename Do>
int open_step(const char* path, int flags, const Do& call) {
  const std::lock_guard lock(steps());
  struct stat status {};
  const bool makes = (flags & O_CREAT) != 0 && is_inside(path) && ::lstat(path, &status) != 0;
  const int fd = call();
  if (makes && fd >= 0) record(Call::create, path, 0, nullptr, 0);
  if (fd >= 0 && (flags & O_TRUNC) != 0 && is_inside(path)) {
    record(Call::other, path, 0, "O_TRUNC", 7);
  }
  return fd;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

void power_loss_record(const char* inside, const char* trace) {
  const std::lock_guard lock(steps());
  folder_size = std::strlen(inside);
  std::memcpy(folder, inside, folder_size + 1);
  static const auto open_it = system_call<int(const char*, int, ...)>("open");
  trace_fd = open_it(trace, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (trace_fd < 0) std::abort();
}

void power_loss_mark(const char* text) {
  const std::lock_guard lock(steps());
  if (trace_fd >= 0) record(Call::mark, "", 0, text, std::strlen(text));
}

void power_loss_stop() {
  const std::lock_guard lock(steps());
  ::close(trace_fd);
  trace_fd = -1;
}

#define OPENS(NAME)                                                          \
  int NAME(const char* path, int flags, ...) {                               \
    static const auto real = system_call<int(const char*, int, ...)>(#NAME); \
    va_list arguments;                                                       \
    va_start(arguments, flags);                                              \
    const mode_t mode = mode_of(flags, arguments);                           \
    va_end(arguments);                                                       \
    return open_step(path, flags, [&] { return real(path, flags, mode); });  \
  }
OPENS(open)
OPENS(open64)

// Relative to a folder's descriptor nothing of ours is made; an absolute path is seen all the same.
#define OPENS_AT(NAME)                                                            \
  int NAME(int at, const char* path, int flags, ...) {                            \
    static const auto real = system_call<int(int, const char*, int, ...)>(#NAME); \
    va_list arguments;                                                            \
    va_start(arguments, flags);                                                   \
    const mode_t mode = mode_of(flags, arguments);                                \
    va_end(arguments);                                                            \
    return open_step(path, flags, [&] { return real(at, path, flags, mode); });   \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = system_call<ssize_t(int, const void*, size_t)>("write");
  return write_step(fd, -1, bytes, size, [&] { return real(fd, bytes, size); });
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static const auto real = system_call<ssize_t(int, const iovec*, int)>("writev");
  return write_step(fd, -1, parts, count, [&] { return real(fd, parts, count); });
}

#define WRITES_AT(NAME)                                                                    \
  ssize_t NAME(int fd, const void* bytes, size_t size, off_t at) {                         \
    static const auto real = system_call<ssize_t(int, const void*, size_t, off_t)>(#NAME); \
    return write_step(fd, at, bytes, size, [&] { return real(fd, bytes, size, at); });     \
  }
WRITES_AT(pwrite)
WRITES_AT(pwrite64)

#define WRITES_PARTS_AT(NAME)                                                            \
  ssize_t NAME(int fd, const iovec* parts, int count, off_t at) {                        \
    static const auto real = system_call<ssize_t(int, const iovec*, int, off_t)>(#NAME); \
    return write_step(fd, at, parts, count, [&] { return real(fd, parts, count, at); }); \
  }
WRITES_PARTS_AT(pwritev)
WRITES_PARTS_AT(pwritev64)

// A flush is recorded when it has returned, and what was written before it began is in the trace.
#define FLUSHES(NAME)                                               \
  int NAME(int fd) {                                                \
    static const auto real = system_call<int(int)>(#NAME);          \
    return file_step(fd, Call::flush, 0, [&] { return real(fd); }); \
  }
FLUSHES(fsync)
FLUSHES(fdatasync)

#define CUTS(NAME)                                                    \
  int NAME(int fd, off_t size) noexcept {                             \
    static const auto real = system_call<int(int, off_t)>(#NAME);     \
    return file_step(fd, Call::cut, static_cast<std::uint64_t>(size), \
                     [&] { return real(fd, size); });                 \
  }
CUTS(ftruncate)
CUTS(ftruncate64)

// Not recorded: fallocate with FALLOC_FL_KEEP_SIZE and sync_file_range. The one changes no byte and
// no length, the other promises nothing about a power failure.
#define ALLOCATES(NAME)                                                             \
  int NAME(int fd, int mode, off_t at, off_t size) {                                \
    static const auto real = system_call<int(int, int, off_t, off_t)>(#NAME);       \
    if (mode == FALLOC_FL_KEEP_SIZE) return real(fd, mode, at, size);               \
    return file_step(fd, Call::other, 0, [&] { return real(fd, mode, at, size); }); \
  }
ALLOCATES(fallocate)
ALLOCATES(fallocate64)

int mkdir(const char* path, mode_t mode) noexcept {
  static const auto real = system_call<int(const char*, mode_t)>("mkdir");
  return name_step(path, Call::create, "", [&] { return real(path, mode); });
}

int unlink(const char* path) noexcept {
  static const auto real = system_call<int(const char*)>("unlink");
  return name_step(path, Call::other, "unlink", [&] { return real(path); });
}

int rename(const char* from, const char* to) noexcept {
  static const auto real = system_call<int(const char*, const char*)>("rename");
  return name_step(to, Call::other, "rename", [&] { return real(from, to); });
}

int link(const char* from, const char* to) noexcept {
  static const auto real = system_call<int(const char*, const char*)>("link");
  return name_step(to, Call::other, "link", [&] { return real(from, to); });
}

int msync(void* at, size_t size, int flags) {
  static const auto real = system_call<int(void*, size_t, int)>("msync");
  return name_step(folder, Call::other, "msync", [&] { return real(at, size, flags); });
}
}
