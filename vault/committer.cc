#include "vault/committer.h"

#include <algorithm>
#include <new>

#include "vault/erase_slots.h"
#include "vault/group_committer.h"

namespace vault {
namespace {

constexpr Time kMinute = 60 * 1000;
constexpr Time kStepBack = 2 * kMinute;
constexpr Time kStepForward = 7 * 24 * 60 * kMinute;

}  // namespace

Result<std::unique_ptr<Committer>> Committer::start(MetaStore& meta, EraseKeys& erase_keys,
                                                    crypto::SigningKey log_key, Options options) {
  const crypto::NoteVerifier verifier{options.origin, log_key.verify_key()};
  LogEnd end;
  std::vector<std::uint64_t> pending;
  std::uint64_t slots = 0;
  const auto read = meta.read([&](const ReadTxn& txn) -> Result<void> {
    auto found = read_log_end(txn, verifier);
    if (!found) return tl::unexpected(found.error());
    end = std::move(*found);
    auto marked = read_pending(txn, end.tree.size());
    if (!marked) return tl::unexpected(marked.error());
    pending = std::move(*marked);
    const auto count = stored_slot_count(txn);
    if (!count) return tl::unexpected(count.error());
    slots = *count;
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  if (!pending.empty()) {
    const auto gone = erase_keys.destroy(pending);
    // A mark behind the file's end is no mark of ours.
    if (!gone) {
      return tl::unexpected(gone.error() == Errc::not_found ? Errc::corrupt : gone.error());
    }
  }
  return std::make_unique<GroupCommitter>(meta, erase_keys, std::move(log_key), std::move(options),
                                          std::move(end), std::move(pending), slots);
}

GroupCommitter::GroupCommitter(MetaStore& meta, EraseKeys& erase_keys, crypto::SigningKey log_key,
                               Options options, LogEnd end, std::vector<std::uint64_t> destroyed,
                               std::uint64_t slots)
    : meta_(meta),
      erase_keys_(erase_keys),
      log_key_(std::move(log_key)),
      options_(std::move(options)),
      end_(std::move(end)),
      destroyed_(std::move(destroyed)),
      slots_(slots) {
  if (end_.tree.size() > 0) last_reading_ = end_.last_time;
  thread_ = std::thread([this] { serve(); });
}

GroupCommitter::~GroupCommitter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

Result<Committed> GroupCommitter::commit(const Change& change, const EntryDraft& entry) {
  if (auto checked = check_draft(entry); !checked) return tl::unexpected(checked.error());
  Waiting waiting;
  waiting.job = {&change, &entry};

  std::unique_lock lock(mutex_);
  if (stopped_ || ending_) return tl::unexpected(Errc::stopped);
  queue_.push_back(&waiting);
  arrived_.notify_one();
  waiting.wake.wait(lock, [&] { return waiting.done; });
  lock.unlock();

  if (waiting.ending.thrown) std::rethrow_exception(waiting.ending.thrown);
  return std::move(waiting.ending.answer);
}

void GroupCommitter::serve() {
  for (auto group = gather(); !group.empty(); group = gather()) {
    const auto left = commit_batch(std::move(group));
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.begin(), left.begin(), left.end());
  }
}

std::vector<GroupCommitter::Waiting*> GroupCommitter::gather() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return ending_ || !queue_.empty(); });
  const auto size = static_cast<std::ptrdiff_t>(
      std::min(queue_.size(), std::max<std::size_t>(options_.max_batch, 1)));
  std::vector<Waiting*> group(queue_.begin(), queue_.begin() + size);
  queue_.erase(queue_.begin(), queue_.begin() + size);
  return group;
}

std::vector<GroupCommitter::Waiting*> GroupCommitter::commit_batch(std::vector<Waiting*> group) {
  while (!group.empty()) {
    std::vector<Job> jobs;
    jobs.reserve(group.size());
    for (const Waiting* waiting : group) jobs.push_back(waiting->job);
    const Time now = options_.clock();
    // Whoever waits here has taken the slots that its records name.
    const std::uint64_t taken = erase_keys_.taken();
    const auto slots = taken > slots_ ? std::optional(taken) : std::nullopt;
    Batch batch(jobs, {clock_step(now), refusals_, slots}, destroyed_);
    bool untouched = false;
    const auto written = stopped_ ? tl::unexpected(Errc::stopped) : attempt(batch, now, untouched);

    if (!written && batch.culprit()) {
      const auto culprit = group.begin() + static_cast<std::ptrdiff_t>(*batch.culprit());
      (*culprit)->ending = std::move(batch.endings()[*batch.culprit()]);
      answer({&*culprit, 1});
      group.erase(culprit);
      continue;
    }
    if (!written) {
      failed(written.error(), untouched, group);
      return {};
    }
    committed(batch, std::span(group).first(batch.ran()), now);
    group.erase(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(batch.ran()));
    return group;
  }
  return {};
}

Result<void> GroupCommitter::attempt(Batch& batch, Time now, bool& untouched) {
  return meta_.write([&](WriteTxn& txn) -> Result<void> {
    try {
      return batch.run(txn, end_, now, options_.origin, log_key_);
    } catch (const std::bad_alloc&) {
      // Nobody above this thread could catch it. The transaction is given up: those who wait are
      // told, and who comes later may find memory again.
      untouched = true;
      return tl::unexpected(Errc::io_failure);
    }
  });
}

void GroupCommitter::committed(Batch& batch, std::span<Waiting* const> group, Time now) {
  Result<void> destroyed;
  if (batch.appended()) {
    end_ = batch.end();
    slots_ = batch.slot_count().value_or(slots_);
    last_reading_ = now;
    refusals_ = 0;
    // After the commit, or a crash between would leave a record that nothing opens; before the
    // answers, which say that it is gone.
    if (!batch.slots().empty()) destroyed = erase_keys_.destroy(batch.slots());
    destroyed_ = batch.slots();
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    group[i]->ending = std::move(batch.endings()[i]);
    if (!destroyed && group[i]->ending.destroys) {
      group[i]->ending.answer = tl::unexpected(Errc::io_failure);
    }
  }
  // The marks stand, and the next start makes it good.
  if (!destroyed) stop();
  answer(group);
}

void GroupCommitter::failed(Errc error, bool untouched, std::span<Waiting* const> group) {
  if (error == Errc::no_space) {
    refusals_ += group.size();
  } else if (!untouched) {
    stop();
  }
  for (Waiting* waiting : group) waiting->ending.answer = tl::unexpected(error);
  answer(group);
}

void GroupCommitter::answer(std::span<Waiting* const> group) {
  // Under the lock: a woken caller's Waiting is gone as soon as it has the lock.
  const std::lock_guard lock(mutex_);
  for (Waiting* waiting : group) {
    waiting->done = true;
    waiting->wake.notify_one();
  }
}

void GroupCommitter::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

// The jump that an entry must tell of. Against the clock's last reading, not the last entry's
// time, so that one jump is one entry.
std::optional<Time> GroupCommitter::clock_step(Time now) const {
  if (!last_reading_) return std::nullopt;
  const Time step = now - *last_reading_;
  if (step < -kStepBack || step > kStepForward) return step;
  return std::nullopt;
}

}  // namespace vault
