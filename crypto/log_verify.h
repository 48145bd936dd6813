// Judges a log export with nothing but the log's verifier key (vault/FORMAT.md, "Log export").
//
// An export that is sound shows: its entries stand in the log under the signed head, in this order,
// each byte as it was hashed, and none between the first and the last is missing (of a case's
// export: none of that case). Otherwise the first bad line is named.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "crypto/checkpoint.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/note.h"

namespace crypto {

enum class LogDamage {
  no_export,     // not an export, or of a later format
  edited,        // the line is not what was written there
  deleted,       // before this line one or more are missing
  inserted,      // the line does not belong there
  swapped,       // the line belongs to another place, and another stands in its place
  cut,           // the file ends in or after this line, and should not
  untrusted,     // the head is not signed by this log's key
  contradictory  // logged like this and contradicts earlier entries: the log's own fault
};

const char* to_text(LogDamage damage);

struct BadLine {
  std::uint64_t line = 0;  // from 1
  LogDamage damage{};
  std::optional<std::uint64_t> entry;  // the entry concerned, if that can be told
  bool operator==(const BadLine&) const = default;
};

// What an export that is sound says of a head that somebody remembers.
enum class HeadMatch {
  continued,  // the log of the export goes on from the remembered head
  not_shown,  // the remembered head ends before the export begins, or the export is of one case
  cut,        // the log of the export is shorter
  rewritten   // the log of the export had another root at that size
};

struct LogExportReport {
  std::string origin;
  Id case_id;              // nil: a whole export
  std::uint64_t from = 0;  // as the header says
  std::uint64_t to = 0;
  std::uint64_t entries = 0;  // lines of entries that were read
  std::string first_time;     // of the first and the last entry
  std::string last_time;
  std::string checkpoint;               // the signed note
  Checkpoint head;                      // what it says
  std::optional<BadLine> bad;           // nothing: the export is sound
  std::optional<HeadMatch> remembered;  // of a sound export, if there was a head to compare with
};

// `remembered`: an earlier head, whose signature is the caller's to check.
// Streams: keeps 40 bytes an entry. Errors: read_failed.
Result<LogExportReport> verify_log_export(
    std::istream& file, const NoteVerifier& log,
    const std::optional<Checkpoint>& remembered = std::nullopt);

}  // namespace crypto
