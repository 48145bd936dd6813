#include "cli/file_in.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cli {
namespace {

class Source {
 public:
  explicit Source(const std::filesystem::path& path)
      : standard_(path == "-"),
        fd_(standard_ ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Source() {
    if (fd_ >= 0 && !standard_) ::close(fd_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  int fd() const { return fd_; }

 private:
  bool standard_;
  int fd_;
};

tl::unexpected<Failure> unreadable(const std::filesystem::path& path, int error) {
  return refuse(Message(Text::file_unreadable, path.string(), std::strerror(error)));
}

// Fills `room` from the file as far as it goes.
Result<std::size_t> read_into(const std::filesystem::path& path, crypto::MutableBytes room) {
  const Source source(path);
  if (source.fd() < 0) return unreadable(path, errno);
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t got = ::read(source.fd(), room.data() + size, room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

}  // namespace

Result<crypto::Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  crypto::Bytes bytes(limit + 1);
  const auto size = read_into(path, bytes);
  if (!size) return tl::unexpected(size.error());
  if (*size > limit) return refuse(Message(Text::file_too_large, path.string(), limit));
  bytes.resize(*size);
  return bytes;
}

Result<crypto::SecretBytes> read_secret_file(const std::filesystem::path& path, std::size_t limit) {
  crypto::SecretBytes bytes(limit + 1);
  const auto size = read_into(path, bytes.expose_mutable());
  if (!size) return tl::unexpected(size.error());
  if (*size > limit) return refuse(Message(Text::file_too_large, path.string(), limit));
  bytes.shrink(*size);
  return bytes;
}

}  // namespace cli
