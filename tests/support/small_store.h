// A small environment with pages of every kind: a branch, leaves, values in runs, lists of free
// pages.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "vault/lmdb_meta.h"

namespace support {

constexpr std::uint64_t kSmallMap = std::uint64_t{64} << 20;

inline void check(const vault::Result<void>& done) {
  if (!done) throw std::runtime_error("the store refused");
}

inline std::string small_key(int i) { return "a key of row " + std::to_string(1000 + i); }

// Puts row `i`; the value's size is its own.
inline vault::Result<void> put_row(vault::WriteTxn& txn, int i, std::size_t size) {
  const std::string value(size, static_cast<char>('a' + i % 26));
  return txn.put(crypto::as_bytes(small_key(i)), crypto::as_bytes(value));
}

inline void make_small_store(const std::filesystem::path& folder) {
  const auto store = vault::open_lmdb_meta(folder, {.map_size = kSmallMap}).value();
  const auto write = [&](const vault::MetaStore::Write& work) { check(store->write(work)); };
  write([](vault::WriteTxn& txn) {
    for (int i = 0; i < 120; ++i) check(put_row(txn, i, 50 + static_cast<std::size_t>(i)));
    return put_row(txn, 130, 9000);
  });
  write([](vault::WriteTxn& txn) {
    for (int i = 0; i < 60; ++i) check(txn.erase(crypto::as_bytes(small_key(i))));
    return put_row(txn, 131, 5000);
  });
  write([](vault::WriteTxn& txn) { return put_row(txn, 132, 20); });
  write([](vault::WriteTxn& txn) { return txn.erase(crypto::as_bytes(small_key(130))); });
}

}  // namespace support
