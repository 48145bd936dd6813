#include "vault/lmdb_pages.h"

#include "vault/lmdb_free_list.h"

namespace vault {
namespace {

// Each try has a pair of commits in the few microseconds between two readings to thank for.
constexpr int kTries = 1000;

struct MetaBytes {
  PageBytes first;
  PageBytes second;
  bool operator==(const MetaBytes&) const = default;
};

Walked<void> read_metas(const PageFile& file, MetaBytes& bytes) {
  if (const auto read = file.read(0, bytes.first); !read) return read;
  return file.read(1, bytes.second);
}

// Both at one moment: between two readings that agree there was no commit.
Walked<void> read_steady_metas(const PageFile& file, MetaBytes& bytes) {
  if (const auto read = read_metas(file, bytes); !read) return read;
  for (int i = 0; i < kTries; ++i) {
    MetaBytes again{};
    if (const auto read = read_metas(file, again); !read) return read;
    if (again == bytes) return {};
    bytes = again;
  }
  return damaged(0, PageFault::txn_wrong);
}

struct Metas {
  MetaPage newer;
  MetaPage older;
};

Walked<Metas> judge_metas(const PageFile& file, const JudgeOptions& options) {
  MetaBytes bytes{};
  if (const auto read = read_steady_metas(file, bytes); !read) return tl::unexpected(read.error());
  const auto first = judge_meta(bytes.first, 0);
  if (!first) return damaged(0, first.error());
  const auto second = judge_meta(bytes.second, 1);
  if (!second) return damaged(1, second.error());

  // As the engine picks. Each commit writes the older one, so they are neighbours.
  const bool is_second = first->txn < second->txn;
  const Metas metas{is_second ? *second : *first, is_second ? *first : *second};
  const PageNumber place = is_second ? 1 : 0;
  if (metas.newer.txn != 0 && metas.newer.txn != metas.older.txn + 1)
    return damaged(place, PageFault::txn_wrong);
  if (metas.newer.last_page >= options.map_size / kPageSize)
    return damaged(place, PageFault::last_page_wrong);
  if (metas.older.last_page > metas.newer.last_page)
    return damaged(1 - place, PageFault::last_page_wrong);
  return metas;
}

// The meta page of the snapshot that a reader holds, or of the newest.
Walked<MetaPage> meta_of_snapshot(const PageFile& file, const JudgeOptions& options) {
  for (int i = 0; i < kTries; ++i) {
    const std::optional<std::uint64_t> pinned =
        options.pin ? std::optional(options.pin()) : std::nullopt;
    const auto metas = judge_metas(file, options);
    if (!metas) return tl::unexpected(metas.error());
    if (!pinned || metas->newer.txn == *pinned) return metas->newer;
    if (metas->older.txn == *pinned) return metas->older;
  }
  return damaged(0, PageFault::txn_wrong);
}

// A page that no one names is room that is not there, or that was taken from a tree or a list.
Walked<void> judge_lost(const PageSet& taken, PageNumber last_page) {
  if (taken.size() == last_page + 1 - kMetaPages) return {};
  PageNumber page = kMetaPages;
  while (taken.contains(page)) ++page;
  return damaged(page, PageFault::lost);
}

Walked<void> judge_environment(const std::filesystem::path& path, const JudgeOptions& options) {
  const auto file = PageFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto meta = meta_of_snapshot(*file, options);
  if (!meta) return tl::unexpected(meta.error());
  const PageNumber place = meta->txn % kMetaPages;

  PageSet taken(meta->last_page);
  TreeWalk trees(*file, meta->last_page, taken);
  const auto judge_list = [&](PageNumber leaf, crypto::ByteView key, const TreePage::Value& value) {
    return judge_free_list(*file, *meta, leaf, key, value, taken);
  };
  // Lists are read anyway, so their heads cost nothing.
  if (auto walked = trees.walk(meta->free, place, Tree::free_pages, Runs::heads, judge_list);
      !walked)
    return walked;
  if (auto walked = trees.walk(meta->rows, place, Tree::rows, options.runs); !walked) return walked;
  return judge_lost(taken, meta->last_page);
}

template <typename T>
std::optional<PageDamage> damage_in(const Walked<T>& walked) {
  return walked ? std::nullopt : std::optional(walked.error());
}

}  // namespace

std::optional<PageDamage> find_damaged_page(const std::filesystem::path& file,
                                            const JudgeOptions& options) {
  return damage_in(judge_environment(file, options));
}

std::optional<PageDamage> find_damaged_meta(const std::filesystem::path& file,
                                            const JudgeOptions& options) {
  const auto opened = PageFile::open(file);
  if (!opened) return opened.error();
  return damage_in(judge_metas(*opened, options));
}

}  // namespace vault
