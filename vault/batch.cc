#include "vault/batch.h"

#include <algorithm>

#include "vault/actions.h"
#include "vault/keys.h"
#include "vault/log_tables.h"

namespace vault {
namespace {

// A commit's bytes are bounded, so that large changes do not delay the small ones behind them.
constexpr std::size_t kMaxBatchBytes = std::size_t{4} << 20;

// What one change writes through: the transaction, with everything it writes noted.
class NotingTxn final : public ChangeTxn {
 public:
  NotingTxn(WriteTxn& txn, Time time, std::uint64_t index)
      : txn_(txn), time_(time), index_(index) {}

  Result<std::optional<Bytes>> get(ByteView key) const override { return txn_.get(key); }
  Result<void> scan(ByteView first, ByteView last, const ReadTxn::Visit& visit,
                    Direction direction) const override {
    return txn_.scan(first, last, visit, direction);
  }

  void put(ByteView key, ByteView value) override {
    wrote_ = true;
    if (!may_write(key, value.size())) return;
    note(txn_.put(key, value));
    changes_.put(key, value);
    bytes_ += key.size() + value.size();
  }
  void erase(ByteView key) override {
    wrote_ = true;
    if (!may_write(key, 0)) return;
    note(txn_.erase(key));
    changes_.erase(key);
    bytes_ += key.size();
  }
  void destroy(ByteView key, std::uint64_t slot) override {
    erase(key);
    if (failed()) return;
    note(txn_.put(Key(Kind::pending_destruction).u64(slot), number_value(index_)));
    slots_.push_back(slot);
  }
  Time time() const override { return time_; }
  std::uint64_t index() const override { return index_; }

  bool wrote() const { return wrote_; }
  bool failed() const { return own_failure_ || store_failure_; }
  // A write that could never have succeeded: the change's own doing.
  const std::optional<Errc>& own_failure() const { return own_failure_; }
  // A write that the store refused: it concerns the whole batch.
  const std::optional<Errc>& store_failure() const { return store_failure_; }
  const ChangeList& changes() const { return changes_; }
  const std::vector<std::uint64_t>& slots() const { return slots_; }
  std::size_t bytes() const { return bytes_; }

 private:
  bool may_write(ByteView key, std::size_t value_size) {
    if (failed()) return false;
    // The log's tables are the committer's alone: no change may rewrite them.
    if (key.empty() || key.front() < kFirstDomainKind) {
      own_failure_ = Errc::invalid;
    } else if (key.size() > kMaxKey || value_size > kMaxValue) {
      own_failure_ = Errc::too_large;
    }
    return !failed();
  }
  void note(const Result<void>& written) {
    if (written || failed()) return;
    (written.error() == Errc::too_large ? own_failure_ : store_failure_) = written.error();
  }

  WriteTxn& txn_;
  Time time_;
  std::uint64_t index_;
  bool wrote_ = false;
  std::optional<Errc> own_failure_;
  std::optional<Errc> store_failure_;
  ChangeList changes_;
  std::vector<std::uint64_t> slots_;
  std::size_t bytes_ = 0;
};

EntryDraft service_entry(std::string_view action, std::string detail) {
  EntryDraft entry;
  entry.action = action;
  entry.detail = std::move(detail);
  return entry;
}

}  // namespace

Result<void> Batch::run(WriteTxn& txn, const LogEnd& end, Time now, const std::string& origin,
                        const crypto::SigningKey& log_key) {
  reset(end, now);
  if (auto before = append_asides_before(txn); !before) return before;
  for (const Job& job : jobs_) {
    if (!endings_.empty() && bytes_ > kMaxBatchBytes) break;
    if (auto ran = run_job(txn, job); !ran) return ran;
  }
  // Only refusals: there is nothing to commit.
  if (!appended()) return {};
  if (auto after = append_asides_after(txn); !after) return after;
  return finish(txn, origin, log_key);
}

void Batch::reset(const LogEnd& end, Time now) {
  begin_ = end.tree.size();
  end_ = end;
  time_ = std::max(now, end.last_time);
  bytes_ = 0;
  endings_.clear();
  culprit_.reset();
  slots_.clear();
}

Result<void> Batch::append_asides_before(WriteTxn& txn) {
  if (!asides_.clock_step) return {};
  const auto entry =
      service_entry(action::kServiceClock, "step_ms=" + std::to_string(*asides_.clock_step));
  const auto appended = append_entry(txn, end_, entry, time_, {});
  if (!appended) return tl::unexpected(appended.error());
  return {};
}

Result<void> Batch::append_asides_after(WriteTxn& txn) {
  if (asides_.refusals == 0) return {};
  const auto entry =
      service_entry(action::kServiceRefusals, "no_space=" + std::to_string(asides_.refusals));
  const auto appended = append_entry(txn, end_, entry, time_, {});
  if (!appended) return tl::unexpected(appended.error());
  return {};
}

Result<void> Batch::run_job(WriteTxn& txn, const Job& job) {
  Ending& ending = endings_.emplace_back();
  NotingTxn change(txn, time_, end_.tree.size());
  Result<void> ran;
  try {
    ran = (*job.change)(change);
  } catch (...) {
    // It ends where it belongs, in the caller's thread; this one serves all callers.
    ending.thrown = std::current_exception();
    ran = tl::unexpected(Errc::io_failure);
  }
  if (change.store_failure()) return tl::unexpected(*change.store_failure());
  if (change.own_failure()) ran = tl::unexpected(*change.own_failure());
  if (!ran) {
    ending.answer = tl::unexpected(ran.error());
    if (!change.wrote()) return {};
    culprit_ = endings_.size() - 1;
    return ran;
  }

  auto appended = append_entry(txn, end_, *job.entry, time_, change.changes());
  if (!appended) {
    // A chain that is damaged is one case's: the entries of others go on.
    if (appended.error() == Errc::corrupt) {
      ending.answer = tl::unexpected(Errc::corrupt);
      culprit_ = endings_.size() - 1;
    }
    return tl::unexpected(appended.error());
  }
  bytes_ += change.bytes() + appended->line.size();
  ending.destroys = !change.slots().empty();
  slots_.insert(slots_.end(), change.slots().begin(), change.slots().end());
  ending.answer =
      Committed{appended->index, appended->time, std::move(appended->line), appended->leaf};
  return {};
}

Result<void> Batch::finish(WriteTxn& txn, const std::string& origin,
                           const crypto::SigningKey& log_key) {
  for (const std::uint64_t slot : destroyed_) {
    if (auto gone = txn.erase(Key(Kind::pending_destruction).u64(slot)); !gone) return gone;
  }
  if (asides_.slots) {
    const auto counted = txn.put(Key(Kind::slot_count), number_value(*asides_.slots));
    if (!counted) return counted;
  }
  return write_head(txn, end_, origin, log_key);
}

}  // namespace vault
