#include "vault/lmdb_pages.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "support/small_store.h"
#include "support/temp_dir.h"
#include "vault/lmdb_blobs.h"

namespace vault {
namespace {

using support::TempDir;

// Empty: sound.
std::string damage_of(const std::filesystem::path& file, const JudgeOptions& options) {
  const auto damage = find_damaged_page(file, options);
  if (!damage) return "";
  return "page " + std::to_string(damage->page) + ": " + to_text(damage->fault);
}

constexpr std::uint64_t kMap = std::uint64_t{1} << 30;

class Rounds {
 public:
  explicit Rounds(unsigned seed) : random_(seed) {
    store_ = open_lmdb_meta(dir_ / "meta", {.map_size = kMap}).value();
  }
  std::filesystem::path file() const { return dir_ / "meta/data.mdb"; }

  // Some puts, replacements and erasures, now and then under a reader who keeps free pages from
  // being used, or refused at its end.
  void once() {
    const auto commit = [&] {
      const bool refuse = draw(20) == 0;
      const auto done = store_->write([&](WriteTxn& txn) -> Result<void> {
        change(txn);
        return refuse ? Result<void>(tl::unexpected(Errc::conflict)) : Result<void>{};
      });
      ASSERT_EQ(done.has_value(), !refuse);
    };
    if (draw(8) != 0) return commit();
    const auto read = store_->read([&](const ReadTxn&) -> Result<void> {
      for (int i = 0; i < 4; ++i) commit();
      return {};
    });
    ASSERT_TRUE(read);
  }

 private:
  unsigned draw(unsigned below) { return static_cast<unsigned>(random_() % below); }
  std::size_t size_of_value() {
    switch (draw(10)) {
      case 0:
        return draw(65536);
      case 1:
        return draw(9000);
      case 2:
        return 1900 + draw(300);
      case 3:
        return 0;
      default:
        return draw(200);
    }
  }
  std::string key() {
    std::string key = std::to_string(draw(draw(4) == 0 ? 100000 : 300));
    if (draw(6) == 0) key.resize(1 + draw(511), 'k');
    return key;
  }
  void change(WriteTxn& txn) {
    const unsigned many = draw(30) == 0 ? 2000 : 1 + draw(40);
    const unsigned erased = draw(10);  // some rounds grow the store, some empty it
    for (unsigned i = 0; i < many; ++i) {
      const std::string name = key();
      const bool erase = draw(10) < erased;
      const std::string value(erase ? 0 : size_of_value(), 'v');
      const auto done = erase ? txn.erase(crypto::as_bytes(name))
                              : txn.put(crypto::as_bytes(name), crypto::as_bytes(value));
      ASSERT_TRUE(done);
    }
  }

  TempDir dir_;
  std::mt19937 random_;
  std::unique_ptr<MetaStore> store_;
};

void stays_sound(unsigned seeds, unsigned rounds) {
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    Rounds store(seed);
    for (unsigned round = 0; round < rounds; ++round) {
      store.once();
      ASSERT_EQ(damage_of(store.file(), {Runs::heads, kMap, {}}), "")
          << "seed " << seed << " round " << round;
    }
  }
}

TEST(Pages, AStoreThatTheEngineWroteIsSound) { stays_sound(4, 50); }

TEST(PagesSoak, AStoreThatTheEngineWroteIsSoundAfter8000Rounds) { stays_sound(80, 100); }

TEST(Pages, AnEmptyStoreAndOneWithOneRowAreSound) {
  const TempDir dir;
  const JudgeOptions judging{Runs::heads, support::kSmallMap, {}};
  for (int rows = 0; rows < 3; ++rows) {
    const auto store = open_lmdb_meta(dir / "meta", {.map_size = support::kSmallMap}).value();
    EXPECT_EQ(damage_of(dir / "meta/data.mdb", judging), "");
    support::check(store->write([](WriteTxn& txn) { return support::put_row(txn, 1, 10); }));
    EXPECT_EQ(damage_of(dir / "meta/data.mdb", judging), "");
    support::check(store->write(
        [](WriteTxn& txn) { return txn.erase(crypto::as_bytes(support::small_key(1))); }));
    EXPECT_EQ(damage_of(dir / "meta/data.mdb", judging), "");
  }
}

TEST(Pages, AStoreOfExtentsIsSoundHoweverMuchOfItIsRead) {
  const TempDir dir;
  const auto blobs = open_lmdb_blobs(dir / "blobs", {.map_size = kMap}).value();
  std::mt19937 random(1);
  std::vector<Id> kept;
  for (int round = 0; round < 30; ++round) {
    const Id id = Id::make(round);
    auto writer = blobs->begin(id).value();
    support::check(writer->append(Bytes(random() % 3'000'000, 7)));
    if (random() % 4 != 0) {
      support::check(writer->commit());
      kept.push_back(id);
    }
    writer.reset();
    if (kept.size() > 5) {
      support::check(blobs->erase(kept.front()));
      kept.erase(kept.begin());
    }
    for (const Runs runs : {Runs::heads, Runs::assumed})
      ASSERT_EQ(damage_of(dir / "blobs/data.mdb", {runs, kMap, {}}), "") << round;
  }
}

// What runs beside the service must not take its work for damage.
TEST(Pages, AStoreIsSoundBesideAProcessThatWritesToIt) {
  const TempDir dir;
  support::make_small_store(dir / "meta");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    const auto store = open_lmdb_meta(dir / "meta", {.map_size = kMap}).value();
    for (int i = 0;; ++i) {
      const auto done = store->write([&](WriteTxn& txn) {
        for (int row = i; row < i + 30; ++row) {
          const bool erase = (row / 200) % 2 == 1;
          const auto changed = erase ? txn.erase(crypto::as_bytes(support::small_key(row % 200)))
                                     : support::put_row(txn, row % 200, row % 7 == 0 ? 5000 : 60);
          if (!changed) return changed;
        }
        return Result<void>{};
      });
      if (!done || (i == 3 && ::write(ends[1], "w", 1) != 1)) ::_exit(1);
    }
  }
  char begun = 0;
  ::close(ends[1]);
  ASSERT_EQ(::read(ends[0], &begun, 1), 1);
  ::close(ends[0]);
  for (int i = 0; i < 200; ++i) {
    std::string told;
    LmdbOptions beside{.map_size = kMap, .read_only = true};
    const OnDamagedPage on_damaged_page = [&](const std::filesystem::path&, PageDamage damage) {
      told = std::to_string(damage.page) + ": " + to_text(damage.fault);
    };
    beside.on_damaged_page = &on_damaged_page;
    const auto store = open_lmdb_meta(dir / "meta", beside);
    EXPECT_TRUE(store) << i << " page " << told;
    if (!store) break;
  }
  ASSERT_EQ(::waitpid(writer, nullptr, WNOHANG), 0) << "the writer ended by itself";
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
}

}  // namespace
}  // namespace vault
