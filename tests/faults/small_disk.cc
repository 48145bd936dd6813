#include "faults/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace faults {
namespace {

std::string mount_at(const std::string& folder, std::uint64_t mebibytes) {
  if (::geteuid() != 0) return "only root mounts a disk";
  const std::string size = "mode=0700,size=" + std::to_string(mebibytes) + "m";
  // Private first: else the mount would be seen by the whole machine, and outlive the test.
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("segel-test", folder.c_str(), "tmpfs", 0, size.c_str()) != 0) {
    return std::string("no disk may be mounted here: ") + std::strerror(errno);
  }
  return {};
}

}  // namespace

SmallDisk::SmallDisk(std::uint64_t mebibytes)
    : why_not_(mount_at(dir_.path().string(), mebibytes)) {
  if (why_not_.empty()) ::setenv("TMPDIR", dir_.path().c_str(), 1);
}

SmallDisk::~SmallDisk() {
  if (!why_not_.empty()) return;
  ::unsetenv("TMPDIR");
  (void)::umount2(dir_.path().c_str(), MNT_DETACH);
}

std::uint64_t SmallDisk::room() const {
  struct statvfs disk {};
  if (::statvfs(dir_.path().c_str(), &disk) != 0) throw std::runtime_error("no disk");
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

void SmallDisk::fill(std::uint64_t left) {
  const int fd = ::open(filler().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const auto had = static_cast<std::uint64_t>(::lseek(fd, 0, SEEK_END));
  const int failed = ::posix_fallocate(fd, 0, static_cast<off_t>(had + room() - left));
  ::close(fd);
  if (failed != 0 || room() > left) throw std::runtime_error("the disk does not fill");
}

void SmallDisk::empty() { std::filesystem::remove(filler()); }

}  // namespace faults
