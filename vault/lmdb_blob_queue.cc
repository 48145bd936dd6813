#include "vault/lmdb_blob_queue.h"

#include <fcntl.h>
#include <lmdb.h>

#include <algorithm>

#include "vault/extent.h"
#include "vault/lmdb_blob_rows.h"

namespace vault {
namespace {

// A commit's bytes are bounded, so that a small blob waits for one commit and not for an upload.
constexpr std::size_t kBatchBytes = 4 * kExtentValue;
// An erasure reads a page of each extent and writes its free list.
constexpr std::size_t kEraseSlice = 32;

// Blocks that the file owns already are written two to three times as fast as new ones.
constexpr std::uint64_t kLeastAhead = std::uint64_t{16} << 20;
constexpr std::uint64_t kAhead = std::uint64_t{64} << 20;
// On a disk that has less than this left, what is taken ahead is missing elsewhere.
constexpr std::uint64_t kLeastRoom = std::uint64_t{1} << 30;

bool is_dropped(const BlobJob& job) { return job.upload != nullptr && job.upload->failed; }

Result<void> write_blob(BlobRows& rows, const BlobJob& job) {
  if (job.first) {
    if (auto marked = rows.mark(job.id); !marked) return marked;
  }
  if (!job.value.empty()) {
    if (auto put = rows.put_extent(job.id, job.n, job.value); !put) return put;
  }
  return job.kind == BlobJob::Kind::finish ? rows.put_index(job.id, job.size) : Result<void>{};
}

// The index goes first and the mark last: killed between two slices, what is left of the blob is
// invisible and still listed as unsettled, so that it is erased after the next start.
//
// The mark goes in a commit of its own. LMDB uses pages again from the second commit after the one
// that freed them: on a full map, the commit between could otherwise never be made.
Result<void> erase_slice(BlobRows& rows, BlobJob& job) {
  job.more = false;
  const auto size = rows.size(job.id);
  const auto marked = rows.is_marked(job.id);
  if (!marked) return tl::unexpected(marked.error());
  if (size && !*size && !*marked) return {};  // nothing there, nothing to flush

  if (!*marked) {
    if (auto done = rows.mark(job.id); !done) return done;
  }
  if (auto done = rows.erase_index(job.id); !done) return done;
  const auto erased = rows.erase_extents(job.id, kEraseSlice);
  if (!erased) return tl::unexpected(erased.error());
  job.more = *erased > 0;
  return job.more ? Result<void>{} : rows.unmark(job.id);
}

}  // namespace

BlobQueue::BlobQueue(const LmdbEnv& env) : env_(env), thread_([this] { run(); }) {}

BlobQueue::~BlobQueue() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  waiting_changed_.notify_one();
  thread_.join();
}

void BlobQueue::submit(BlobJob& job) {
  {
    const std::lock_guard lock(mutex_);
    job.done = false;
    // From here on the blob is as good as gone; its mark must not be taken away under the slices.
    if (job.kind == BlobJob::Kind::erase) settling_.erase(job.id);
    waiting_.push_back(&job);
  }
  waiting_changed_.notify_one();
}

Result<void> BlobQueue::wait(BlobJob& job) {
  std::unique_lock lock(mutex_);
  done_changed_.wait(lock, [&] { return job.done; });
  return job.result;
}

void BlobQueue::settle(const Id& id) {
  const std::lock_guard lock(mutex_);
  settling_.insert(id);
}

std::set<Id> BlobQueue::settling() const {
  const std::lock_guard lock(mutex_);
  return settling_;
}

void BlobQueue::run() {
  own_space_ahead();
  std::unique_lock lock(mutex_);
  for (;;) {
    waiting_changed_.wait(lock, [&] { return stop_ || !waiting_.empty(); });
    if (waiting_.empty() && settling_.empty()) return;
    const auto batch = gather();
    const auto settling = settling_;

    lock.unlock();
    const bool settled = perform(batch, settling);
    own_space_ahead();
    lock.lock();

    for (BlobJob* job : batch) {
      if (job->result && job->more) {
        waiting_.push_back(job);
      } else {
        job->done = true;
      }
    }
    // At the end, marks that would not go stay on disk: a look for their owner after the next
    // start.
    if (settled || batch.empty()) {
      for (const Id& id : settling) settling_.erase(id);
    }
    done_changed_.notify_all();
  }
}

std::vector<BlobJob*> BlobQueue::gather() {
  std::vector<BlobJob*> batch;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    bytes += waiting_.front()->value.size();
    if (bytes > kBatchBytes && !batch.empty()) break;
    batch.push_back(waiting_.front());
    waiting_.pop_front();
  }
  return batch;
}

// Whether the marks are gone. When the batch fails as a whole, each job is tried by itself, so that
// one without room does not fail its neighbours.
bool BlobQueue::perform(std::span<BlobJob* const> batch, const std::set<Id>& settling) {
  const auto together = attempt(batch, settling);
  for (BlobJob* const& job : batch) {
    const bool alone = batch.size() == 1 && settling.empty();
    job->result = together || alone ? together : attempt({&job, 1}, {});
    if (is_dropped(*job)) job->result = tl::unexpected(Errc::io_failure);
    if (!job->result && job->upload != nullptr) job->upload->failed = true;
  }
  return together.has_value();
}

Result<void> BlobQueue::attempt(std::span<BlobJob* const> jobs, const std::set<Id>& settling) {
  // Default flags for mere extents too. LMDB 0.9.24 ignores MDB_NOMETASYNC on a transaction, and
  // the second flush does not show: these commits run at the rate of a plain file.
  auto txn = LmdbTxn::begin(env_, 0);
  if (!txn) return tl::unexpected(txn.error());
  BlobRows rows(txn->get(), env_.dbi());
  for (const Id& id : settling) {
    if (auto done = rows.unmark(id); !done) return done;
  }
  for (BlobJob* job : jobs) {
    if (is_dropped(*job)) continue;
    const auto done =
        job->kind == BlobJob::Kind::erase ? erase_slice(rows, *job) : write_blob(rows, *job);
    if (!done) return done;
  }
  auto done = std::move(*txn).commit();
  if (!done && done.error() == Errc::io_failure) stopped_ = true;
  return done;
}

// Gives the file blocks behind its end before they are needed. Its length stays (KEEP_SIZE), so
// that copies of it are no longer than its contents. A disk that has little room or a file system
// that cannot do it is no failure here: the commit that needs the room will tell.
void BlobQueue::own_space_ahead() {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_filehandle_t file{};
  if (mdb_env_info(env_.get(), &info) != 0 || mdb_env_stat(env_.get(), &stat) != 0 ||
      mdb_env_get_fd(env_.get(), &file) != 0)
    return;
  const std::uint64_t used = (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
  const std::uint64_t end = std::min<std::uint64_t>(used + kAhead, info.me_mapsize);
  if (owned_ >= std::min<std::uint64_t>(used + kLeastAhead, end)) return;
  const std::uint64_t from = std::max(owned_, used);
  if (room_on_disk(env_.get()).value_or(0) < kLeastRoom) return;
  // Asked once for each stretch, also when it fails: not before every commit on a full disk.
  owned_ = end;
  (void)::fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                    static_cast<off_t>(end - from));
}

}  // namespace vault
