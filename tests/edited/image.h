// What a data folder holds, row by row, in the hands of one who has it and LMDB: read, changed in
// memory, and written into a copy.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "crypto/bytes.h"
#include "vault/keys.h"

namespace edited {

using crypto::Bytes;
using crypto::ByteView;
using Rows = std::map<Bytes, Bytes>;

struct Image {
  Rows meta;
  Rows blobs;
  Bytes erase_keys;
  bool operator==(const Image&) const = default;
};

// REQUIRES: no engine has the folder open in this process.
Image read_image(const std::filesystem::path& data);
// Makes the folder, which holds `from`, hold `to`. REQUIRES: as above.
void write_image(const std::filesystem::path& data, const Image& from, const Image& to);

// The rows of one kind, in the order of their keys.
std::vector<Bytes> keys_of(const Image& image, vault::Kind kind);
// What stands wrapped in a row (a lockbox, or the headers of a document), and a row of `like`'s
// slot that has `plain` instead: whoever has the folder has the erase keys.
Bytes unwrap(const Image& image, const Bytes& key);
Bytes wrap(const Image& image, const Bytes& key, const Bytes& like, const Bytes& plain);

}  // namespace edited
