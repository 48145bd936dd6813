// What an export of the log holds, read in one pass, before anything of it is judged
// (log_verify.cc).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/line_reader.h"
#include "crypto/log_entry.h"
#include "crypto/log_export.h"
#include "crypto/log_verify.h"

namespace crypto {

// Checks that entries follow one another as the log writes them: what a server that signs its own
// log could still get wrong. Remembers where that first failed.
class EntryOrder {
 public:
  explicit EntryOrder(const log_export::Header& header) : header_(header) {}  // which outlives this

  void add(std::uint64_t line, std::string_view text, const Digest& leaf);

  const std::optional<std::uint64_t>& broken() const { return broken_; }
  const Id& first_case() const { return first_case_; }
  std::string first_time() const;  // of the first and the last entry; empty without any
  std::string last_time() const;

 private:
  bool is_next(const LogEntry& entry) const;
  bool in_chain(const LogEntry& entry, const Digest& leaf);

  struct Chain {
    std::uint64_t seq;
    Digest leaf;
  };
  const log_export::Header& header_;
  std::uint64_t count_ = 0;
  std::int64_t first_time_ = 0;
  Id first_case_;
  std::int64_t last_time_ = 0;
  std::uint64_t last_index_ = 0;
  std::unordered_map<Id, Chain> chains_;
  std::optional<std::uint64_t> broken_;
};

// Reads the file and gathers what there is to judge: the leaf hash of every line of an entry, and
// what stands behind them.
class Gathered {
 public:
  // The header outlives this.
  Gathered(LineReader& lines, const log_export::Header& header);

  // The first line whose form or place is wrong, behind the entries.
  const std::optional<BadLine>& bad_behind() const { return bad_behind_; }
  bool is_cut() const { return !head_ || !last_whole_; }
  bool last_whole() const { return last_whole_; }
  std::uint64_t last_line() const { return line_; }
  const EntryOrder& order() const { return order_; }

  std::vector<Digest> found;     // of the lines of entries
  std::vector<Digest> expected;  // as listed behind them
  struct ListLine {
    std::uint64_t line;
    std::size_t before;   // hashes in the list before it
    std::uint64_t first;  // entry of its first hash, as it says
  };
  std::vector<ListLine> list_lines;
  std::uint64_t list_from = 0;
  bool list_in_order = true;
  std::optional<log_export::RangeLine> range;
  std::uint64_t range_line = 0;
  std::vector<log_export::Inclusion> inclusions;
  std::uint64_t head_line = 0;
  const std::optional<log_export::Head>& head() const { return head_; }

 private:
  bool is_case() const { return !header_.case_id.is_nil(); }

  void take(std::string_view text);
  void take_behind(log_export::LineKind kind, std::string_view text);
  void take_leaves(std::string_view text);
  void take_inclusion(std::string_view text);
  void take_range(std::string_view text);
  void take_head(std::string_view text);
  void note_bad(std::uint64_t line, LogDamage damage);

  const log_export::Header& header_;
  EntryOrder order_;
  std::uint64_t line_ = 1;
  bool last_whole_ = true;
  bool behind_entries_ = false;
  std::uint64_t first_behind_ = 0;
  std::optional<log_export::Head> head_;
  std::optional<BadLine> bad_behind_;
};

}  // namespace crypto
