// Streams over the process's own descriptors, for documents that pass through as they come.
#pragma once

#include <filesystem>
#include <istream>
#include <memory>
#include <ostream>
#include <streambuf>

#include "cli/failure.h"
#include "crypto/bytes.h"

namespace cli {

// Reads a file, or standard input where `path` is `-`. What cannot be read ends with badbit.
class DescriptorIn {
 public:
  // Errors: file_unreadable.
  static Result<DescriptorIn> open(const std::filesystem::path& path);
  DescriptorIn(DescriptorIn&&) noexcept;
  DescriptorIn& operator=(DescriptorIn&&) noexcept;
  ~DescriptorIn();
  std::istream& stream();

 private:
  struct State;
  explicit DescriptorIn(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Writes to a descriptor without keeping anything back. Bytes that a terminal would act on instead
// of showing can be refused: what is opened may have been written to take the terminal over.
class DescriptorOut {
 public:
  enum class Bytes { any, shown_by_terminals };
  // Standard output.
  explicit DescriptorOut(Bytes allowed);
  // A device or a pipe that is there. Errors: file_unwritable.
  static Result<DescriptorOut> open(const std::filesystem::path& path);
  DescriptorOut(DescriptorOut&&) noexcept;
  DescriptorOut& operator=(DescriptorOut&&) noexcept;
  ~DescriptorOut();
  std::ostream& stream();
  bool refused() const;  // a byte that is not allowed came

 private:
  struct State;
  explicit DescriptorOut(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cli
