// Enrolment files: what a person hands to those who enrol her (FORMAT.md, "Enrolment file").
//
// The signed statement in it (crypto/enrolment.h) goes to the service; name, office and salt are
// the words behind its digest and stay with the people who read the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/failure.h"
#include "crypto/enrolment.h"
#include "crypto/keys.h"

namespace cli {

struct EnrolmentFile {
  std::string note;  // the signed statement
  std::string name;
  std::string office;
  crypto::Block<32> salt{};
  crypto::Enrolment enrolment;  // what the statement says

  // Made for a key pair; `now`: milliseconds since 1970. REQUIRES: name and office are not empty,
  // and printable UTF-8.
  static EnrolmentFile make(const crypto::Identity& identity, const std::string& name,
                            const std::string& office, std::int64_t now);
  // Errors: enrolment_malformed, enrolment_newer, enrolment_untrusted (not signed by its key, or
  // its words are not those that were signed).
  static Result<EnrolmentFile> parse(std::string_view text, const std::string& path);
  // Errors: also those of read_file.
  static Result<EnrolmentFile> read(const std::filesystem::path& path);

  std::string text() const;         // of the file
  std::string fingerprint() const;  // six words, to be compared aloud
};

}  // namespace cli
