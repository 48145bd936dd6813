// One entry of the access log: a line of JSON with a fixed order of keys (vault/FORMAT.md, "Log").
//
// The line is hashed exactly as stored. Every value has one spelling (numbers without leading
// zeros, text without anything that would need an escape, empty fields left out), so a line that
// parses encodes to the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"

namespace crypto {

inline constexpr std::size_t kMaxLogLine = 4096;  // bytes, without the newline

// Ids and codes only: no name, title or free text. Nil, zero and empty: not in the line.
struct LogEntry {
  std::uint64_t index = 0;  // always in the line
  std::int64_t time = 0;    // milliseconds since 1970; always in the line
  std::string action;       // always in the line
  Id actor;
  Id agency;
  Id case_id;
  std::uint64_t case_seq = 0;       // number in the chain of its case, from 1
  std::optional<Digest> case_prev;  // leaf hash of that chain's previous entry
  Id document;
  std::uint64_t version = 0;
  std::string subject;
  std::string basis;
  std::string outcome;
  std::string via;
  std::string request;
  std::string origin;
  std::string content;
  std::string detail;
  std::optional<Digest> records;  // Merkle root of what the change wrote
  Block<16> salt{};               // always in the line

  // The line, without newline. Errors: malformed (text that is not printable ASCII, or holds a
  // quote or backslash; a case without its number, or a number without its predecessor),
  // out_of_range (longer than kMaxLogLine).
  Result<std::string> encode() const;
  // Errors: malformed, unsupported (a later format).
  static Result<LogEntry> parse(std::string_view line);
  bool operator==(const LogEntry&) const = default;
};

// Whether `text` can stand in an entry: printable ASCII but `"` and `\`.
bool is_log_text(std::string_view text);

}  // namespace crypto
