// What can be wrong with a page of an LMDB file, and where.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "vault/error.h"

namespace vault {

using PageNumber = std::uint64_t;

enum class PageFault {
  not_a_file,      // something else than a regular file, or it cannot be opened
  unreadable,      // the disk refused
  beyond_file,     // the file ends before it
  wrong_place,     // it says that it is another page
  wrong_kind,      // not of the kind that belongs here, or of none
  bounds_wrong,    // the bounds of its free room
  lonely_branch,   // a branch with fewer than two children
  node_outside,    // a node that is not within the page
  nodes_unpacked,  // nodes that overlap or leave a gap
  key_wrong,       // an empty key, or one that is too long
  keys_unordered,  // keys that do not ascend, or are not between those of the branch above
  value_wrong,     // a value of a kind or size that is never written
  number_outside,  // it names a page that the file does not have
  run_wrong,       // a run of pages that is not as long as its value, or not at its place
  reached_twice,   // named by two, or in use and free at once
  lost,            // neither in use nor free
  depth_wrong,
  counts_wrong,  // not as many pages or rows as recorded
  not_meta,      // not the head of an LMDB file
  newer_format,
  settings_wrong,     // flags, page size or address that are never written
  last_page_wrong,    // more pages than there is room for
  txn_wrong,          // numbers of transactions that cannot follow each other
  free_list_wrong,    // a list of free pages that is not one
  free_list_of_none,  // a list of free pages under a transaction that never was
};
// In a few words, for the log.
const char* to_text(PageFault fault);

struct PageDamage {
  PageNumber page = 0;
  PageFault fault{};
  bool operator==(const PageDamage&) const = default;
};
// Told for which page of which file an environment is not opened.
using OnDamagedPage = std::function<void(const std::filesystem::path& file, PageDamage damage)>;

// io_failure, newer_format or corrupt.
Errc errc_of(PageFault fault);

}  // namespace vault
