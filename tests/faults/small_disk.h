// A small disk of this process's own (tmpfs, in a mount namespace that ends with it), which a test
// fills and empties. Temporary folders that are made while it lives are on it.
#pragma once

#include <cstdint>
#include <string>

#include "support/temp_dir.h"

namespace faults {

class SmallDisk {
 public:
  explicit SmallDisk(std::uint64_t mebibytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Why there is none; empty when there is.
  const std::string& why_not() const { return why_not_; }
  const std::filesystem::path& path() const { return dir_.path(); }
  std::uint64_t room() const;
  // Takes all room but `left` bytes. Throws std::runtime_error when it cannot.
  void fill(std::uint64_t left = 0);
  // Gives it back.
  void empty();

 private:
  std::string filler() const { return (dir_ / "filler").string(); }

  support::TempDir dir_;
  std::string why_not_;
};

}  // namespace faults
