#include "api/visits.h"

#include <algorithm>

#include "vault/actions.h"

namespace api {
namespace {

// More separate ranges than this are told as the one that holds them all: an entry has a limit, and
// saying too much was read is the safe side.
constexpr std::size_t kMaxRanges = 16;

}  // namespace

// A body of a visit, from its entry to its end.
class Visits::Body final : public BodySource {
 public:
  Body(Visits& visits, VisitKey key, Held visit, SessionUse use, std::unique_ptr<BodySource> body,
       std::uint64_t begin)
      : visits_(visits),
        key_(std::move(key)),
        visit_(std::move(visit)),
        use_(std::move(use)),
        body_(std::move(body)),
        begin_(begin) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() override { visits_.leave(key_, visit_, use_); }

  std::uint64_t length() const override { return body_->length(); }
  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override {
    // Who logged out, or was logged out, gets nothing more, and the log can tell how much it was.
    if (use_->ended()) return tl::unexpected(BodyErrc::failed);
    return body_->read(out);
  }
  void finished(std::uint64_t sent, bool complete) override {
    body_->finished(sent, complete);
    if (sent > 0 || complete) add(*visit_, {begin_, begin_ + sent}, complete);
  }

 private:
  Visits& visits_;
  VisitKey key_;
  Held visit_;
  SessionUse use_;
  std::unique_ptr<BodySource> body_;
  std::uint64_t begin_;
};

vault::Result<std::unique_ptr<BodySource>> Visits::read(Session& session, const vault::Actor& actor,
                                                        const vault::DocumentView& view,
                                                        std::unique_ptr<BodySource> body,
                                                        std::uint64_t begin) {
  const VisitKey key{session.id(), view.record.document, view.record.version};
  Held visit = take_part(key);
  auto part = std::make_unique<Body>(*this, key, visit, session.stay(), std::move(body), begin);
  if (const auto begun = this->begin(*visit, actor, view); !begun) {
    return tl::unexpected(begun.error());
  }
  return part;
}

Visits::Held Visits::take_part(const VisitKey& key) {
  const vault::Time now = steady_();
  Held visit;
  Held over;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = visits_[key];
    if (slot && slot->bodies == 0 && now - slot->last > kGap) over = std::exchange(slot, nullptr);
    if (!slot) slot = std::make_shared<Visit>();
    visit = slot;
    visit->last = now;
    ++visit->bodies;
  }
  if (over) finish(*over);
  return visit;
}

void Visits::leave(const VisitKey& key, const Held& visit, const SessionUse& use) {
  const vault::Time now = steady_();
  use.touch(now);
  {
    const std::lock_guard lock(mutex_);
    visit->last = now;
    // The session is asked under the lock under which end_session() looks for bodies: one of the
    // two sees the other.
    if (--visit->bodies > 0 || !use->ended()) return;
    if (const auto at = visits_.find(key); at != visits_.end() && at->second == visit) {
      visits_.erase(at);
    }
  }
  finish(*visit);
}

vault::Result<void> Visits::begin(Visit& visit, const vault::Actor& actor,
                                  const vault::DocumentView& view) {
  // Of two first reads at once one makes the entry and the other waits for it; other visits go on.
  const std::lock_guard lock(visit.mutex);
  if (visit.open) return {};
  visit.entry =
      actor.draft(view.place == vault::Place::custodian ? vault::action::kDocumentOpenUnassigned
                                                        : vault::action::kDocumentOpen);
  visit.entry.case_id = view.record.case_id;
  visit.entry.document = view.record.document;
  visit.entry.version = view.record.version;
  const auto committed = committer_.commit(visit.entry);
  if (!committed) return tl::unexpected(committed.error());
  visit.open = true;
  return {};
}

void Visits::add(Visit& visit, Range sent, bool complete) {
  const std::lock_guard lock(visit.mutex);
  visit.complete = visit.complete || complete;
  auto& ranges = visit.ranges;
  ranges.push_back(sent);
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
  std::vector<Held> ended;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = visits_.begin(); at != visits_.end();) {
      if (at->second->bodies == 0 && which(at->first, *at->second)) {
        ended.push_back(std::move(at->second));
        at = visits_.erase(at);
      } else {
        ++at;
      }
    }
  }
  for (const Held& visit : ended) finish(*visit);
}

void Visits::end_session(const Session& session) {
  end_where([&](const VisitKey& key, const Visit&) { return std::get<0>(key) == session.id(); });
}

void Visits::end_idle() {
  const vault::Time now = steady_();
  end_where([&](const VisitKey&, const Visit& visit) { return now - visit.last > kGap; });
}

void Visits::end_all() {
  end_where([](const VisitKey&, const Visit&) { return true; });
}

}  // namespace api
