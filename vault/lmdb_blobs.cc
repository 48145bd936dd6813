#include "vault/lmdb_blobs.h"

#include <lmdb.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>

#include "vault/extent.h"
#include "vault/lmdb_blob_queue.h"
#include "vault/lmdb_blob_rows.h"
#include "vault/lmdb_env.h"

namespace vault {
namespace {

// Extents of one writer in flight, beside the one being filled.
constexpr std::size_t kInFlight = 4;
constexpr std::size_t kKeptBuffers = 8;
constexpr std::size_t kListed = 256;

// LMDB takes a megabyte from the heap for each extent and gives it back at the commit. By default
// malloc maps and unmaps that memory every time, and the page faults take most of the time.
void keep_large_blocks() {
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
  });
}

// A fixed set of buffers would bound uploads; these are only kept, not counted.
class Buffers {
 public:
  using Buffer = std::unique_ptr<std::uint8_t[]>;

  Buffer take() {
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) return std::make_unique_for_overwrite<std::uint8_t[]>(kExtentValue);
    Buffer buffer = std::move(kept_.back());
    kept_.pop_back();
    return buffer;
  }
  void give_back(Buffer buffer) {
    const std::lock_guard lock(mutex_);
    if (buffer && kept_.size() < kKeptBuffers) kept_.push_back(std::move(buffer));
  }

 private:
  std::mutex mutex_;
  std::vector<Buffer> kept_;
};

class LmdbBlobs final : public BlobStore {
 public:
  explicit LmdbBlobs(std::unique_ptr<LmdbEnv> env) : env_(std::move(env)), queue_(*env_) {}

  Result<std::unique_ptr<BlobWriter>> begin(const Id& id) override;
  Result<void> read(const Id& id, std::uint64_t offset, MutableBytes out) const override;
  Result<std::uint64_t> size(const Id& id) const override;
  void settle(const Id& id) override { queue_.settle(id); }
  Result<void> erase(const Id& id) override;
  Result<void> list_unsettled(const std::function<void(const Id&)>& visit) const override;
  Result<void> list(const std::function<void(const Id&, std::uint64_t size)>& visit) const override;

  bool stopped() const override { return queue_.stopped(); }

  BlobQueue& queue() { return queue_; }
  Buffers& buffers() { return buffers_; }
  void close_writer(const Id& id) {
    const std::lock_guard lock(writing_mutex_);
    writing_.erase(id);
  }

 private:
  // Runs `work(rows)` on a snapshot that ends with it.
  template <typename Work>
  auto with_rows(const Work& work) const -> decltype(work(std::declval<const BlobRows&>())) {
    const auto txn = LmdbTxn::begin(*env_, MDB_RDONLY);
    if (!txn) return tl::unexpected(txn.error());
    return work(BlobRows(txn->get(), env_->dbi()));
  }

  std::unique_ptr<LmdbEnv> env_;
  Buffers buffers_;
  std::mutex writing_mutex_;
  std::set<Id> writing_;
  BlobQueue queue_;  // last: its thread ends first
};

class LmdbBlobWriter final : public BlobWriter {
 public:
  LmdbBlobWriter(LmdbBlobs& store, const Id& id) : store_(store), id_(id) {}

  ~LmdbBlobWriter() override {
    if (!committed_) {
      discard();
      store_.close_writer(id_);
    }
    for (Slot& slot : slots_) store_.buffers().give_back(std::move(slot.buffer));
  }

  Result<void> append(ByteView bytes) override {
    while (state_ && !bytes.empty()) {
      Slot& slot = slots_[current_];
      if (!slot.buffer) slot.buffer = store_.buffers().take();
      const std::size_t taken = std::min(kExtentPayload - filled_, bytes.size());
      std::copy_n(bytes.begin(), taken, slot.buffer.get() + kExtentHead + filled_);
      filled_ += taken;
      bytes = bytes.subspan(taken);
      if (filled_ == kExtentPayload) state_ = hand_over();
    }
    return state_;
  }

  Result<void> commit() override {
    if (!state_) return state_;
    submit(BlobJob::Kind::finish);
    // In the order in which they were handed over, so that the first failure is the one told.
    for (std::size_t i = 1; i <= slots_.size(); ++i) {
      const auto written = store_.queue().wait(slots_[(current_ + i) % slots_.size()].job);
      if (state_) state_ = written;
    }
    committed_ = state_.has_value();
    if (committed_) store_.close_writer(id_);
    return state_;
  }

 private:
  struct Slot {
    Buffers::Buffer buffer;
    BlobJob job;
  };

  // Gives the full extent to the queue and waits for a slot to fill.
  Result<void> hand_over() {
    submit(BlobJob::Kind::extent);
    current_ = (current_ + 1) % slots_.size();
    return store_.queue().wait(slots_[current_].job);
  }

  void submit(BlobJob::Kind kind) {
    Slot& slot = slots_[current_];
    size_ += filled_;
    slot.job.kind = kind;
    slot.job.id = id_;
    slot.job.upload = &upload_;
    slot.job.first = next_ == 0;
    slot.job.n = next_++;
    slot.job.size = size_;
    slot.job.value = {};
    if (filled_ > 0)
      slot.job.value = seal_extent({slot.buffer.get(), kExtentValue}, id_, slot.job.n, filled_);
    filled_ = 0;
    store_.queue().submit(slot.job);
  }

  // What cannot be erased now keeps its mark and is erased after the next start.
  void discard() {
    upload_.failed = true;
    for (Slot& slot : slots_) (void)store_.queue().wait(slot.job);
    if (next_ == 0) return;
    BlobJob job;
    job.kind = BlobJob::Kind::erase;
    job.id = id_;
    store_.queue().submit(job);
    (void)store_.queue().wait(job);
  }

  LmdbBlobs& store_;
  const Id id_;
  BlobUpload upload_;
  std::array<Slot, kInFlight + 1> slots_;
  std::size_t current_ = 0;  // the slot being filled
  std::size_t filled_ = 0;   // payload bytes in it
  std::uint32_t next_ = 0;   // the number of its extent
  std::uint64_t size_ = 0;   // of what was handed over
  Result<void> state_;
  bool committed_ = false;
};

Result<std::unique_ptr<BlobWriter>> LmdbBlobs::begin(const Id& id) {
  {
    const std::lock_guard lock(writing_mutex_);
    if (!writing_.insert(id).second) return tl::unexpected(Errc::conflict);
  }
  const auto taken = with_rows([&](const BlobRows& rows) -> Result<bool> {
    const auto size = rows.size(id);
    if (!size) return tl::unexpected(size.error());
    return *size ? Result<bool>(true) : rows.is_marked(id);
  });
  if (!taken || *taken) {
    close_writer(id);
    return tl::unexpected(taken ? Errc::conflict : taken.error());
  }
  return std::make_unique<LmdbBlobWriter>(*this, id);
}

Result<void> LmdbBlobs::read(const Id& id, std::uint64_t offset, MutableBytes out) const {
  return with_rows([&](const BlobRows& rows) { return rows.read(id, offset, out); });
}

Result<std::uint64_t> LmdbBlobs::size(const Id& id) const {
  return with_rows([&](const BlobRows& rows) -> Result<std::uint64_t> {
    const auto size = rows.size(id);
    if (!size) return tl::unexpected(size.error());
    return *size ? Result<std::uint64_t>(**size) : tl::unexpected(Errc::not_found);
  });
}

Result<void> LmdbBlobs::erase(const Id& id) {
  {
    const std::lock_guard lock(writing_mutex_);
    if (writing_.contains(id)) return tl::unexpected(Errc::conflict);
  }
  BlobJob job;
  job.kind = BlobJob::Kind::erase;
  job.id = id;
  queue_.submit(job);
  return queue_.wait(job);
}

Result<void> LmdbBlobs::list_unsettled(const std::function<void(const Id&)>& visit) const {
  const auto settling = queue_.settling();
  std::optional<Id> after;
  for (;;) {
    const auto page = with_rows([&](const BlobRows& rows) { return rows.marked(after, kListed); });
    if (!page) return tl::unexpected(page.error());
    for (const Id& id : *page) {
      if (!settling.contains(id)) visit(id);
    }
    if (page->size() < kListed) return {};
    after = page->back();
  }
}

Result<void> LmdbBlobs::list(
    const std::function<void(const Id&, std::uint64_t size)>& visit) const {
  std::optional<Id> after;
  for (;;) {
    const auto page =
        with_rows([&](const BlobRows& rows) { return rows.committed(after, kListed); });
    if (!page) return tl::unexpected(page.error());
    for (const BlobEntry& entry : *page) visit(entry.id, entry.size);
    if (page->size() < kListed) return {};
    after = page->back().id;
  }
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_lmdb_blobs(const std::filesystem::path& directory,
                                                   const LmdbOptions& options) {
  keep_large_blocks();
  // The extents' own heads are judged before one is erased.
  auto env = LmdbEnv::open(directory, options, Runs::assumed);
  if (!env) return tl::unexpected(env.error());
  return std::make_unique<LmdbBlobs>(std::move(*env));
}

}  // namespace vault
