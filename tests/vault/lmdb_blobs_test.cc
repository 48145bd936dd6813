#include "vault/lmdb_blobs.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "support/pattern.h"
#include "support/raw_lmdb.h"
#include "support/temp_dir.h"
#include "vault/extent.h"

namespace vault {
namespace {

using support::pattern;
using support::TempDir;
using testing::ElementsAre;
using testing::IsEmpty;

class LmdbBlobs : public testing::Test {
 protected:
  void SetUp() override { reopen(); }

  void reopen(std::uint64_t map_size = std::uint64_t{1} << 30) {
    store_.reset();
    auto opened = open_lmdb_blobs(path(), {.map_size = map_size});
    ASSERT_TRUE(opened);
    store_ = std::move(*opened);
  }
  std::filesystem::path path() const { return dir_ / "blobs"; }

  // Each id is larger than the one before.
  Id next_id() { return Id::make(++last_ms_); }

  // Appends in pieces of `piece` bytes.
  Result<void> put(const Id& id, ByteView content, std::size_t piece = 100'000) {
    auto writer = store_->begin(id);
    if (!writer) return tl::unexpected(writer.error());
    while (!content.empty()) {
      const auto part = content.first(std::min(piece, content.size()));
      if (auto done = (*writer)->append(part); !done) return done;
      content = content.subspan(part.size());
    }
    return (*writer)->commit();
  }

  Result<Bytes> get(const Id& id, std::uint64_t offset, std::size_t size) const {
    Bytes out(size);
    const auto read = store_->read(id, offset, out);
    if (!read) return tl::unexpected(read.error());
    return out;
  }

  std::vector<Id> unsettled() const {
    std::vector<Id> ids;
    EXPECT_TRUE(store_->list_unsettled([&](const Id& id) { ids.push_back(id); }));
    return ids;
  }
  std::vector<std::pair<Id, std::uint64_t>> committed() const {
    std::vector<std::pair<Id, std::uint64_t>> blobs;
    EXPECT_TRUE(
        store_->list([&](const Id& id, std::uint64_t size) { blobs.emplace_back(id, size); }));
    return blobs;
  }

  TempDir dir_;
  std::int64_t last_ms_ = 1'700'000'000'000;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(LmdbBlobs, GiveBackWhatWasWrittenAtEveryBorder) {
  constexpr std::size_t kSizes[] = {0,
                                    1,
                                    kExtentBlock - 1,
                                    kExtentBlock,
                                    kExtentBlock + 1,
                                    69'488,
                                    69'489,
                                    kExtentPayload - 1,
                                    kExtentPayload,
                                    kExtentPayload + 1,
                                    2 * kExtentPayload,
                                    11 * kExtentPayload + 12'345};
  std::vector<std::pair<Id, std::uint64_t>> expected;
  for (const std::size_t size : kSizes) {
    const Id id = next_id();
    ASSERT_TRUE(put(id, pattern(size, size))) << size;
    expected.emplace_back(id, size);
  }
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(committed(), expected);
    for (const auto& [id, size] : expected) {
      EXPECT_EQ(store_->size(id), size);
      EXPECT_TRUE(get(id, 0, size) == pattern(size, size)) << size;
      EXPECT_EQ(get(id, size, 0), Bytes{});
      EXPECT_EQ(get(id, size, 1).error(), Errc::invalid);
      EXPECT_EQ(get(id, size + 1, 0).error(), Errc::invalid);
      EXPECT_EQ(get(id, ~std::uint64_t{0}, 2).error(), Errc::invalid);
    }
    reopen();
  }
}

TEST_F(LmdbBlobs, ReadAnyRange) {
  const std::size_t size = 3 * kExtentPayload + 1000;
  const auto content = pattern(size, 7);
  const Id id = next_id();
  ASSERT_TRUE(put(id, content, 65'552));
  const std::size_t borders[] = {0,
                                 1,
                                 16,
                                 kExtentBlock,
                                 kExtentPayload - 1,
                                 kExtentPayload,
                                 kExtentPayload + 16,
                                 3 * kExtentPayload,
                                 size - 1,
                                 size};
  for (const std::size_t from : borders) {
    for (const std::size_t to : borders) {
      if (to < from) continue;
      const auto read = get(id, from, to - from);
      ASSERT_TRUE(read) << from << " " << to;
      EXPECT_TRUE(std::equal(read->begin(), read->end(),
                             content.begin() + static_cast<std::ptrdiff_t>(from)));
    }
  }
}

TEST_F(LmdbBlobs, AreNotThereBeforeTheirCommit) {
  const Id id = next_id();
  auto writer = *store_->begin(id);
  ASSERT_TRUE(writer->append(pattern(3 * kExtentPayload, 1)));
  EXPECT_EQ(get(id, 0, 1).error(), Errc::not_found);
  EXPECT_EQ(store_->size(id).error(), Errc::not_found);
  EXPECT_THAT(committed(), IsEmpty());
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(store_->size(id), 3 * kExtentPayload);
}

TEST_F(LmdbBlobs, TakeAnIdOnce) {
  const Id id = next_id();
  auto writer = *store_->begin(id);
  EXPECT_EQ(store_->begin(id).error(), Errc::conflict);
  EXPECT_EQ(store_->erase(id).error(), Errc::conflict);
  ASSERT_TRUE(writer->append(pattern(10, 1)));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(store_->begin(id).error(), Errc::conflict);
  EXPECT_TRUE(get(id, 0, 10) == pattern(10, 1));
  EXPECT_TRUE(store_->erase(id));  // the writer that has committed is done with it
}

TEST_F(LmdbBlobs, LeaveNothingOfADroppedWriter) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, 9 * kExtentPayload + 5}) {
    const Id id = next_id();
    {
      auto writer = *store_->begin(id);
      ASSERT_TRUE(writer->append(pattern(size, 1)));
    }
    EXPECT_THAT(unsettled(), IsEmpty());
    EXPECT_EQ(store_->size(id).error(), Errc::not_found);
    EXPECT_TRUE(put(id, pattern(size, 2)));  // the id is free again
    EXPECT_TRUE(get(id, 0, size) == pattern(size, 2));
    ASSERT_TRUE(store_->erase(id));
  }
  store_.reset();
  std::size_t rows = 0;
  support::edit_lmdb(path(), [&](const Bytes&, Bytes&) { ++rows; });
  EXPECT_EQ(rows, 0U);
}

TEST_F(LmdbBlobs, AreUnsettledUntilTheirRecordIsCommitted) {
  const Id kept = next_id();
  const Id orphan = next_id();
  ASSERT_TRUE(put(kept, pattern(10, 1)));
  ASSERT_TRUE(put(orphan, pattern(10, 1)));
  EXPECT_THAT(unsettled(), ElementsAre(kept, orphan));
  reopen();
  EXPECT_THAT(unsettled(), ElementsAre(kept, orphan));

  store_->settle(kept);
  EXPECT_THAT(unsettled(), ElementsAre(orphan));
  reopen();
  EXPECT_THAT(unsettled(), ElementsAre(orphan));
  ASSERT_TRUE(store_->erase(orphan));
  EXPECT_THAT(unsettled(), IsEmpty());
  EXPECT_TRUE(get(kept, 0, 10) == pattern(10, 1));
}

TEST_F(LmdbBlobs, SettleWithTheNextCommitAndNotOverAnErasure) {
  const Id first = next_id();
  ASSERT_TRUE(put(first, pattern(40 * kExtentPayload, 1)));
  store_->settle(first);
  ASSERT_TRUE(put(next_id(), pattern(1, 1)));
  EXPECT_EQ(unsettled().size(), 1U);
  store_->settle(first);
  ASSERT_TRUE(store_->erase(first));
  EXPECT_EQ(unsettled().size(), 1U);
  EXPECT_EQ(store_->size(first).error(), Errc::not_found);
}

TEST_F(LmdbBlobs, AreErasedInSlicesAndTwiceIsNoError) {
  const Id erased = next_id();
  const Id kept = next_id();
  ASSERT_TRUE(put(erased, pattern(70 * kExtentPayload + 1, 1)));
  ASSERT_TRUE(put(kept, pattern(kExtentPayload + 1, 2)));
  ASSERT_TRUE(store_->erase(erased));
  ASSERT_TRUE(store_->erase(erased));
  ASSERT_TRUE(store_->erase(next_id()));
  EXPECT_EQ(get(erased, 0, 1).error(), Errc::not_found);
  EXPECT_THAT(unsettled(), ElementsAre(kept));

  store_.reset();
  std::size_t rows = 0;
  support::edit_lmdb(path(), [&](const Bytes&, Bytes&) { ++rows; });
  EXPECT_EQ(rows, 4U);  // of the one kept: index, mark, two extents
}

TEST_F(LmdbBlobs, UseErasedSpaceAgain) {
  const auto content = pattern(20 * kExtentPayload, 1);
  ASSERT_TRUE(put(next_id(), content));
  const auto full = std::filesystem::file_size(path() / "data.mdb");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_->erase(committed()[0].first));
    ASSERT_TRUE(put(next_id(), content));
  }
  EXPECT_LT(std::filesystem::file_size(path() / "data.mdb"), full + full / 4);
}

TEST_F(LmdbBlobs, SayCorruptWhereAChecksumDoesNotFit) {
  const Id id = next_id();
  const std::size_t size = 2 * kExtentPayload;
  ASSERT_TRUE(put(id, pattern(size, 1)));
  store_.reset();
  support::edit_lmdb(path(), [](const Bytes& key, Bytes& value) {
    if (key[0] == 0x02 && key.back() == 1) value[kExtentHead + 5 * kExtentBlock + 7] ^= 0x10;
  });
  reopen();
  EXPECT_EQ(get(id, 0, size).error(), Errc::corrupt);
  EXPECT_EQ(get(id, kExtentPayload + 5 * kExtentBlock, 1).error(), Errc::corrupt);
  EXPECT_TRUE(get(id, 0, kExtentPayload) == pattern(kExtentPayload, 1));
}

TEST_F(LmdbBlobs, SayCorruptWhereAnExtentIsMissing) {
  const Id id = next_id();
  ASSERT_TRUE(put(id, pattern(2 * kExtentPayload, 1)));
  store_.reset();
  support::edit_lmdb(path(), [](const Bytes& key, Bytes& value) {
    if (key[0] == 0x02 && key.back() == 1) value.clear();
  });
  reopen();
  EXPECT_EQ(get(id, kExtentPayload, 1).error(), Errc::corrupt);
  EXPECT_TRUE(get(id, 0, 1));
}

TEST_F(LmdbBlobs, RefuseALaterFormat) {
  const Id id = next_id();
  ASSERT_TRUE(put(id, pattern(10, 1)));
  store_.reset();
  support::edit_lmdb(path(), [](const Bytes& key, Bytes& value) {
    if (key[0] == 0x01) value[0] = 2;
  });
  reopen();
  EXPECT_EQ(get(id, 0, 1).error(), Errc::newer_format);
  EXPECT_EQ(store_->size(id).error(), Errc::newer_format);
}

TEST_F(LmdbBlobs, SayNoSpaceAtTheEndOfTheMapAndStayUsable) {
  reopen(std::uint64_t{12} << 20);
  const Id small = next_id();
  ASSERT_TRUE(put(small, pattern(1000, 1)));
  const Id large = next_id();
  EXPECT_EQ(put(large, pattern(20 * kExtentPayload, 2)).error(), Errc::no_space);
  EXPECT_EQ(store_->size(large).error(), Errc::not_found);
  EXPECT_THAT(unsettled(), ElementsAre(small));

  EXPECT_TRUE(get(small, 0, 1000) == pattern(1000, 1));
  const Id fits = next_id();
  ASSERT_TRUE(put(fits, pattern(5 * kExtentPayload, 3)));
  EXPECT_TRUE(get(fits, 0, 5 * kExtentPayload) == pattern(5 * kExtentPayload, 3));
}

TEST_F(LmdbBlobs, ACommitWithoutRoomForTheLastExtentIsNoBlob) {
  reopen(std::uint64_t{4} << 20);
  std::vector<Id> kept;
  Result<void> last;
  for (int i = 0; i < 10 && last; ++i) {
    const Id id = next_id();
    last = put(id, pattern(kExtentPayload - 1, 1));
    if (last) kept.push_back(id);
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error(), Errc::no_space);
  EXPECT_EQ(committed().size(), kept.size());
  EXPECT_EQ(unsettled(), kept);
}

TEST_F(LmdbBlobs, AnExtentWithoutRoomFailsTheCommitThoughTheLastOneHasRoom) {
  reopen(std::uint64_t{4} << 20);
  const Id id = next_id();
  auto writer = *store_->begin(id);
  // All in flight at once, so that only the commit can tell.
  ASSERT_TRUE(writer->append(pattern(4 * kExtentPayload + 10, 1)));
  EXPECT_EQ(writer->commit().error(), Errc::no_space);
  EXPECT_EQ(store_->size(id).error(), Errc::not_found);
  writer.reset();
  EXPECT_THAT(unsettled(), IsEmpty());
}

TEST_F(LmdbBlobs, AWriterOutOfRoomDoesNotFailItsNeighbours) {
  reopen(std::uint64_t{40} << 20);
  std::atomic<bool> stop = false;
  const auto extent = pattern(kExtentPayload, 1);
  std::thread greedy([&] {
    while (!stop) {
      auto writer = store_->begin(Id::make(1));
      for (int i = 0; writer && i < 64 && (*writer)->append(extent); ++i) {
      }
    }
  });
  int done = 0;
  for (int i = 0; i < 50; ++i) {
    const Id id = next_id();
    const auto put_small = put(id, pattern(50'000, 1));
    if (put_small) {
      ++done;
      EXPECT_TRUE(get(id, 0, 50'000) == pattern(50'000, 1));
    } else {
      EXPECT_EQ(put_small.error(), Errc::no_space);
    }
    EXPECT_TRUE(store_->erase(id));
  }
  stop = true;
  greedy.join();
  EXPECT_GT(done, 0);
  EXPECT_THAT(unsettled(), IsEmpty());
  EXPECT_TRUE(put(next_id(), pattern(30 * kExtentPayload, 1)));
}

TEST_F(LmdbBlobs, ManyWritersAndReadersAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 12;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const Id id = Id::make(1000 * t + i);
        const std::size_t size = static_cast<std::size_t>((t * 37 + i * 101) % 60) * 50'000;
        const auto content = pattern(size, static_cast<std::uint64_t>(i));
        if (!put(id, content, 70'000)) ++wrong;
        if (get(id, 0, size) != content) ++wrong;
        store_->settle(id);
        if (i % 3 == 0 && !store_->erase(id)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_THAT(unsettled(), IsEmpty());
  EXPECT_EQ(committed().size(), std::size_t{kThreads} * kEach * 2 / 3);
}

TEST_F(LmdbBlobs, ListMoreThanOnePage) {
  std::vector<Id> ids;
  for (int i = 0; i < 300; ++i) {
    ids.push_back(next_id());
    ASSERT_TRUE(put(ids.back(), {}));
  }
  EXPECT_EQ(unsettled(), ids);
  EXPECT_EQ(committed().size(), ids.size());
}

TEST_F(LmdbBlobs, RefuseAFolderThatThisProcessHasOpen) {
  EXPECT_EQ(open_lmdb_blobs(path(), {.map_size = 1 << 20}).error(), Errc::locked);
}

}  // namespace
}  // namespace vault
