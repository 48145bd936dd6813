#include "vault/lmdb_env.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <set>

#include "vault/flush_folder.h"
#include "vault/lmdb_pages.h"

namespace vault {
namespace {

// Enough for every connection that can be reading at once; a slot is 64 bytes of the lock file.
constexpr unsigned kReaders = 1022;
constexpr off_t kReaderTable = 64 * (kReaders + 2);  // its file, with the head
// A write needs no more at once than one of its runs of pages: with less room, it may be cut short.
constexpr std::uint64_t kFullDisk = std::uint64_t{1} << 20;

// LMDB's locks belong to the process: a second environment on the same files would release the
// first one's on closing, and then two writers could meet.
std::mutex open_folders_mutex;
std::set<std::pair<std::uint64_t, std::uint64_t>>& open_folders() {
  static std::set<std::pair<std::uint64_t, std::uint64_t>> folders;
  return folders;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The folder's identity. A folder of another user is refused: files made in it as root would keep
// the service out, and files made by its owner could be changed under our feet.
Result<std::pair<std::uint64_t, std::uint64_t>> claim_folder(const std::filesystem::path& path,
                                                             bool read_only) {
  std::error_code failed;
  if (read_only && !std::filesystem::exists(path / "data.mdb", failed)) {
    return tl::unexpected(Errc::not_found);
  }
  if (!read_only && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return lmdb_failure(errno);
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) return lmdb_failure(errno);
  if (status.st_uid != ::geteuid()) return tl::unexpected(Errc::forbidden);
  if (!read_only && (status.st_mode & 0077U) != 0 && ::fchmod(fd.get(), 0700) != 0)
    return lmdb_failure(errno);
  return std::pair<std::uint64_t, std::uint64_t>(status.st_dev, status.st_ino);
}

// Gives the table of readers its blocks. LMDB makes the file with holes and maps it: a reader whose
// place is in a hole would end the process when the disk is full.
// REQUIRES: the environment is not open. Closing any descriptor of the file takes LMDB's lock away.
int own_reader_table(const std::filesystem::path& directory) {
  const Descriptor fd(::open((directory / "lock.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return errno;
  if (::fallocate(fd.get(), 0, 0, kReaderTable) != 0 && errno != EOPNOTSUPP) return errno;
  return 0;
}

// A failed write of its head ends an environment for good, whatever the reason was: nothing is read
// or written any more, so that it is no want of room that could be waited for.
bool is_ended(MDB_env* env) {
  MDB_txn* probe = nullptr;
  const int code = mdb_txn_begin(env, nullptr, MDB_RDONLY, &probe);
  if (code == 0) mdb_txn_abort(probe);
  return code == MDB_PANIC;
}

Result<void> refuse_damage(const std::filesystem::path& file, const LmdbOptions& options,
                           const std::optional<PageDamage>& damage) {
  if (!damage) return {};
  if (options.on_damaged_page != nullptr && *options.on_damaged_page)
    (*options.on_damaged_page)(file, *damage);
  return tl::unexpected(errc_of(damage->fault));
}

// A file without a byte is one that the engine had begun to make.
bool is_made(const std::filesystem::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return errno != ENOENT;
  return !S_ISREG(status.st_mode) || status.st_size > 0;
}

}  // namespace

Errc errc_of_lmdb(int code) {
  switch (code) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Errc::no_space;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
      return Errc::corrupt;
    case MDB_VERSION_MISMATCH:
      return Errc::newer_format;
    case MDB_BAD_VALSIZE:
    case MDB_TXN_FULL:
      return Errc::too_large;
    default:
      return Errc::io_failure;
  }
}

std::optional<std::uint64_t> room_on_disk(MDB_env* env) {
  mdb_filehandle_t file{};
  struct statvfs disk {};
  if (mdb_env_get_fd(env, &file) != 0 || ::fstatvfs(file, &disk) != 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

Result<std::unique_ptr<LmdbEnv>> LmdbEnv::open(const std::filesystem::path& directory,
                                               const LmdbOptions& options, Runs runs) {
  const auto folder = claim_folder(directory, options.read_only);
  if (!folder) return tl::unexpected(folder.error());
  {
    const std::lock_guard lock(open_folders_mutex);
    if (!open_folders().insert(*folder).second) return tl::unexpected(Errc::locked);
  }
  std::unique_ptr<LmdbEnv> env(new LmdbEnv(*folder));  // from here on its destructor lets go

  const auto file = directory / "data.mdb";
  if (options.read_only || is_made(file)) {
    const JudgeOptions judging{runs, options.map_size, {}};
    const auto judged = refuse_damage(
        file, options,
        options.read_only ? find_damaged_meta(file, judging) : find_damaged_page(file, judging));
    if (!judged) return tl::unexpected(judged.error());
  }
  if (const int code = env->start(directory, options); code != 0) return lmdb_failure(code);

  if (options.read_only) {
    const auto judged = env->judge_beside_writer(file, options);
    if (!judged) return tl::unexpected(judged.error());
    return env;
  }

  // LMDB writes the first pages of a new environment without a flush: until the first commit, which
  // for blobs may be days away, a power failure could tear them, and it would open no more.
  if (const int code = mdb_env_sync(env->get(), 1); code != 0) return lmdb_failure(code);
  // A flushed page is of no use under a name that the power failure took.
  const auto parent = std::filesystem::absolute(directory).lexically_normal();
  for (const auto& path : {parent, (parent / "..").lexically_normal()}) {
    if (!flush_folder(path)) return lmdb_failure(errno);
  }
  return env;
}

int LmdbEnv::start(const std::filesystem::path& directory, const LmdbOptions& options) {
  if (const int code = mdb_env_create(&env_); code != 0) return code;
  if (const int code = mdb_env_set_maxreaders(env_, kReaders); code != 0) return code;
  // A reader maps as much as the writer has said in the store that it does.
  if (!options.read_only) {
    if (const int code = mdb_env_set_mapsize(env_, options.map_size); code != 0) return code;
    if (const int code = own_reader_table(directory); code != 0) return code;
  }
  // Without MDB_WRITEMAP (slower here, and a stray pointer would write into the store) and without
  // MDB_NOMEMINIT (pages would take what the heap held before, keys among it, to the disk).
  // MDB_NOTLS: a read transaction belongs to its object, not to the thread.
  const unsigned flags = MDB_NOTLS | (options.read_only ? MDB_RDONLY : 0U);
  if (const int code = mdb_env_open(env_, directory.c_str(), flags, 0600); code != 0) return code;

  // A reader that was killed would hold its snapshot's pages for ever.
  int stale = 0;
  if (const int code = mdb_reader_check(env_, &stale); code != 0) return code;

  auto txn = LmdbTxn::begin(*this, MDB_RDONLY);
  if (!txn) return EIO;
  return mdb_dbi_open(txn->get(), nullptr, 0, &dbi_);
}

Result<void> LmdbEnv::judge_beside_writer(const std::filesystem::path& file,
                                          const LmdbOptions& options) const {
  auto txn = LmdbTxn::begin(*this, MDB_RDONLY);
  if (!txn) return tl::unexpected(txn.error());
  const auto pin = [&]() -> std::uint64_t {
    mdb_txn_reset(txn->get());
    return mdb_txn_renew(txn->get()) == 0 ? mdb_txn_id(txn->get()) : 0;
  };
  return refuse_damage(file, options,
                       find_damaged_page(file, {Runs::heads, options.map_size, pin}));
}

LmdbEnv::~LmdbEnv() {
  if (env_ != nullptr) mdb_env_close(env_);
  const std::lock_guard lock(open_folders_mutex);
  open_folders().erase(folder_);
}

Result<LmdbTxn> LmdbTxn::begin(const LmdbEnv& env, unsigned flags) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env.get(), nullptr, flags, &txn); code != 0)
    return lmdb_failure(code);
  return LmdbTxn(txn);
}

LmdbTxn::~LmdbTxn() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Result<void> LmdbTxn::commit() && {
  MDB_env* const env = mdb_txn_env(txn_);
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (code == 0) return {};
  if (is_ended(env)) return tl::unexpected(Errc::io_failure);
  // LMDB calls a write that a full disk has cut short an EIO. Taken for a broken disk, it would end
  // the service, where it only has to wait for room.
  if (code == EIO && room_on_disk(env).value_or(kFullDisk) < kFullDisk) {
    return tl::unexpected(Errc::no_space);
  }
  return lmdb_failure(code);
}

}  // namespace vault
