#include "vault/lmdb_page_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace vault {

Walked<PageFile> PageFile::open(const std::filesystem::path& path) {
  PageFile file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
    return damaged(0, PageFault::not_a_file);
  return file;
}

PageFile::PageFile(PageFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

PageFile::~PageFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Walked<PageNumber> PageFile::measure() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return damaged(0, PageFault::unreadable);
  return static_cast<PageNumber>(status.st_size) / kPageSize;
}

Walked<void> PageFile::read(PageNumber page, crypto::MutableBytes bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto at = static_cast<off_t>(page * kPageSize + done);
    const ssize_t got = ::pread(descriptor_, bytes.data() + done, bytes.size() - done, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return damaged(page, PageFault::unreadable);
    if (got == 0) return damaged(page, PageFault::beyond_file);
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace vault
