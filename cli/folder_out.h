// A new folder that appears with all its files or not at all.
#pragma once

#include <filesystem>

#include "cli/failure.h"

namespace cli {

class FolderOut {
 public:
  // Errors: file_exists, file_unwritable.
  static Result<FolderOut> create(const std::filesystem::path& path);
  FolderOut(FolderOut&& other) noexcept;
  FolderOut& operator=(FolderOut&&) = delete;
  ~FolderOut();  // without commit(): nothing of the folder remains

  // Where its files are to be written.
  const std::filesystem::path& place() const { return temporary_; }
  // Errors: file_exists (it came to be meanwhile), file_unwritable.
  Result<void> commit() &&;

 private:
  FolderOut(std::filesystem::path path, std::filesystem::path temporary)
      : path_(std::move(path)), temporary_(std::move(temporary)) {}
  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty: committed, or moved away
};

}  // namespace cli
