// The pages of a whole LMDB environment, judged before the engine maps them.
//
// The engine follows what its pages say; a page that somebody edited can end the process that holds
// keys, or make it write over pages in use. What passes here has no such page: each page up to the
// last is reached once, in a tree or as free, is of the kind that belongs there, and says nothing
// of others that is not so. What rows say is for others to judge (vault/verify.h).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "vault/lmdb_page_fault.h"
#include "vault/lmdb_tree.h"

namespace vault {

struct JudgeOptions {
  Runs runs = Runs::heads;
  std::uint64_t map_size = 0;  // the file has no more pages than fit into it

  // Beside a process that writes. Takes (again) a place among the readers, in the newest snapshot,
  // and says its number. As long as a reader has it, the engine writes to no page that its trees
  // reach: they are used again only when no reader's snapshot is older than the transaction that
  // freed them. Its free pages are written to; they are counted, and not read. Its meta page goes
  // with the second commit after it, so that one is read right after the place was taken, and the
  // place taken anew if it is gone.
  std::function<std::uint64_t()> pin;
};

// The first damage that is met. No value: the environment is sound, as far as the engine follows
// it. Without `pin` nobody may write meanwhile. Memory: a bit for each page, and the pages of one
// path. `file`: data.mdb.
std::optional<PageDamage> find_damaged_page(const std::filesystem::path& file,
                                            const JudgeOptions& options);

// The same of the two meta pages alone, which is what the engine reads before a place among the
// readers can be taken.
std::optional<PageDamage> find_damaged_meta(const std::filesystem::path& file,
                                            const JudgeOptions& options);

}  // namespace vault
