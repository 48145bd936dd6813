#include "cli/folder_out.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/secret.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Failure> unwritable(const fs::path& path, int error) {
  return refuse(Message(Text::file_unwritable, path.string(), std::strerror(error)));
}

tl::unexpected<Failure> taken(const fs::path& path) {
  return refuse(Message(Text::file_exists, path.string()), Text::file_exists_advice);
}

}  // namespace

Result<FolderOut> FolderOut::create(const fs::path& given) {
  // `name/` is the same folder as `name`.
  const fs::path path = given.has_filename() ? given : given.parent_path();
  if (!path.has_filename()) return unwritable(given, EEXIST);
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored))) return taken(path);
  const std::string random = crypto::to_hex(crypto::random_block<6>());
  const fs::path temporary =
      path.parent_path() / ("." + path.filename().string() + "." + random + ".part");
  if (::mkdir(temporary.c_str(), 0700) != 0) return unwritable(path, errno);
  return FolderOut(path, temporary);
}

FolderOut::FolderOut(FolderOut&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

FolderOut::~FolderOut() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

Result<void> FolderOut::commit() && {
  // Not over another folder, not even an empty one.
  if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0) {
    return errno == EEXIST ? Result<void>(taken(path_)) : unwritable(path_, errno);
  }
  temporary_.clear();
  return {};
}

}  // namespace cli
