// Files that appear whole or not at all.
//
// Until commit() the bytes are in a file without a name (O_TMPFILE), or, where the file system has
// none, under a hidden temporary name in the same folder that the destructor removes. So an
// interrupted command leaves no half of a document behind.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/failure.h"
#include "crypto/bytes.h"

namespace cli {

enum class FileKind {
  secret,    // mode 0600, never in the place of another file: a key overwritten is a key lost
  settings,  // mode 0600, replaces a file of that name
  fresh,     // the mode that umask gives, never in the place of another file
  open,      // the mode that umask gives, replaces a file of that name
};

class FileOut {
 public:
  // Errors: file_exists, file_unwritable.
  static Result<FileOut> create(const std::filesystem::path& path, FileKind kind);
  FileOut(FileOut&&) noexcept;
  FileOut& operator=(FileOut&&) noexcept;
  ~FileOut();  // without commit(): nothing of the file remains

  // Unbuffered in memory beyond one block, which is wiped at the end: documents pass through.
  std::ostream& stream();
  // On return the file is on disk under its name. Errors: file_exists (it came to be meanwhile),
  // file_unwritable (also: an earlier write failed).
  Result<void> commit() &&;

 private:
  struct State;
  explicit FileOut(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The whole of a small file at once. Errors: as above.
Result<void> write_file(const std::filesystem::path& path, crypto::ByteView bytes, FileKind kind);

}  // namespace cli
