#include "api/visits.h"

#include <algorithm>

#include "vault/actions.h"

namespace api {
namespace {

// More separate ranges than this are told as the one that holds them all: an entry has a limit, and
// saying too much was read is the safe side.
constexpr std::size_t kMaxRanges = 16;

}  // namespace

vault::Result<void> Visits::read(const std::string& session, const vault::Actor& actor,
                                 const vault::DocumentView& view) {
  const auto& record = view.record;
  const VisitKey key{session, record.document, record.version};
  const vault::Time now = clock_();
  std::shared_ptr<Visit> visit;
  std::shared_ptr<Visit> ended;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = visits_[key];
    if (slot && now - slot->last > kGap) ended = std::exchange(slot, nullptr);
    if (!slot) slot = std::make_shared<Visit>();
    visit = slot;
    visit->last = now;
  }
  if (ended) finish(*ended);

  // Of two first reads at once one makes the entry and the other waits for it; other visits go on.
  const std::lock_guard lock(visit->mutex);
  if (visit->open) return {};
  visit->entry =
      actor.draft(view.place == vault::Place::custodian ? vault::action::kDocumentOpenUnassigned
                                                        : vault::action::kDocumentOpen);
  visit->entry.case_id = record.case_id;
  visit->entry.document = record.document;
  visit->entry.version = record.version;
  const auto committed = committer_.commit(visit->entry);
  if (!committed) return tl::unexpected(committed.error());
  visit->open = true;
  return {};
}

void Visits::sent(const std::string& session, const Id& document, std::uint64_t version,
                  std::uint64_t begin, std::uint64_t end, bool complete) {
  std::shared_ptr<Visit> visit;
  {
    const std::lock_guard lock(mutex_);
    const auto at = visits_.find({session, document, version});
    if (at == visits_.end()) return;
    visit = at->second;
    visit->last = clock_();
  }
  const std::lock_guard lock(visit->mutex);
  visit->complete = visit->complete || complete;
  auto& ranges = visit->ranges;
  ranges.push_back({begin, end});
  std::sort(ranges.begin(), ranges.end(),
            [](const Range& a, const Range& b) { return a.begin < b.begin; });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  if (merged.size() > kMaxRanges) merged = {{merged.front().begin, merged.back().end}};
  ranges = std::move(merged);
}

void Visits::finish(Visit& visit) {
  const std::lock_guard lock(visit.mutex);
  if (!visit.open) return;
  vault::EntryDraft entry = visit.entry;
  entry.action = vault::action::kDocumentRead;
  entry.detail = "bytes=";
  for (const Range& range : visit.ranges) {
    if (&range != &visit.ranges.front()) entry.detail += ',';
    entry.detail += std::to_string(range.begin) + '-' + std::to_string(range.end);
  }
  entry.outcome = visit.complete ? "complete" : "partial";
  // Should this fail, the first entry stands alone and is read as "the whole": nothing is hidden.
  (void)committer_.commit(entry);
  visit.open = false;
}

template <typename Which>
void Visits::end_where(const Which& which) {
  std::vector<std::shared_ptr<Visit>> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = visits_.begin(); at != visits_.end();) {
      if (which(at->first, *at->second)) {
        ended.push_back(std::move(at->second));
        at = visits_.erase(at);
      } else {
        ++at;
      }
    }
  }
  for (const auto& visit : ended) finish(*visit);
}

void Visits::end_session(const std::string& session) {
  end_where([&](const VisitKey& key, const Visit&) { return std::get<0>(key) == session; });
}

void Visits::end_idle() {
  const vault::Time now = clock_();
  end_where([&](const VisitKey&, const Visit& visit) { return now - visit.last > kGap; });
}

void Visits::end_all() {
  end_where([](const VisitKey&, const Visit&) { return true; });
}

}  // namespace api
