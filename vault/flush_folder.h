// The names in a folder, made durable: a flushed file is of no use under a name that a power
// failure took.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace vault {

// False: errno says why.
inline bool flush_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool flushed = ::fsync(fd) == 0;
  const int why = errno;
  ::close(fd);
  errno = why;
  return flushed;
}

}  // namespace vault
