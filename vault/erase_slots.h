// Which slots of `erase.keys` the store names: what that file must hold, and what of it must live.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "vault/erase_keys.h"
#include "vault/error.h"
#include "vault/meta_store.h"
#include "vault/records.h"

namespace vault {

// What stands wrapped under `key`. Errors: corrupt (a slot that is not there, another place,
// changed bytes), io_failure.
Result<Bytes> unwrap_stored(const EraseKeys& erase_keys, ByteView key, const WrappedRecord& record);

// Every wrapped record, in the order of the keys, until `visit` says false. A value without a
// record does not read as one. Errors: io_failure, corrupt.
using VisitWrapped = std::function<bool(ByteView key, const Result<WrappedRecord>& record)>;
Result<void> each_wrapped(const ReadTxn& txn, const VisitWrapped& visit);

// The committer's count, as it stands; 0: no record has named a slot since it is kept.
// Errors: corrupt, io_failure.
Result<std::uint64_t> stored_slot_count(const ReadTxn& txn);
// How many slots `erase.keys` must have: one that is shorter was cut, or is an old copy. Where the
// count does not stand, all wrapped records are read for it. Errors: corrupt, newer_format,
// io_failure.
Result<std::uint64_t> least_slots(const ReadTxn& txn);

// The slots that a crash left marked: their records are erased, their bytes perhaps not.
// `entries`: of the log. Errors: corrupt (a mark of no entry, or one whose slot a record names:
// whoever made it wants that record lost), newer_format, io_failure.
Result<std::vector<std::uint64_t>> read_pending(const ReadTxn& txn, std::uint64_t entries);

}  // namespace vault
