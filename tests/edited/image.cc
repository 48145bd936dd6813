#include "edited/image.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "crypto/record_cipher.h"
#include "support/raw_lmdb.h"
#include "vault/records.h"

namespace edited {
namespace {

Rows read_rows(const std::filesystem::path& folder) {
  Rows rows;
  support::edit_lmdb(folder, [&](const Bytes& key, Bytes& value) { rows[key] = value; });
  return rows;
}

MDB_val val_of(const Bytes& bytes) {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}

void write_rows(const std::filesystem::path& folder, const Rows& from, const Rows& to) {
  if (from == to) return;
  support::change_lmdb(folder, [&](MDB_txn* txn, MDB_dbi dbi) {
    for (const auto& [key, value] : from) {
      MDB_val name = val_of(key);
      if (!to.contains(key)) support::check_lmdb(mdb_del(txn, dbi, &name, nullptr));
    }
    for (const auto& [key, value] : to) {
      const auto old = from.find(key);
      if (old != from.end() && old->second == value) continue;
      MDB_val name = val_of(key);
      MDB_val content = val_of(value);
      support::check_lmdb(mdb_put(txn, dbi, &name, &content, 0));
    }
  });
}

crypto::EraseKey slot_of(const Image& image, std::uint64_t slot) {
  std::array<std::uint8_t, 32> bytes{};
  std::copy_n(image.erase_keys.begin() + static_cast<std::ptrdiff_t>(bytes.size() * slot),
              bytes.size(), bytes.begin());
  return crypto::EraseKey::take(bytes);
}

}  // namespace

Image read_image(const std::filesystem::path& data) {
  Image image{read_rows(data / "meta"), read_rows(data / "blobs"), {}};
  std::ifstream file(data / "erase.keys", std::ios::binary);
  image.erase_keys.assign(std::istreambuf_iterator<char>(file), {});
  return image;
}

void write_image(const std::filesystem::path& data, const Image& from, const Image& to) {
  write_rows(data / "meta", from.meta, to.meta);
  write_rows(data / "blobs", from.blobs, to.blobs);
  if (from.erase_keys == to.erase_keys) return;
  std::ofstream file(data / "erase.keys", std::ios::binary | std::ios::trunc);
  file << crypto::as_text(to.erase_keys);
}

std::vector<Bytes> keys_of(const Image& image, vault::Kind kind) {
  std::vector<Bytes> keys;
  for (const auto& [key, value] : image.meta) {
    if (key.front() == static_cast<std::uint8_t>(kind)) keys.push_back(key);
  }
  return keys;
}

Bytes unwrap(const Image& image, const Bytes& key) {
  const auto record = vault::decode<vault::WrappedRecord>(image.meta.at(key)).value();
  return crypto::unwrap_record(slot_of(image, record.slot), key, record.wrapped).value();
}

Bytes wrap(const Image& image, const Bytes& key, const Bytes& like, const Bytes& plain) {
  const auto slot = vault::decode<vault::WrappedRecord>(image.meta.at(like)).value().slot;
  return vault::encode(
      vault::WrappedRecord{slot, crypto::wrap_record(slot_of(image, slot), key, plain)});
}

}  // namespace edited
