// What a case's creator signed of it: the label by which its documents are judged.
#pragma once

#include <string>

#include "crypto/key_records.h"
#include "vault/error.h"
#include "vault/meta_store.h"
#include "vault/records.h"

namespace vault {

// Whether a case's `case` statement says what its record says, and its creator, who is of the
// agency that owns it, signed it.
bool is_signed_so(const CaseRecord& record, const crypto::AccessKeyRecord& creator);
// Where the signing key was when it signed: "opened" or "sealed".
bool is_signed_via(const std::string& note, const std::string& via);

// The case, checked against what its creator signed: its label is what documents are judged by.
// Errors: not_found; corrupt (the record says another thing than the statement, or the signature is
// not hers), newer_format, io_failure.
Result<CaseRecord> read_case(const ReadTxn& txn, const Id& case_id);

}  // namespace vault
