#include "crypto/log_verify.h"

#include <algorithm>
#include <vector>

#include "crypto/line_reader.h"
#include "crypto/log_diagnosis.h"
#include "crypto/log_export.h"
#include "crypto/log_gathered.h"
#include "crypto/merkle.h"

namespace crypto {
namespace {

// A head with its cosignatures, and some room: no line of an export is longer.
constexpr std::size_t kMaxLine = std::size_t{256} << 10;
constexpr std::uint64_t kFirstEntryLine = 2;

// Judges what was gathered. The signed head is the only thing that is trusted; the first of the
// lists that it vouches for judges the others.
class Judge {
 public:
  Judge(const log_export::Header& header, const Gathered& file, const NoteVerifier& log)
      : header_(header), file_(file), log_(log) {}

  std::optional<BadLine> first_bad(Checkpoint& head) const {
    if (file_.is_cut()) return cut();
    const auto opened = Checkpoint::open(file_.head()->note, log_);
    if (!opened) {
      if (const auto bad = first_visible()) return bad;
      return BadLine{file_.head_line, LogDamage::untrusted, std::nullopt};
    }
    head = *opened;
    // The lines may be sound, and what stands behind them damaged.
    const bool list_is_short = file_.found.size() == count() && file_.expected.size() != count();
    const bool list_is_mixed = !file_.list_in_order && !file_.order().broken();
    if (is_case() && (list_is_short || list_is_mixed)) {
      return earliest(broken_entry(), behind_entries(*opened));
    }
    if (holds(file_.expected, *opened)) {
      // What is proven of a case says nothing of what is not.
      const bool all_proven = !is_case() || file_.expected.size() == count();
      if (!all_proven && file_.bad_behind()) return file_.bad_behind();
      if (const auto bad = parting()) return bad;
      if (const auto bad = earliest(misplaced_list(), file_.bad_behind())) return bad;
      return beside_entries(*opened);
    }
    if (holds(file_.found, *opened)) return behind_entries(*opened);
    if (const auto bad = first_visible()) return bad;
    // Lines and list agree with each other and not with the head: the proof is damaged, or both
    // were made anew.
    return BadLine{line_of_proof(*opened), LogDamage::edited, std::nullopt};
  }

 private:
  bool is_case() const { return !header_.case_id.is_nil(); }
  std::uint64_t count() const { return header_.to - header_.from; }

  bool holds(const std::vector<Digest>& leaves, const Checkpoint& head) const {
    if (is_case()) return inclusions_hold(leaves, head);
    if (!file_.range || file_.range->size != head.size) return false;
    const auto& range = *file_.range;
    if (leaves.size() != range.to - range.from) return false;
    auto root = merkle::RangeRoot::begin(range.from, range.proof.left);
    if (!root) return false;
    for (const Digest& leaf : leaves) root->append(leaf);
    const auto computed = std::move(*root).finish(range.size, range.proof.right);
    return computed && *computed == head.root;
  }
  bool inclusions_hold(const std::vector<Digest>& leaves, const Checkpoint& head) const {
    if (leaves.size() != file_.inclusions.size()) return false;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto& inclusion = file_.inclusions[i];
      if (!merkle::verify_inclusion(inclusion.index, head.size, leaves[i], inclusion.path,
                                    head.root)) {
        return false;
      }
    }
    return true;
  }

  std::optional<BadLine> entry_line(std::size_t at, LogDamage damage) const {
    const std::optional<std::uint64_t> entry =
        is_case() ? std::nullopt : std::optional(header_.from + at);
    return BadLine{kFirstEntryLine + at, damage, entry};
  }
  // The first line of an entry that is not as listed.
  std::optional<BadLine> parting() const {
    const auto parted = find_parting(file_.found, file_.expected);
    if (!parted) return std::nullopt;
    return entry_line(parted->at, parted->damage);
  }
  // Without a list that holds: what can be seen all the same. A list that is damaged itself says
  // nothing of how many lines there should be.
  std::optional<BadLine> first_visible() const {
    if (!file_.bad_behind() && list_is_whole()) return parting();
    return earliest(unlisted(), file_.bad_behind());
  }
  // Whether the list goes over all that the header names; where a line of it is gone with its
  // place, the rest of it lists later entries.
  bool list_is_whole() const {
    if (is_case()) return true;
    return file_.expected.size() == count() && file_.list_from == header_.from;
  }
  // The entries hold; which line behind them does not?
  std::optional<BadLine> behind_entries(const Checkpoint& head) const {
    std::uint64_t line = line_of_proof(head);
    const auto parted = find_parting(file_.expected, file_.found);
    if (!parted)
      return earliest(file_.bad_behind(), BadLine{line, LogDamage::edited, std::nullopt});
    for (const auto& listed : file_.list_lines) {
      if (listed.before <= parted->at && parted->at < file_.expected.size()) line = listed.line;
    }
    return earliest(file_.bad_behind(), BadLine{line, parted->damage, std::nullopt});
  }
  // The list says of itself that it begins elsewhere than where its hashes hold. The lines behind
  // its first seem wrong then, and are not.
  std::optional<BadLine> misplaced_list() const {
    if (is_case() || file_.list_lines.empty() || file_.list_from == file_.range->from) {
      return std::nullopt;
    }
    return BadLine{file_.list_lines.front().line, LogDamage::edited, std::nullopt};
  }
  // All hashes hold; header and the order of the entries remain.
  std::optional<BadLine> beside_entries(const Checkpoint& head) const {
    const bool same_range =
        is_case() || (file_.range->from == header_.from && file_.range->to == header_.to);
    const bool all_there = file_.found.size() == count();
    const bool other_case =
        is_case() && !file_.found.empty() && file_.order().first_case() != header_.case_id;
    // Every entry has its proof and there is none without: it is the header that says otherwise.
    if (header_.origin != head.origin || !same_range || other_case || !all_there) {
      return BadLine{1, LogDamage::edited, std::nullopt};
    }
    if (const auto& broken = file_.order().broken()) {
      return BadLine{*broken, is_case() ? LogDamage::deleted : LogDamage::contradictory,
                     std::nullopt};
    }
    return std::nullopt;
  }
  std::optional<BadLine> cut() const {
    const auto first = earliest(earliest(file_.bad_behind(), unlisted()), broken_entry());
    const BadLine end{file_.last_line(), LogDamage::cut, std::nullopt};
    // A last line without an end is bad because of that.
    if (first && first->line == end.line && !file_.last_whole()) return end;
    return earliest(first, end);
  }
  // The first line of an entry that does not follow from those before it.
  std::optional<BadLine> broken_entry() const {
    const auto& broken = file_.order().broken();
    if (!broken) return std::nullopt;
    return BadLine{*broken, LogDamage::edited, std::nullopt};
  }
  // The first line of an entry that is not as listed, as far as the list goes.
  std::optional<BadLine> unlisted() const {
    std::optional<BadLine> first;
    if (is_case()) return first;
    for (std::size_t i = 0; i < file_.list_lines.size(); ++i) {
      const auto& listed = file_.list_lines[i];
      const bool last = i + 1 == file_.list_lines.size();
      const std::size_t end = last ? file_.expected.size() : file_.list_lines[i + 1].before;
      for (std::size_t at = listed.before; at < end; ++at) {
        const std::uint64_t place = listed.first + (at - listed.before) - header_.from;
        if (place >= file_.found.size() || file_.found[place] == file_.expected[at]) continue;
        first = earliest(first, entry_line(place, LogDamage::edited));
      }
    }
    return first;
  }
  std::uint64_t line_of_proof(const Checkpoint& head) const {
    if (file_.range) return file_.range_line;
    for (std::size_t i = 0; i < file_.inclusions.size(); ++i) {
      const auto& inclusion = file_.inclusions[i];
      if (!merkle::verify_inclusion(inclusion.index, head.size, inclusion.leaf, inclusion.path,
                                    head.root)) {
        return file_.list_lines[i].line;
      }
    }
    return file_.head_line;
  }
  static std::optional<BadLine> earliest(const std::optional<BadLine>& a,
                                         const std::optional<BadLine>& b) {
    if (!a || (b && b->line < a->line)) return b;
    return a;
  }

  const log_export::Header& header_;
  const Gathered& file_;
  const NoteVerifier& log_;
};

// The root at the remembered size follows from the left side and the entries up to there.
// REQUIRES: the export is sound.
HeadMatch match(const Gathered& file, const Checkpoint& head, const Checkpoint& remembered) {
  if (remembered.origin != head.origin) return HeadMatch::rewritten;
  if (remembered.size > head.size) return HeadMatch::cut;
  const auto judged = [&](const Digest& root) {
    return root == remembered.root ? HeadMatch::continued : HeadMatch::rewritten;
  };
  if (remembered.size == head.size) return judged(head.root);
  if (!file.range || remembered.size < file.range->from || remembered.size > file.range->to) {
    return HeadMatch::not_shown;
  }
  auto root = merkle::RangeRoot::begin(file.range->from, file.range->proof.left);
  if (!root) return HeadMatch::not_shown;
  for (std::uint64_t i = file.range->from; i < remembered.size; ++i) {
    root->append(file.found[i - file.range->from]);
  }
  const auto computed = std::move(*root).finish(remembered.size, {});
  return computed ? judged(*computed) : HeadMatch::not_shown;
}

}  // namespace

const char* to_text(LogDamage damage) {
  switch (damage) {
    case LogDamage::no_export:
      return "no_export";
    case LogDamage::edited:
      return "edited";
    case LogDamage::deleted:
      return "deleted";
    case LogDamage::inserted:
      return "inserted";
    case LogDamage::swapped:
      return "swapped";
    case LogDamage::cut:
      return "cut";
    case LogDamage::untrusted:
      return "untrusted";
    case LogDamage::contradictory:
      return "contradictory";
  }
  return "";
}

Result<LogExportReport> verify_log_export(std::istream& input, const NoteVerifier& log,
                                          const std::optional<Checkpoint>& remembered) {
  LogExportReport report;
  LineReader lines(input, kMaxLine);
  const auto first = lines.next();
  if (lines.failed()) return tl::unexpected(Errc::read_failed);
  const auto header = first ? log_export::Header::parse(first->text)
                            : Result<log_export::Header>(tl::unexpected(Errc::malformed));
  if (!header || !first->whole) {
    report.bad = BadLine{1, LogDamage::no_export, std::nullopt};
    return report;
  }
  report.origin = header->origin;
  report.case_id = header->case_id;
  report.from = header->from;
  report.to = header->to;

  const Gathered file(lines, *header);
  if (lines.failed()) return tl::unexpected(Errc::read_failed);
  report.entries = file.found.size();
  report.first_time = file.order().first_time();
  report.last_time = file.order().last_time();
  if (file.head()) report.checkpoint = file.head()->note;
  report.bad = Judge(*header, file, log).first_bad(report.head);
  if (!report.bad && remembered) report.remembered = match(file, report.head, *remembered);
  return report;
}

}  // namespace crypto
