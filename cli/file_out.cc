#include "cli/file_out.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <streambuf>
#include <vector>

#include "crypto/encoding.h"
#include "crypto/secret.h"

namespace cli {
namespace {

// Writes to a descriptor through one block, which is wiped whenever it is handed on.
class DescriptorBuffer : public std::streambuf {
 public:
  DescriptorBuffer() : block_(std::size_t{256} << 10) { empty(); }
  ~DescriptorBuffer() override { crypto::wipe(block_); }
  void attach(int fd) { fd_ = fd; }

 protected:
  int_type overflow(int_type c) override {
    if (!flush()) return traits_type::eof();
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    return sputc(traits_type::to_char_type(c));
  }
  int sync() override { return flush() ? 0 : -1; }

 private:
  char* begin() { return reinterpret_cast<char*>(block_.data()); }
  void empty() { setp(begin(), begin() + block_.size()); }
  bool flush() {
    const char* at = pbase();
    while (at < pptr()) {
      const ssize_t written = ::write(fd_, at, static_cast<std::size_t>(pptr() - at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      at += written;
    }
    const auto used = static_cast<std::size_t>(pptr() - pbase());
    crypto::wipe(crypto::MutableBytes(block_).first(used));
    empty();
    return true;
  }

  int fd_ = -1;
  crypto::Bytes block_;
};

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::filesystem::path temporary_name(const std::filesystem::path& path) {
  const std::string random = crypto::to_hex(crypto::random_block<6>());
  return folder_of(path) / fmt::format(".{}.{}.part", path.filename().string(), random);
}

bool replaces(FileKind kind) { return kind == FileKind::settings || kind == FileKind::open; }
mode_t mode_of(FileKind kind) {
  return kind == FileKind::secret || kind == FileKind::settings ? 0600 : 0666;
}

bool sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

tl::unexpected<Failure> unwritable(const std::filesystem::path& path, int error) {
  return refuse(Message(Text::file_unwritable, path.string(), std::strerror(error)));
}
tl::unexpected<Failure> taken(const std::filesystem::path& path) {
  return refuse(Message(Text::file_exists, path.string()), Text::file_exists_advice);
}

}  // namespace

struct FileOut::State {
  std::filesystem::path path;
  FileKind kind;
  int fd = -1;
  std::filesystem::path temporary;  // empty while the file has no name
  DescriptorBuffer buffer;
  std::ostream stream{&buffer};

  State(std::filesystem::path where, FileKind what) : path(std::move(where)), kind(what) {}
  ~State() {
    if (fd >= 0) ::close(fd);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool open() {
    fd = ::open(folder_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode_of(kind));
    if (fd < 0) {
      const auto name = temporary_name(path);
      fd =
          ::open(name.c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY | O_CLOEXEC, mode_of(kind));
      if (fd >= 0) temporary = name;
    }
    buffer.attach(fd);
    return fd >= 0;
  }

  // Gives the file, named or not, one more name. Fails with EEXIST where there is a file.
  bool link_as(const std::filesystem::path& name) const {
    if (!temporary.empty()) return ::link(temporary.c_str(), name.c_str()) == 0;
    const std::string self = fmt::format("/proc/self/fd/{}", fd);
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }

  bool publish() {
    if (!replaces(kind)) return link_as(path);
    if (temporary.empty()) {
      const auto name = temporary_name(path);
      if (!link_as(name)) return false;
      temporary = name;
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return false;
    temporary.clear();
    return true;
  }
};

FileOut::FileOut(std::unique_ptr<State> state) : state_(std::move(state)) {}
FileOut::FileOut(FileOut&&) noexcept = default;
FileOut& FileOut::operator=(FileOut&&) noexcept = default;
FileOut::~FileOut() = default;

Result<FileOut> FileOut::create(const std::filesystem::path& path, FileKind kind) {
  if (!path.has_filename()) return unwritable(path, EISDIR);
  // Only so that the refusal comes before the work: what decides is the link at the end.
  struct stat found {};
  if (!replaces(kind) && ::lstat(path.c_str(), &found) == 0) return taken(path);
  auto state = std::make_unique<State>(path, kind);
  if (!state->open()) return unwritable(path, errno);
  return FileOut(std::move(state));
}

std::ostream& FileOut::stream() { return state_->stream; }

Result<void> FileOut::commit() && {
  const auto state = std::move(state_);
  // The bytes must be on disk before the name is, or a power failure leaves a name without them.
  if (!state->stream.flush() || ::fsync(state->fd) != 0) return unwritable(state->path, errno);
  if (!state->publish()) {
    return errno == EEXIST ? Result<void>(taken(state->path)) : unwritable(state->path, errno);
  }
  if (!sync_folder(folder_of(state->path))) return unwritable(state->path, errno);
  return {};
}

Result<void> write_file(const std::filesystem::path& path, crypto::ByteView bytes, FileKind kind) {
  auto file = FileOut::create(path, kind);
  if (!file) return tl::unexpected(file.error());
  const std::string_view text = crypto::as_text(bytes);
  file->stream().write(text.data(), static_cast<std::streamsize>(text.size()));
  return std::move(*file).commit();
}

}  // namespace cli
