#include "vault/erase_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>

#include "vault/flush_folder.h"

namespace vault {
namespace {

constexpr std::size_t kSlotSize = crypto::EraseKey::kSize;
// A restart leaves what was filled and not taken unused: 64 KiB at most.
constexpr std::size_t kBlock = 1024;
constexpr std::uint64_t kLeastAhead = kBlock / 2;

Errc errc_of_errno() {
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? Errc::no_space : Errc::io_failure;
}
tl::unexpected<Errc> failure() { return tl::unexpected(errc_of_errno()); }

off_t offset_of(std::uint64_t slot) { return static_cast<off_t>(slot * kSlotSize); }

Result<void> write_all(int fd, ByteView bytes, off_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += written;
  }
  return {};
}

Result<void> flush(int fd) { return ::fdatasync(fd) == 0 ? Result<void>{} : failure(); }

// Errors: not_found (the file ends before it), io_failure.
Result<crypto::EraseKey> read_slot(int fd, std::uint64_t slot) {
  auto key = crypto::EraseKey::zeros();
  const auto into = key.expose_mutable();
  if (slot > std::numeric_limits<off_t>::max() / kSlotSize) return tl::unexpected(Errc::not_found);
  const ssize_t size = ::pread(fd, into.data(), into.size(), offset_of(slot));
  if (size < 0) return tl::unexpected(Errc::io_failure);
  if (static_cast<std::size_t>(size) != into.size()) return tl::unexpected(Errc::not_found);
  return key;
}

class FileEraseKeys final : public EraseKeys {
 public:
  FileEraseKeys(int fd, std::uint64_t slots) : fd_(fd), next_(slots), filled_(slots) {}

  ~FileEraseKeys() override {
    if (filler_.joinable()) {
      {
        const std::lock_guard lock(mutex_);
        stop_ = true;
      }
      changed_.notify_all();
      filler_.join();
    }
    ::close(fd_);
  }

  Result<void> start() {
    if (auto filled = fill(filled_); !filled) return filled;
    filled_ += kBlock;
    filler_ = std::thread([this] { keep_ahead(); });
    return {};
  }

  Result<std::uint64_t> take() override {
    std::unique_lock lock(mutex_);
    if (next_ == filled_) {
      state_ = {};  // a filling that failed is tried again
      changed_.notify_all();
      changed_.wait(lock, [&] { return next_ < filled_ || !state_; });
    }
    if (next_ == filled_) return tl::unexpected(state_.error());
    if (filled_ - next_ == kLeastAhead) changed_.notify_all();
    return next_++;
  }

  std::uint64_t taken() const override {
    const std::lock_guard lock(mutex_);
    return next_;
  }

  Result<Bytes> wrap(std::uint64_t slot, ByteView context, ByteView record) const override {
    const auto key = read(slot);
    if (!key) return tl::unexpected(key.error());
    return crypto::wrap_record(*key, context, record);
  }

  Result<Bytes> unwrap(std::uint64_t slot, ByteView context, ByteView wrapped) const override {
    const auto key = read(slot);
    if (!key) return tl::unexpected(key.error());
    auto record = crypto::unwrap_record(*key, context, wrapped);
    if (!record) return tl::unexpected(Errc::corrupt);
    return std::move(*record);
  }

  Result<void> destroy(std::span<const std::uint64_t> slots) override {
    const std::uint64_t end = filled();
    if (std::any_of(slots.begin(), slots.end(), [&](auto slot) { return slot >= end; }))
      return tl::unexpected(Errc::not_found);
    for (const std::uint64_t slot : slots) {
      // Random, not zeros: nothing shows which slots were destroyed, and no key is ever zeros.
      const auto noise = crypto::random_block<kSlotSize>();
      if (auto written = write_all(fd_, noise, offset_of(slot)); !written) return written;
    }
    return slots.empty() ? Result<void>{} : flush(fd_);
  }

 private:
  std::uint64_t filled() const {
    const std::lock_guard lock(mutex_);
    return filled_;
  }

  Result<crypto::EraseKey> read(std::uint64_t slot) const {
    if (slot >= filled()) return tl::unexpected(Errc::not_found);
    auto key = read_slot(fd_, slot);
    // The file was cut after it was opened. A key of zeros must not wrap anything.
    if (!key && key.error() == Errc::not_found) return tl::unexpected(Errc::corrupt);
    return key;
  }

  // Writes a block of new slots and flushes it; only then may one be taken.
  Result<void> fill(std::uint64_t first) {
    crypto::random_bytes(block_.expose_mutable());
    auto done = write_all(fd_, block_.expose(), offset_of(first));
    crypto::wipe(block_.expose_mutable());
    if (done) done = flush(fd_);
    // Nothing torn is left behind, which the next start would refuse.
    if (!done && ::ftruncate(fd_, offset_of(first)) != 0) return tl::unexpected(Errc::io_failure);
    return done;
  }

  void keep_ahead() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return stop_ || (state_ && filled_ - next_ < kLeastAhead); });
      if (stop_) return;
      const std::uint64_t first = filled_;
      lock.unlock();
      const auto done = fill(first);
      lock.lock();
      state_ = done;
      if (done) filled_ += kBlock;
      changed_.notify_all();
    }
  }

  const int fd_;
  // Of whoever fills: start(), then the filler. Taken once, so that filling ahead never fails for
  // want of secret memory, in a thread that nobody could be told by.
  crypto::SecretBytes block_{kBlock * kSlotSize};
  mutable std::mutex mutex_;  // all below
  std::condition_variable changed_;
  std::uint64_t next_;    // the first slot that nobody has
  std::uint64_t filled_;  // slots on disk
  Result<void> state_;    // of the last filling
  bool stop_ = false;
  std::thread filler_;
};

// Takes over `fd`.
Result<std::unique_ptr<EraseKeys>> start_on(int fd, const std::filesystem::path& file,
                                            std::uint64_t least) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    ::close(fd);
    return tl::unexpected(Errc::io_failure);
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  auto keys = std::make_unique<FileEraseKeys>(fd, size / kSlotSize);  // closes fd from here on
  if (status.st_uid != ::geteuid()) return tl::unexpected(Errc::forbidden);
  if ((status.st_mode & 0077U) != 0 && ::fchmod(fd, 0600) != 0)
    return tl::unexpected(Errc::io_failure);
  if (size % kSlotSize != 0 || size / kSlotSize < least) return tl::unexpected(Errc::corrupt);
  // The file's name is on disk before a record rests on a slot in it.
  if (!flush_folder(std::filesystem::absolute(file).parent_path())) return failure();
  if (auto done = keys->start(); !done) return tl::unexpected(done.error());
  return keys;
}

}  // namespace

Result<std::unique_ptr<EraseKeys>> EraseKeys::create(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return tl::unexpected(Errc::conflict);
  if (fd < 0) return failure();
  return start_on(fd, file, 0);
}

Result<std::unique_ptr<EraseKeys>> EraseKeys::open(const std::filesystem::path& file,
                                                   std::uint64_t least) {
  // Never made anew: the records whose keys are gone would be served as if nothing were missing.
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return tl::unexpected(Errc::corrupt);
  if (fd < 0) return failure();
  return start_on(fd, file, least);
}

Result<StoredSlots> StoredSlots::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(errno == ENOENT ? Errc::not_found : Errc::io_failure);
  return StoredSlots(fd);
}

StoredSlots::~StoredSlots() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Bytes> StoredSlots::unwrap(std::uint64_t slot, ByteView context, ByteView wrapped) const {
  const auto key = read_slot(fd_, slot);
  if (!key) return tl::unexpected(key.error());
  auto record = crypto::unwrap_record(*key, context, wrapped);
  if (!record) return tl::unexpected(Errc::corrupt);
  return std::move(*record);
}

}  // namespace vault
