// A writer killed at any moment: whatever it was told is on disk is there, and nothing half-made.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <set>

#include "support/pattern.h"
#include "support/temp_dir.h"
#include "vault/erase_keys.h"
#include "vault/lmdb_blobs.h"
#include "vault/lmdb_meta.h"

namespace vault {
namespace {

using support::pattern;

constexpr LmdbOptions kOptions{.map_size = std::uint64_t{1} << 30};

struct Stores {
  explicit Stores(const std::filesystem::path& folder)
      : meta(open_lmdb_meta(folder / "meta", kOptions).value()),
        blobs(open_lmdb_blobs(folder / "blobs", kOptions).value()),
        erase_keys(open_or_make(folder / "erase.keys")) {}
  static std::unique_ptr<EraseKeys> open_or_make(const std::filesystem::path& file) {
    if (std::filesystem::exists(file)) return EraseKeys::open(file, 0).value();
    return EraseKeys::create(file).value();
  }
  std::unique_ptr<MetaStore> meta;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<EraseKeys> erase_keys;
};

// What the child tells after each step that was acknowledged to it.
struct Told {
  Id id;
  std::uint64_t size = 0;
  std::uint64_t slot = 0;
  bool erased = false;
};

void tell(int to, const Told& told) {
  if (::write(to, &told, sizeof(told)) != ssize_t{sizeof(told)}) ::_exit(2);
}

Bytes content_of(const Id& id, std::uint64_t size) { return pattern(size, id.bytes[15]); }

// A blob, its record (wrapped under an erase key), and now and then an erasure; for ever.
[[noreturn]] void write_until_killed(const std::filesystem::path& folder, int to, unsigned seed) {
  Stores stores(folder);
  std::mt19937 random(seed);
  for (std::int64_t ms = seed;; ++ms) {
    const Id id = Id::make(ms);
    const std::uint64_t size = random() % 3 == 0 ? random() % 6'000'000 : random() % 200'000;
    auto writer = stores.blobs->begin(id).value();
    if (!writer->append(content_of(id, size)) || !writer->commit()) ::_exit(3);
    const auto slot = stores.erase_keys->take().value();
    const auto record = stores.erase_keys->wrap(slot, id.bytes, crypto::as_bytes("record")).value();
    if (!stores.meta->write([&](WriteTxn& txn) { return txn.put(id.bytes, record); })) ::_exit(4);
    tell(to, {id, size, slot, false});
    // Not both: a blob that is settled when its record goes would be an orphan without a mark.
    if (random() % 4 != 0) {
      stores.blobs->settle(id);
      continue;
    }
    if (!stores.meta->write([&](WriteTxn& txn) { return txn.erase(id.bytes); })) ::_exit(5);
    if (!stores.blobs->erase(id)) ::_exit(6);
    tell(to, {id, size, slot, true});
  }
}

class Killed : public testing::Test {
 protected:
  // Forks a writer, lets it acknowledge some steps, and kills it a moment later.
  void run_and_kill(unsigned seed) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      write_until_killed(dir_.path(), ends[1], seed);
    }
    ::close(ends[1]);
    std::mt19937 random(seed);
    const auto steps = 1 + random() % 12;
    for (std::size_t i = 0; i < steps && hear(ends[0]); ++i) {
    }
    // The moment is what this test is about: anywhere in the step that is going on.
    pollfd nothing{};
    ::poll(&nothing, 0, static_cast<int>(random() % 25));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    while (hear(ends[0])) {
    }
    ::close(ends[0]);
  }

  bool hear(int from) {
    Told told;
    if (::read(from, &told, sizeof(told)) != ssize_t{sizeof(told)}) return false;
    told_[told.id] = told;
    return true;
  }

  // What every acknowledged step left, and nothing else but what the killed step may have left.
  void check() {
    Stores stores(dir_.path());
    std::set<Id> recorded;
    ASSERT_TRUE(stores.meta->read([&](const ReadTxn& txn) {
      return txn.scan({}, {}, [&](ByteView key, ByteView) {
        recorded.insert(*Id::from(key));
        return true;
      });
    }));
    std::vector<Id> unsettled;
    ASSERT_TRUE(stores.blobs->list_unsettled([&](const Id& id) { unsettled.push_back(id); }));
    for (const Id& id : unsettled) {
      if (recorded.contains(id)) {
        stores.blobs->settle(id);
      } else {
        ASSERT_TRUE(stores.blobs->erase(id));
      }
    }

    std::map<Id, std::uint64_t> blobs;
    ASSERT_TRUE(stores.blobs->list([&](const Id& id, std::uint64_t size) { blobs[id] = size; }));
    for (const auto& [id, size] : blobs) {
      EXPECT_TRUE(recorded.contains(id)) << "an orphan that is not unsettled";
      Bytes read(size);
      ASSERT_TRUE(stores.blobs->read(id, 0, read));
      EXPECT_TRUE(read == content_of(id, size));
    }
    for (const Id& id : recorded) EXPECT_TRUE(blobs.contains(id)) << "a record without its blob";

    for (auto& [id, told] : told_) check_told(stores, told, recorded.contains(id), blobs[id]);
  }

  void check_told(const Stores& stores, Told& told, bool recorded, std::uint64_t size) {
    // Of the last step told, an erasure may have been under way.
    if (told.id == told_.rbegin()->first && !recorded) told.erased = true;
    EXPECT_EQ(recorded, !told.erased);
    if (!recorded) return;
    EXPECT_EQ(size, told.size);
    EXPECT_TRUE(stores.meta->read([&](const ReadTxn& txn) -> Result<void> {
      const auto wrapped = txn.get(told.id.bytes);
      if (!wrapped || !*wrapped) return tl::unexpected(Errc::not_found);
      const auto record = stores.erase_keys->unwrap(told.slot, told.id.bytes, **wrapped);
      return record ? Result<void>{} : tl::unexpected(record.error());
    }));
  }

  support::TempDir dir_;
  std::map<Id, Told> told_;
};

TEST_F(Killed, AWriterLeavesAllThatWasAcknowledgedAndNothingHalfMade) {
  for (unsigned round = 1; round <= 12; ++round) {
    SCOPED_TRACE(round);
    ASSERT_NO_FATAL_FAILURE(run_and_kill(round * 1'000'000));
    ASSERT_NO_FATAL_FAILURE(check());
    if (HasFailure()) break;
  }
  EXPECT_GT(told_.size(), 12U);
}

}  // namespace
}  // namespace vault
