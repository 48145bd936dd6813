// A disk that fails: preloaded into a program, this counts its writes to the files whose path holds
// SEGEL_FAILING_FILES, and lets those fail that the file named by SEGEL_FAILING_DISK says.
#include "faults/failing_disk.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using faults::DiskOrders;
using faults::Failure;

DiskOrders& orders() {
  static DiskOrders* const mapped = [] {
    const char* const file = std::getenv("SEGEL_FAILING_DISK");
    const int fd = file != nullptr ? ::open(file, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) std::abort();  // a test in which nothing fails would prove nothing
    void* const at = ::mmap(nullptr, sizeof(DiskOrders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (at == MAP_FAILED) std::abort();
    return static_cast<DiskOrders*>(at);
  }();
  return *mapped;
}

bool is_watched(int fd) {
  static const char* const files = std::getenv("SEGEL_FAILING_FILES");
  char link[32];
  char path[512];
  (void)std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0 || files == nullptr) return false;
  path[size] = '\0';
  return std::strstr(path, files) != nullptr;
}

enum class Fate { done, cut, failed };

// Of one call; `failed` has set errno.
Fate fate_of(int fd, bool is_write) {
  if (!is_watched(fd)) return Fate::done;
  DiskOrders& given = orders();
  const std::int64_t number = ++given.calls;
  const std::int64_t from = given.from;
  if (from == 0 || number < from || number >= from + given.count) return Fate::done;
  ++given.failed;
  const auto how = static_cast<Failure>(given.how.load());
  if (how == Failure::cut_short && number == from && is_write) return Fate::cut;
  errno = how == Failure::broken ? EIO : ENOSPC;
  return Fate::failed;
}

// Writes what the fate leaves of the pieces.
ssize_t write_pieces(int fd, const iovec* pieces, int count, off_t offset) {
  const Fate fate = fate_of(fd, true);
  if (fate == Fate::failed) return -1;
  if (fate == Fate::done) return ::syscall(SYS_pwritev, fd, pieces, count, offset, 0);
  iovec half = pieces[0];
  half.iov_len /= 2;
  return ::syscall(SYS_pwritev, fd, &half, 1, offset, 0);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  const Fate fate = fate_of(fd, true);
  if (fate == Fate::failed) return -1;
  return ::syscall(SYS_write, fd, bytes, fate == Fate::cut ? size / 2 : size);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const iovec whole{const_cast<void*>(bytes), size};
  return write_pieces(fd, &whole, 1, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite(fd, bytes, size, offset);
}
ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
  return write_pieces(fd, pieces, count, offset);
}
ssize_t pwritev64(int fd, const iovec* pieces, int count, off_t offset) {
  return write_pieces(fd, pieces, count, offset);
}

int fsync(int fd) {
  return fate_of(fd, false) == Fate::failed ? -1 : static_cast<int>(::syscall(SYS_fsync, fd));
}
int fdatasync(int fd) {
  return fate_of(fd, false) == Fate::failed ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd));
}
int ftruncate(int fd, off_t size) noexcept {
  if (fate_of(fd, false) == Fate::failed) return -1;
  return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}
int ftruncate64(int fd, off_t size) noexcept { return ftruncate(fd, size); }
int fallocate(int fd, int mode, off_t offset, off_t size) {
  if (fate_of(fd, false) == Fate::failed) return -1;
  return static_cast<int>(::syscall(SYS_fallocate, fd, mode, offset, size));
}
int fallocate64(int fd, int mode, off_t offset, off_t size) {
  return fallocate(fd, mode, offset, size);
}

// A full disk says that it is one.
int fstatvfs(int /*fd*/, struct statvfs* out) noexcept {
  out->f_bsize = out->f_frsize = 4096;
  out->f_bavail = out->f_bfree = orders().no_room != 0 ? 0 : fsblkcnt_t{1} << 28;
  return 0;
}
int fstatvfs64(int fd, struct statvfs64* out) noexcept {
  return fstatvfs(fd, reinterpret_cast<struct statvfs*>(out));
}

}  // extern "C"
