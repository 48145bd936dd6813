// The one thread that writes the blob environment: it gathers what is waiting from all writers into
// bounded commits, so that receiving goes on while the disk works.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <span>
#include <thread>
#include <vector>

#include "crypto/id.h"
#include "vault/error.h"
#include "vault/lmdb_env.h"
#include "vault/meta_store.h"

namespace vault {

// What the jobs of one blob share: after one has failed, none of the later ones is done.
struct BlobUpload {
  std::atomic<bool> failed = false;
};

// Something to be written. The caller owns it and what `value` views, and leaves both alone from
// submit() until wait() has returned.
struct BlobJob {
  enum class Kind { extent, finish, erase };
  Kind kind = Kind::extent;
  Id id;
  BlobUpload* upload = nullptr;  // extent, finish
  bool first = false;            // extent, finish: nothing of this blob is on disk yet
  std::uint32_t n = 0;           // extent, finish: of the extent
  ByteView value;                // extent; finish: the last extent, or nothing
  std::uint64_t size = 0;        // finish: of the blob

  // The queue's own.
  bool done = true;
  bool more = false;  // erase: extents are left for a later commit
  Result<void> result;
};

class BlobQueue {
 public:
  // The environment outlives the queue.
  explicit BlobQueue(const LmdbEnv& env);
  // Does what is waiting, then ends. REQUIRES: nobody is in wait().
  ~BlobQueue();
  BlobQueue(const BlobQueue&) = delete;
  BlobQueue& operator=(const BlobQueue&) = delete;

  // Jobs are done in the order in which they came.
  void submit(BlobJob& job);
  // What became of the last submit() of `job`; on success it is on disk.
  Result<void> wait(BlobJob& job);

  // Takes the blob's mark away with some later commit.
  void settle(const Id& id);
  std::set<Id> settling() const;
  // The disk has failed a commit; LMDB may take no other one.
  bool stopped() const { return stopped_; }

 private:
  void run();
  std::vector<BlobJob*> gather();
  bool perform(std::span<BlobJob* const> batch, const std::set<Id>& settling);
  Result<void> attempt(std::span<BlobJob* const> jobs, const std::set<Id>& settling);
  void own_space_ahead();

  const LmdbEnv& env_;
  std::atomic<bool> stopped_ = false;
  std::uint64_t owned_ = 0;  // bytes of the file that have blocks on the disk; the thread's own

  mutable std::mutex mutex_;  // all below
  std::condition_variable waiting_changed_;
  std::condition_variable done_changed_;
  std::deque<BlobJob*> waiting_;
  std::set<Id> settling_;
  bool stop_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace vault
