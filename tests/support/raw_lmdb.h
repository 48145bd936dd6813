// The bytes of an LMDB environment behind its engine's back, for damage that a test plans.
// REQUIRES: no engine has the folder open in this process.
#pragma once

#include <lmdb.h>

#include <filesystem>
#include <functional>
#include <stdexcept>

#include "crypto/bytes.h"

namespace support {

inline void check_lmdb(int code) {
  if (code != 0) throw std::runtime_error(mdb_strerror(code));
}

// Does `change` in one transaction on the folder's only table.
inline void change_lmdb(const std::filesystem::path& folder,
                        const std::function<void(MDB_txn*, MDB_dbi)>& change) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  check_lmdb(mdb_env_create(&env));
  check_lmdb(mdb_env_set_mapsize(env, std::size_t{1} << 30));
  check_lmdb(mdb_env_open(env, folder.c_str(), 0, 0600));
  check_lmdb(mdb_txn_begin(env, nullptr, 0, &txn));
  check_lmdb(mdb_dbi_open(txn, nullptr, 0, &dbi));
  change(txn, dbi);
  check_lmdb(mdb_txn_commit(txn));
  mdb_env_close(env);
}

// Rewrites each value through `edit(key, value)`; an empty result erases the row (one that
// was empty stays: the indexes are such rows).
inline void edit_lmdb(const std::filesystem::path& folder,
                      const std::function<void(const crypto::Bytes&, crypto::Bytes&)>& edit) {
  change_lmdb(folder, [&](MDB_txn* txn, MDB_dbi dbi) {
    MDB_cursor* cursor = nullptr;
    check_lmdb(mdb_cursor_open(txn, dbi, &cursor));
    MDB_val key{};
    MDB_val value{};
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
      const auto copy = [](const MDB_val& val) {
        const auto* data = static_cast<const std::uint8_t*>(val.mv_data);
        return crypto::Bytes(data, data + val.mv_size);
      };
      const crypto::Bytes old = copy(value);
      crypto::Bytes now = old;
      crypto::Bytes name = copy(key);  // what the engine handed out is its own page, soon rewritten
      edit(name, now);
      if (now.empty() && !old.empty()) {
        check_lmdb(mdb_cursor_del(cursor, 0));
      } else if (now != old) {
        MDB_val replaced{now.size(), now.data()};
        MDB_val same{name.size(), name.data()};
        check_lmdb(mdb_cursor_put(cursor, &same, &replaced, MDB_CURRENT));
      }
    }
    mdb_cursor_close(cursor);
  });
}

// Puts one row, whether or not it was there.
inline void put_lmdb(const std::filesystem::path& folder, crypto::Bytes key, crypto::Bytes value) {
  change_lmdb(folder, [&](MDB_txn* txn, MDB_dbi dbi) {
    MDB_val name{key.size(), key.data()};
    MDB_val content{value.size(), value.data()};
    check_lmdb(mdb_put(txn, dbi, &name, &content, 0));
  });
}

}  // namespace support
