// What whoever has the data folder of a stopped service can make of it, one edit a row.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "edited/fields.h"
#include "edited/image.h"

namespace edited {

struct Edit {
  std::string name;
  std::function<void(Image&)> apply;
  // Where verify-store must say that there is damage, each of them; "": anywhere.
  std::vector<std::string> found_at;
  // Why nobody needs to find it: what it changes says nothing to anybody.
  const char* harmless = nullptr;
};

// Where verify-store finds fault with a row of `meta`.
std::string place_of(const Bytes& key);
// The kinds of which the prepared store has rows, in order.
std::vector<vault::Kind> kinds();
std::string name_of(vault::Kind kind);

// Of the rows of each kind (edits_rows.cc).
std::vector<Edit> flips_of_row(const Bytes& key, bool each_byte);
std::vector<Edit> flips(std::size_t rows_a_kind);
// The middle one of the newest row of each kind.
std::vector<Edit> one_a_kind();
std::vector<Edit> flips_inside_headers();
std::vector<Edit> swaps();
std::vector<Edit> removals();
std::vector<Edit> additions();
std::vector<Edit> hostile_values();
// Of what belongs together (edits_story.cc).
std::vector<Edit> rolled_back();
std::vector<Edit> cut_logs();
std::vector<Edit> other_keys();
// Of blobs/ and erase.keys (edits_bytes.cc).
std::vector<Edit> blob_edits();
std::vector<Edit> blob_flips(bool each_byte);
std::vector<Edit> erase_key_edits();

}  // namespace edited
