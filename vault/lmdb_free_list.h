// The lists of free pages of an LMDB file: pages that the engine will write over.
#pragma once

#include "vault/lmdb_page_file.h"
#include "vault/lmdb_page_set.h"

namespace vault {

// Judges one list, a row of the free pages' tree: under the number of a transaction a count, and
// then so many pages in descending order. `taken` gets each of them. Memory: a page.
// REQUIRES: the row was judged with its leaf and its run.
Walked<void> judge_free_list(const PageFile& file, const MetaPage& meta, PageNumber leaf,
                             crypto::ByteView key, const TreePage::Value& value, PageSet& taken);

}  // namespace vault
