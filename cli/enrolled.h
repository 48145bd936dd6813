// What an administrator signs of a person's enrolment.
#pragma once

#include <string>

#include "cli/enrolment_file.h"
#include "crypto/key_records.h"

namespace cli {

// The access key's record for an agency (nil: of none) and a role.
inline crypto::AccessKeyRecord enrolled(const EnrolmentFile& file, const crypto::Id& agency,
                                        const std::string& role) {
  const crypto::Enrolment& enrolment = file.enrolment;
  return {enrolment.key,    agency,          role, enrolment.recipient, enrolment.signing,
          enrolment.person, enrolment.digest};
}

// `Ani Lestari, UPTD PPA`: how the person is called when her fingerprint is compared.
inline std::string called(const EnrolmentFile& file) { return file.name + ", " + file.office; }

}  // namespace cli
