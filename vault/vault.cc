#include "vault/vault.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "vault/case_code.h"
#include "vault/erase_slots.h"
#include "vault/flush_folder.h"
#include "vault/lmdb_blobs.h"
#include "vault/lmdb_meta.h"
#include "vault/log_key.h"
#include "vault/reading.h"

namespace vault {
namespace {

namespace fs = std::filesystem;

// The lock on a data directory, held as long as this lives.
class StoreLock {
 public:
  static Result<StoreLock> take(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return tl::unexpected(Errc::io_failure);
    StoreLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      return tl::unexpected(errno == EWOULDBLOCK ? Errc::locked : Errc::io_failure);
    }
    return lock;
  }
  StoreLock(StoreLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  StoreLock& operator=(StoreLock&&) = delete;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

 private:
  explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Makes the folder and those above it that are missing; their names are on disk on return.
bool make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::path present = fs::absolute(folder).lexically_normal();
  std::vector<fs::path> holding;  // whose names are new
  for (; !fs::exists(present, failed); present = present.parent_path()) {
    holding.push_back(present.parent_path());
  }
  fs::create_directories(folder, failed);
  return !failed && std::all_of(holding.begin(), holding.end(), flush_folder);
}

std::string origin_of(const Id& vault) { return "segel/" + vault.text(); }

}  // namespace

// In the order of their making; they go in the reverse.
struct Vault::Parts {
  explicit Parts(StoreLock held) : lock(std::move(held)) {}
  StoreLock lock;
  crypto::NoteVerifier verifier;
  std::unique_ptr<MetaStore> meta;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<EraseKeys> erase_keys;
  std::unique_ptr<Committer> committer;
  std::optional<Log> log;
  std::optional<Directory> directory;
  std::optional<KeyGraph> graph;
  std::optional<Cases> cases;
  std::optional<Documents> documents;
  std::optional<Rotations> rotations;

  enum class Making { nothing, vault };
  Result<void> open(const VaultOptions& options, LogKey key, Making making = Making::nothing);
};

Result<void> Vault::Parts::open(const VaultOptions& options, LogKey key, Making making) {
  verifier = key.verifier();
  LmdbOptions engine{options.map_size};
  engine.on_damaged_page = &options.on_damaged_page;
  auto records = open_lmdb_meta(options.directory / "meta", engine);
  if (!records) return tl::unexpected(records.error());
  meta = std::move(*records);
  auto extents = open_lmdb_blobs(options.directory / "blobs", engine);
  if (!extents) return tl::unexpected(extents.error());
  blobs = std::move(*extents);
  const auto least = reading(*meta, [](const ReadTxn& txn) { return least_slots(txn); });
  if (!least) return tl::unexpected(least.error());
  const fs::path keys = options.directory / "erase.keys";
  auto slots = making == Making::vault ? EraseKeys::create(keys) : EraseKeys::open(keys, *least);
  if (!slots) return tl::unexpected(slots.error());
  erase_keys = std::move(*slots);
  Committer::Options committing;
  committing.origin = key.origin;
  committing.clock = options.clock;
  auto started = Committer::start(*meta, *erase_keys, std::move(key.key), committing);
  if (!started) return tl::unexpected(started.error());
  committer = std::move(*started);

  const Policy& policy = Policy::standard();
  log.emplace(*meta);
  directory.emplace(*meta, *committer, policy);
  graph.emplace(*meta, *committer, *erase_keys);
  cases.emplace(*meta, *committer, *graph, policy);
  documents.emplace(*meta, *blobs, *committer, *erase_keys, policy);
  rotations.emplace(*meta, *committer, *graph);
  return {};
}

Vault::Vault(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Vault::~Vault() = default;

Result<crypto::NoteVerifier> Vault::create(const VaultOptions& options,
                                           crypto::FoundingRecord founding) {
  std::error_code failed;
  if (fs::exists(options.directory, failed) && !fs::is_empty(options.directory, failed)) {
    return tl::unexpected(Errc::conflict);
  }
  if (!is_case_prefix(founding.prefix)) return tl::unexpected(Errc::invalid);
  founding.vault = Id::make(options.clock());
  auto key = create_log_key(options.log_key, origin_of(founding.vault));
  if (!key) return tl::unexpected(key.error());
  founding.log_verifier = key->verifier().text();
  const crypto::NoteVerifier verifier = key->verifier();
  // The log signs for its beginning, under its origin's name: a note without a signature is none.
  crypto::Statement statement = crypto::to_statement(founding);
  statement.sign(founding.vault, key->key);

  const auto undo = [&](Errc error) {
    fs::remove_all(options.directory, failed);
    fs::remove(options.log_key, failed);
    return tl::unexpected(error);
  };
  if (!make_folder(options.directory)) return undo(Errc::io_failure);
  fs::permissions(options.directory, fs::perms::owner_all, failed);
  {
    auto lock = StoreLock::take(options.directory / "store.lock");
    if (!lock) return undo(lock.error());
    Parts parts(std::move(*lock));
    const auto opened = parts.open(options, std::move(*key), Parts::Making::vault);
    if (!opened) return undo(opened.error());
    const auto founded = parts.directory->found(statement);
    if (founded) return verifier;
    parts.committer.reset();
    return undo(founded.error());
  }
}

Result<std::unique_ptr<Vault>> Vault::open(const VaultOptions& options) {
  std::error_code failed;
  if (!fs::exists(options.directory / "meta", failed)) return tl::unexpected(Errc::not_found);
  auto lock = StoreLock::take(options.directory / "store.lock");
  if (!lock) return tl::unexpected(lock.error());
  auto key = read_log_key(options.log_key);
  if (!key) return tl::unexpected(key.error());
  auto parts = std::make_unique<Parts>(std::move(*lock));
  if (auto opened = parts->open(options, std::move(*key)); !opened) {
    return tl::unexpected(opened.error());
  }
  const auto founding = parts->directory->founding();
  // Without it there is a vault still, and whoever took the record away has not unmade it.
  if (!founding && founding.error() == Errc::not_found) return tl::unexpected(Errc::corrupt);
  if (!founding) return tl::unexpected(founding.error());
  // A head under another key would be a fork of the log that everybody holds.
  if (founding->log_verifier != parts->verifier.text()) return tl::unexpected(Errc::untrusted);
  const auto collected = parts->documents->collect_orphans();
  if (!collected) return tl::unexpected(collected.error());
  return std::unique_ptr<Vault>(new Vault(std::move(parts)));
}

const MetaStore& Vault::meta() const { return *parts_->meta; }
const BlobStore& Vault::blobs() const { return *parts_->blobs; }
Committer& Vault::committer() { return *parts_->committer; }
bool Vault::stopped() const { return parts_->committer->stopped() || parts_->blobs->stopped(); }
const Log& Vault::log() const { return *parts_->log; }
Directory& Vault::directory() { return *parts_->directory; }
KeyGraph& Vault::graph() { return *parts_->graph; }
Cases& Vault::cases() { return *parts_->cases; }
Documents& Vault::documents() { return *parts_->documents; }
Rotations& Vault::rotations() { return *parts_->rotations; }
const crypto::NoteVerifier& Vault::log_verifier() const { return parts_->verifier; }

}  // namespace vault
