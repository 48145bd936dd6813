// What `segel age` reads and writes beside the document: files of recipients and of identities, and
// the place where the result goes.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/descriptor_stream.h"
#include "cli/failure.h"
#include "cli/file_out.h"
#include "cli/terminal.h"
#include "crypto/age.h"
#include "crypto/keys.h"

namespace cli {

// Lines of `age1…`, comments and blanks; `-` is standard input.
// Errors: age_recipient_line, age_file_without_keys, and those of read_file.
Result<std::vector<crypto::Recipient>> read_recipients(const std::filesystem::path& path);
// Lines of `AGE-SECRET-KEY-1…`, comments and blanks, or an age file of those, sealed with a
// passphrase, which is then asked for; `-` is standard input.
// Errors: age_identity_line, age_file_without_keys, and those of read_secret_file, of asking and of
// age_failure.
Result<std::vector<crypto::Identity>> read_identities(const std::filesystem::path& path,
                                                      const Terminal& terminal);
// The same of a file already read; `path` names it in questions and failures.
Result<std::vector<crypto::Identity>> parse_identities(crypto::SecretBytes file,
                                                       const std::filesystem::path& path,
                                                       const Terminal& terminal);

// What a failure of crypto::age means for the file `path`.
Failure age_failure(crypto::Errc error, const std::filesystem::path& path);

// Where a result goes: a file that appears whole or not at all, a device that is there, or standard
// output (`path` empty or `-`).
class AgeSink {
 public:
  // `allowed`: what may go to standard output if it is a terminal and was not asked for by `-`;
  // none: nothing. Errors: age_binary_to_terminal, file_unwritable.
  static Result<AgeSink> open(const std::string& path, const Terminal& terminal,
                              std::optional<DescriptorOut::Bytes> allowed);
  std::ostream& stream();
  // A byte came that must not go to a terminal.
  bool refused() const;
  Result<void> commit() &&;  // Errors: file_unwritable, output_failed

 private:
  using Place = std::variant<FileOut, DescriptorOut>;
  explicit AgeSink(Place place) : place_(std::move(place)) {}
  Place place_;
};

}  // namespace cli
