#include "vault/lmdb_meta.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "support/temp_dir.h"
#include "support/twice_meta.h"

namespace vault {
namespace {

using crypto::as_bytes;
using crypto::as_text;
using support::TempDir;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr LmdbOptions kSmall{.map_size = std::uint64_t{64} << 20};

// The contract of MetaStore, over each engine.
struct Engine {
  const char* name;
  bool twice;
};

class MetaStoreContract : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { reopen(); }

  void reopen(const LmdbOptions& options = kSmall) {
    store_.reset();
    auto opened = open_lmdb_meta(dir_ / "meta", options);
    ASSERT_TRUE(opened);
    store_ = GetParam().twice ? support::make_twice_meta(std::move(*opened)) : std::move(*opened);
  }

  Result<void> put(std::string_view key, std::string_view value) {
    return store_->write([&](WriteTxn& txn) { return txn.put(as_bytes(key), as_bytes(value)); });
  }

  std::optional<std::string> get(std::string_view key) const {
    std::optional<std::string> found;
    const auto done = store_->read([&](const ReadTxn& txn) -> Result<void> {
      const auto value = txn.get(as_bytes(key));
      if (!value) return tl::unexpected(value.error());
      if (*value) found = as_text(**value);
      return {};
    });
    EXPECT_TRUE(done);
    return found;
  }

  std::vector<std::string> keys(std::string_view first, std::string_view last,
                                Direction direction = Direction::forward,
                                std::size_t limit = 100) const {
    std::vector<std::string> found;
    const auto done = store_->read([&](const ReadTxn& txn) {
      return txn.scan(
          as_bytes(first), as_bytes(last),
          [&](ByteView key, ByteView) {
            found.emplace_back(as_text(key));
            return found.size() < limit;
          },
          direction);
    });
    EXPECT_TRUE(done);
    return found;
  }

  TempDir dir_;
  std::unique_ptr<MetaStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, MetaStoreContract,
                         testing::Values(Engine{"Lmdb", false}, Engine{"Twice", true}),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(MetaStoreContract, GivesBackWhatWasPutAlsoAfterReopening) {
  ASSERT_TRUE(put("a", "1"));
  ASSERT_TRUE(put("b", ""));
  ASSERT_TRUE(put("a", "2"));
  reopen();
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(get("b"), "");
  EXPECT_EQ(get("c"), std::nullopt);
  EXPECT_EQ(get(""), std::nullopt);
}

TEST_P(MetaStoreContract, ErasesAndErasingWhatIsNotThereIsNoError) {
  ASSERT_TRUE(put("a", "1"));
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(store_->write([](WriteTxn& txn) { return txn.erase(as_bytes("a")); }));
  EXPECT_EQ(get("a"), std::nullopt);
}

TEST_P(MetaStoreContract, ScansARangeInOrderBothWays) {
  for (const char* key : {"b", "ba", "\xff", "a", "c", "d"}) ASSERT_TRUE(put(key, "x"));
  EXPECT_THAT(keys("", ""), ElementsAre("a", "b", "ba", "c", "d", "\xff"));
  EXPECT_THAT(keys("b", "d"), ElementsAre("b", "ba", "c"));
  EXPECT_THAT(keys("bb", "cc"), ElementsAre("c"));
  EXPECT_THAT(keys("b", "d", Direction::backward), ElementsAre("c", "ba", "b"));
  EXPECT_THAT(keys("bb", "cc", Direction::backward), ElementsAre("c"));
  EXPECT_THAT(keys("c", "", Direction::backward), ElementsAre("\xff", "d", "c"));
  EXPECT_THAT(keys("c", "\xff\xff", Direction::backward), ElementsAre("\xff", "d", "c"));
  EXPECT_THAT(keys("", "a", Direction::backward), IsEmpty());
  EXPECT_THAT(keys("e", "f"), IsEmpty());
  EXPECT_THAT(keys("d", "b"), IsEmpty());
  EXPECT_THAT(keys("", "", Direction::forward, 2), ElementsAre("a", "b"));
  EXPECT_THAT(keys("", "", Direction::backward, 1), ElementsAre("\xff"));
}

TEST_P(MetaStoreContract, ScansAnEmptyStore) {
  EXPECT_THAT(keys("", ""), IsEmpty());
  EXPECT_THAT(keys("a", "b", Direction::backward), IsEmpty());
}

TEST_P(MetaStoreContract, AClosureSeesItsOwnWritesAndThoseOutsideDoNot) {
  ASSERT_TRUE(put("old", "1"));
  const auto done = store_->write([&](WriteTxn& txn) -> Result<void> {
    if (!txn.put(as_bytes("new"), as_bytes("2")) || !txn.erase(as_bytes("old")))
      return tl::unexpected(Errc::io_failure);
    EXPECT_EQ(as_text(**txn.get(as_bytes("new"))), "2");
    EXPECT_EQ(*txn.get(as_bytes("old")), std::nullopt);
    std::vector<std::string> seen;
    EXPECT_TRUE(txn.scan({}, {}, [&](ByteView key, ByteView) {
      seen.emplace_back(as_text(key));
      return true;
    }));
    EXPECT_THAT(seen, ElementsAre("new"));
    EXPECT_EQ(get("new"), std::nullopt);
    EXPECT_EQ(get("old"), "1");
    return {};
  });
  ASSERT_TRUE(done);
  EXPECT_EQ(get("new"), "2");
  EXPECT_EQ(get("old"), std::nullopt);
}

TEST_P(MetaStoreContract, AClosureThatReturnsAnErrorChangesNothing) {
  const auto refused = store_->write([](WriteTxn& txn) -> Result<void> {
    EXPECT_TRUE(txn.put(as_bytes("a"), as_bytes("1")));
    return tl::unexpected(Errc::conflict);
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Errc::conflict);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_TRUE(put("a", "2"));
}

TEST_P(MetaStoreContract, AClosureThatThrowsChangesNothing) {
  EXPECT_THROW((void)store_->write([](WriteTxn& txn) -> Result<void> {
    EXPECT_TRUE(txn.put(as_bytes("a"), as_bytes("1")));
    throw std::runtime_error("a bug");
  }),
               std::runtime_error);
  EXPECT_EQ(get("a"), std::nullopt);
  EXPECT_TRUE(put("a", "2"));
}

TEST_P(MetaStoreContract, TakesKeysAndValuesUpToTheirLimitsAndNoLonger) {
  const std::string longest_key(kMaxKey, 'k');
  const std::string longest_value(kMaxValue, 'v');
  EXPECT_TRUE(put(longest_key, longest_value));
  EXPECT_EQ(get(longest_key), longest_value);
  EXPECT_EQ(put(longest_key + "k", "v").error(), Errc::too_large);
  EXPECT_EQ(put("", "v").error(), Errc::too_large);
  EXPECT_EQ(put("k", longest_value + "v").error(), Errc::too_large);
  EXPECT_EQ(get(longest_key + "k"), std::nullopt);
  EXPECT_EQ(get("k"), std::nullopt);
}

TEST_P(MetaStoreContract, SaysNoSpaceAtTheEndOfTheMapAndStaysUsable) {
  reopen({.map_size = std::uint64_t{1} << 20});
  const std::string value(kMaxValue, 'v');
  int kept = 0;
  Result<void> last;
  for (; kept < 64; ++kept) {
    last = put("k" + std::to_string(kept), value);
    if (!last) break;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error(), Errc::no_space);
  EXPECT_GT(kept, 4);
  EXPECT_EQ(get("k" + std::to_string(kept)), std::nullopt);
  EXPECT_EQ(get("k0"), value);

  EXPECT_TRUE(store_->write([](WriteTxn& txn) { return txn.erase(as_bytes("k0")); }));
  EXPECT_TRUE(put("small", "1"));
  EXPECT_EQ(get("small"), "1");
}

TEST_P(MetaStoreContract, AFailedPutThatTheClosureOverlooksFailsTheCommit) {
  reopen({.map_size = std::uint64_t{1} << 20});
  const std::string value(kMaxValue, 'v');
  const auto done = store_->write([&](WriteTxn& txn) -> Result<void> {
    for (int i = 0; i < 64; ++i) (void)txn.put(as_bytes(std::to_string(i)), as_bytes(value));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), Errc::no_space);
  EXPECT_THAT(keys("", ""), IsEmpty());
}

TEST_P(MetaStoreContract, ReadersSeeOneStateWhileAWriterWorks) {
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::atomic<int> reads = 0;
  const auto reader = [&] {
    while (!stop) {
      const auto done = store_->read([&](const ReadTxn& txn) -> Result<void> {
        const auto first = txn.get(as_bytes("first"));
        const auto second = txn.get(as_bytes("second"));
        if (!first || !second) return tl::unexpected(Errc::io_failure);
        if (*first != *second) ++torn;
        return {};
      });
      if (!done) ++torn;
      ++reads;
    }
  };
  std::thread one(reader);
  std::thread two(reader);
  for (int i = 0; i < 100 || reads < 100; ++i) {
    const auto text = std::to_string(i);
    EXPECT_TRUE(store_->write([&](WriteTxn& txn) -> Result<void> {
      if (auto done = txn.put(as_bytes("first"), as_bytes(text)); !done) return done;
      return txn.put(as_bytes("second"), as_bytes(text));
    }));
  }
  stop = true;
  one.join();
  two.join();
  EXPECT_EQ(torn, 0);
}

TEST_P(MetaStoreContract, WritersWaitForOneAnother) {
  constexpr int kEach = 50;
  const auto count = [&] {
    for (int i = 0; i < kEach; ++i) {
      EXPECT_TRUE(store_->write([](WriteTxn& txn) -> Result<void> {
        const auto old = txn.get(as_bytes("n"));
        if (!old) return tl::unexpected(old.error());
        const int n = *old ? std::stoi(std::string(as_text(**old))) : 0;
        return txn.put(as_bytes("n"), as_bytes(std::to_string(n + 1)));
      }));
    }
  };
  std::thread other(count);
  count();
  other.join();
  EXPECT_EQ(get("n"), std::to_string(2 * kEach));
}

TEST(LmdbMeta, RefusesAFolderThatThisProcessHasOpen) {
  const TempDir dir;
  auto first = open_lmdb_meta(dir / "meta", kSmall);
  ASSERT_TRUE(first);
  std::filesystem::create_directory_symlink(dir / "meta", dir / "alias");
  EXPECT_EQ(open_lmdb_meta(dir / "meta", kSmall).error(), Errc::locked);
  EXPECT_EQ(open_lmdb_meta(dir / "alias", kSmall).error(), Errc::locked);
  first->reset();
  EXPECT_TRUE(open_lmdb_meta(dir / "meta", kSmall));
}

TEST(LmdbMeta, KeepsOthersOut) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "meta");
  std::filesystem::permissions(dir / "meta", std::filesystem::perms{0755});
  const auto store = open_lmdb_meta(dir / "meta", kSmall);
  ASSERT_TRUE(store);
  const auto mode = [&](const char* name) {
    struct stat status {};
    EXPECT_EQ(::stat((dir / name).c_str(), &status), 0);
    return status.st_mode & 07777U;
  };
  EXPECT_EQ(mode("meta"), 0700U);
  EXPECT_EQ(mode("meta/data.mdb"), 0600U);
  EXPECT_EQ(mode("meta/lock.mdb"), 0600U);
}

TEST(LmdbMeta, RefusesAFolderOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make one";
  const TempDir dir;
  std::filesystem::create_directory(dir / "meta");
  ASSERT_EQ(::chown((dir / "meta").c_str(), 12345, 12345), 0);
  EXPECT_EQ(open_lmdb_meta(dir / "meta", kSmall).error(), Errc::forbidden);
  EXPECT_FALSE(std::filesystem::exists(dir / "meta/lock.mdb"));
}

TEST(LmdbMeta, SaysCorruptForAFileThatIsNoEnvironment) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "meta");
  {
    std::unique_ptr<FILE, int (*)(FILE*)> file(::fopen((dir / "meta/data.mdb").c_str(), "w"),
                                               ::fclose);
    const std::string junk(3 * 4096, 'x');
    ASSERT_EQ(::fwrite(junk.data(), 1, junk.size(), file.get()), junk.size());
  }
  EXPECT_EQ(open_lmdb_meta(dir / "meta", kSmall).error(), Errc::corrupt);
  EXPECT_EQ(open_lmdb_meta(dir / "absent" / "meta", kSmall).error(), Errc::io_failure);
}

TEST(TwiceMeta, TellsAClosureThatCannotBeRepeated) {
  const TempDir dir;
  auto inner = open_lmdb_meta(dir / "meta", kSmall);
  ASSERT_TRUE(inner);
  const auto store = support::make_twice_meta(std::move(*inner));
  int runs = 0;
  EXPECT_THROW((void)store->write([&](WriteTxn& txn) -> Result<void> {
    if (++runs == 2) return tl::unexpected(Errc::conflict);
    return txn.put(as_bytes("a"), as_bytes("1"));
  }),
               std::logic_error);
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace vault
