// Writes exports of the log, for auditors to verify far from here (FORMAT.md, "Log export").
#pragma once

#include <cstdint>

#include "crypto/log_export.h"
#include "vault/log.h"

namespace vault {

// The entries [from, to), with the proof that they are complete, under the head at this moment.
// Streams: `sink` gets whole lines, no transaction is held while it runs, 32 bytes an entry are
// kept. A sink that says false ends it without an error.
// Errors: invalid (not from <= to <= size of the log), io_failure, corrupt.
Result<void> export_log(const Log& log, std::uint64_t from, std::uint64_t to,
                        const crypto::log_export::Sink& sink);

// The entries of one case from its number `from_seq` on, at most `limit`, each with its proof.
// Errors: not_found (the case has no entry), invalid (`from_seq` is 0 or behind its last),
// io_failure, corrupt.
Result<void> export_case(const Log& log, const Id& case_id, std::uint64_t from_seq,
                         std::size_t limit, const crypto::log_export::Sink& sink);

}  // namespace vault
