#include "crypto/log_gathered.h"

#include <utility>

#include "crypto/merkle.h"
#include "crypto/timestamp.h"

namespace crypto {

using log_export::LineKind;

void EntryOrder::add(std::uint64_t line, std::string_view text, const Digest& leaf) {
  const auto entry = LogEntry::parse(text);
  const bool follows = entry && is_next(*entry) && in_chain(*entry, leaf);
  if (!follows && !broken_) broken_ = line;
  if (!entry) return;
  if (count_++ == 0) {
    first_time_ = entry->time;
    first_case_ = entry->case_id;
  }
  last_time_ = entry->time;
  last_index_ = entry->index;
}

std::string EntryOrder::first_time() const {
  return count_ > 0 ? time_text(first_time_) : std::string();
}

std::string EntryOrder::last_time() const {
  return count_ > 0 ? time_text(last_time_) : std::string();
}

bool EntryOrder::is_next(const LogEntry& entry) const {
  if (count_ > 0 && entry.time < last_time_) return false;
  if (!header_.case_id.is_nil()) {
    return entry.case_id == header_.case_id && entry.case_seq == header_.from + count_ &&
           (count_ == 0 || entry.index > last_index_);
  }
  return entry.index == header_.from + count_;
}

bool EntryOrder::in_chain(const LogEntry& entry, const Digest& leaf) {
  if (entry.case_id.is_nil()) return true;
  const auto [place, is_new] = chains_.try_emplace(entry.case_id, Chain{entry.case_seq, leaf});
  if (is_new) return true;
  const Chain last = std::exchange(place->second, Chain{entry.case_seq, leaf});
  return entry.case_seq == last.seq + 1 && entry.case_prev == last.leaf;
}

Gathered::Gathered(LineReader& lines, const log_export::Header& header)
    : header_(header), order_(header) {
  while (const auto line = lines.next()) {
    ++line_;
    last_whole_ = line->whole;
    take(line->text);
  }
  // A line that no export can have: the rest is not looked at.
  if (lines.too_long()) note_bad(++line_, LogDamage::edited);
}

void Gathered::take(std::string_view text) {
  const LineKind kind = log_export::kind_of(text);
  if (head_) return note_bad(line_, LogDamage::inserted);
  if (!behind_entries_ && (kind == LineKind::entry || (kind == LineKind::unknown &&
                                                       found.size() < header_.to - header_.from))) {
    found.push_back(merkle::leaf_hash(as_bytes(text)));
    order_.add(line_, text, found.back());
    return;
  }
  if (!std::exchange(behind_entries_, true)) first_behind_ = line_;
  take_behind(kind, text);
}

void Gathered::take_behind(LineKind kind, std::string_view text) {
  switch (kind) {
    case LineKind::entry:
      return note_bad(first_behind_, LogDamage::swapped);
    case LineKind::unknown:
      return note_bad(line_, LogDamage::edited);
    case LineKind::leaves:
      return take_leaves(text);
    case LineKind::inclusion:
      return take_inclusion(text);
    case LineKind::range:
      return take_range(text);
    case LineKind::head:
      return take_head(text);
  }
}

void Gathered::take_leaves(std::string_view text) {
  auto leaves = log_export::Leaves::parse(text);
  if (is_case() || range) return note_bad(line_, LogDamage::inserted);
  if (!leaves) return note_bad(line_, LogDamage::edited);
  // Against each other, not against the header, which may be what was edited.
  if (list_lines.empty()) list_from = leaves->first;
  const std::uint64_t next = list_from + expected.size();
  if (leaves->first != next) {
    note_bad(line_, leaves->first > next ? LogDamage::deleted : LogDamage::inserted);
  }
  list_lines.push_back({line_, expected.size(), leaves->first});
  expected.insert(expected.end(), leaves->hashes.begin(), leaves->hashes.end());
}

void Gathered::take_inclusion(std::string_view text) {
  auto inclusion = log_export::Inclusion::parse(text);
  if (!is_case()) return note_bad(line_, LogDamage::inserted);
  if (!inclusion) return note_bad(line_, LogDamage::edited);
  if (!inclusions.empty() && inclusion->index <= inclusions.back().index) list_in_order = false;
  list_lines.push_back({line_, expected.size(), inclusion->index});
  expected.push_back(inclusion->leaf);
  inclusions.push_back(std::move(*inclusion));
}

void Gathered::take_range(std::string_view text) {
  auto parsed = log_export::RangeLine::parse(text);
  if (is_case() || range) return note_bad(line_, LogDamage::inserted);
  if (!parsed) return note_bad(line_, LogDamage::edited);
  range = std::move(*parsed);
  range_line = line_;
}

void Gathered::take_head(std::string_view text) {
  auto parsed = log_export::Head::parse(text);
  if (!parsed) return note_bad(line_, LogDamage::edited);
  const bool none = found.empty() && header_.to > header_.from;
  const bool proven = is_case() ? !none && inclusions.size() >= found.size() : range.has_value();
  if (!proven) note_bad(line_, LogDamage::deleted);
  head_ = std::move(*parsed);
  head_line = line_;
}

void Gathered::note_bad(std::uint64_t line, LogDamage damage) {
  // An entry far behind says that a line before it is wrong, which may be before what was noted.
  if (!bad_behind_ || line < bad_behind_->line) bad_behind_ = BadLine{line, damage, std::nullopt};
}

}  // namespace crypto
