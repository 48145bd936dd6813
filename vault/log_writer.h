// Appends to the log inside a transaction: the entry, its hashes, its place in its case's chain,
// the record of what its change wrote, and the signed head. Only the committer uses it.
#pragma once

#include <optional>
#include <string>

#include "crypto/keys.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "vault/change_record.h"
#include "vault/log.h"
#include "vault/meta_store.h"

namespace vault {

// Where the log ends. A value: an attempt works on a copy, which is kept when it was committed.
struct LogEnd {
  crypto::merkle::Tree tree;
  Time last_time = 0;  // of the last entry
};

// Reads where the log ends and checks that head, tree and last entry agree and that nothing stands
// behind the head. A store without any row has an empty log, which is no error. Errors: untrusted
// (the head is not signed by `log_key`), corrupt, newer_format, io_failure.
Result<LogEnd> read_log_end(const ReadTxn& txn, const crypto::NoteVerifier& log_key);

// Whether the draft can become an entry, wherever in the log it will stand.
// Errors: invalid (an unknown action, or text that is not printable ASCII), too_large.
Result<void> check_draft(const EntryDraft& draft);

struct Appended {
  std::uint64_t index = 0;
  Time time = 0;
  std::string line;
  Digest leaf{};
};

// Appends the entry of a change. `time` is not before the last entry's.
// Errors: what `txn` fails with; corrupt.
Result<Appended> append_entry(WriteTxn& txn, LogEnd& end, const EntryDraft& draft, Time time,
                              const ChangeList& changes);

// Signs the head and stores it. Errors: what `txn` fails with.
Result<void> write_head(WriteTxn& txn, const LogEnd& end, const std::string& origin,
                        const crypto::SigningKey& log_key);

}  // namespace vault
