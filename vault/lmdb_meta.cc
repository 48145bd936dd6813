#include "vault/lmdb_meta.h"

#include <lmdb.h>

#include <algorithm>

#include "vault/lmdb_env.h"

namespace vault {
namespace {

MDB_val to_val(ByteView bytes) {
  // LMDB takes input through a pointer to non-const and does not write to it.
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
ByteView to_view(const MDB_val& val) {
  return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

bool is_before(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

class Cursor {
 public:
  ~Cursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  int open(MDB_txn* txn, unsigned dbi) { return mdb_cursor_open(txn, dbi, &cursor_); }
  int move(MDB_cursor_op op) { return mdb_cursor_get(cursor_, &key_, &value_, op); }
  // To the first key that is not before `key`.
  int seek(ByteView key) {
    key_ = to_val(key);
    return move(MDB_SET_RANGE);
  }
  ByteView key() const { return to_view(key_); }
  ByteView value() const { return to_view(value_); }

 private:
  MDB_cursor* cursor_ = nullptr;
  MDB_val key_{};
  MDB_val value_{};
};

// Both kinds of transaction read alike.
class Reader {
 public:
  Reader(MDB_txn* txn, unsigned dbi) : txn_(txn), dbi_(dbi) {}

  Result<std::optional<Bytes>> get(ByteView key) const {
    if (key.empty() || key.size() > kMaxKey) return std::nullopt;
    MDB_val key_val = to_val(key);
    MDB_val value{};
    const int code = mdb_get(txn_, dbi_, &key_val, &value);
    if (code == MDB_NOTFOUND) return std::nullopt;
    if (code != 0) return lmdb_failure(code);
    return crypto::to_bytes(to_view(value));
  }

  Result<void> scan(ByteView first, ByteView last, const ReadTxn::Visit& visit,
                    Direction direction) const {
    Cursor cursor;
    int code = cursor.open(txn_, dbi_);
    const bool forward = direction == Direction::forward;
    if (code == 0) code = forward ? begin(cursor, first) : begin_behind(cursor, last);
    while (code == 0) {
      const bool inside =
          forward ? last.empty() || is_before(cursor.key(), last) : !is_before(cursor.key(), first);
      if (!inside || !visit(cursor.key(), cursor.value())) return {};
      code = cursor.move(forward ? MDB_NEXT : MDB_PREV);
    }
    if (code != MDB_NOTFOUND) return lmdb_failure(code);
    return {};
  }

 private:
  static int begin(Cursor& cursor, ByteView first) {
    return first.empty() ? cursor.move(MDB_FIRST) : cursor.seek(first);
  }
  // To the last key before `last`.
  static int begin_behind(Cursor& cursor, ByteView last) {
    if (last.empty()) return cursor.move(MDB_LAST);
    const int code = cursor.seek(last);
    if (code == MDB_NOTFOUND) return cursor.move(MDB_LAST);
    return code == 0 ? cursor.move(MDB_PREV) : code;
  }

  MDB_txn* txn_;
  unsigned dbi_;
};

class LmdbReadTxn final : public ReadTxn {
 public:
  LmdbReadTxn(MDB_txn* txn, unsigned dbi) : reader_(txn, dbi) {}
  Result<std::optional<Bytes>> get(ByteView key) const override { return reader_.get(key); }
  Result<void> scan(ByteView first, ByteView last, const Visit& visit,
                    Direction direction) const override {
    return reader_.scan(first, last, visit, direction);
  }

 private:
  Reader reader_;
};

class LmdbWriteTxn final : public WriteTxn {
 public:
  LmdbWriteTxn(MDB_txn* txn, unsigned dbi) : reader_(txn, dbi), txn_(txn), dbi_(dbi) {}
  Result<std::optional<Bytes>> get(ByteView key) const override { return reader_.get(key); }
  Result<void> scan(ByteView first, ByteView last, const Visit& visit,
                    Direction direction) const override {
    return reader_.scan(first, last, visit, direction);
  }

  Result<void> put(ByteView key, ByteView value) override {
    if (key.empty() || key.size() > kMaxKey || value.size() > kMaxValue)
      return tl::unexpected(Errc::too_large);
    MDB_val key_val = to_val(key);
    MDB_val value_val = to_val(value);
    return note(mdb_put(txn_, dbi_, &key_val, &value_val, 0));
  }

  Result<void> erase(ByteView key) override {
    if (key.empty() || key.size() > kMaxKey) return {};
    MDB_val key_val = to_val(key);
    const int code = mdb_del(txn_, dbi_, &key_val, nullptr);
    return code == MDB_NOTFOUND ? Result<void>{} : note(code);
  }

  // The first failure of the engine. A closure may overlook it; half of a change must not be
  // committed for that.
  const Result<void>& health() const { return health_; }

 private:
  Result<void> note(int code) {
    if (code == 0) return {};
    if (health_) health_ = lmdb_failure(code);
    return lmdb_failure(code);
  }

  Reader reader_;
  MDB_txn* txn_;
  unsigned dbi_;
  Result<void> health_;
};

class LmdbMeta final : public MetaStore {
 public:
  explicit LmdbMeta(std::unique_ptr<LmdbEnv> env) : env_(std::move(env)) {}

  Result<void> read(const Read& work) const override {
    const auto txn = LmdbTxn::begin(*env_, MDB_RDONLY);
    if (!txn) return tl::unexpected(txn.error());
    return work(LmdbReadTxn(txn->get(), env_->dbi()));
  }

  Result<void> write(const Write& work) override {
    auto txn = LmdbTxn::begin(*env_, 0);
    if (!txn) return tl::unexpected(txn.error());
    LmdbWriteTxn view(txn->get(), env_->dbi());
    const auto done = work(view);
    if (!done) return done;
    if (!view.health()) return view.health();
    return std::move(*txn).commit();
  }

 private:
  std::unique_ptr<LmdbEnv> env_;
};

}  // namespace

Result<std::unique_ptr<MetaStore>> open_lmdb_meta(const std::filesystem::path& directory,
                                                  const LmdbOptions& options) {
  auto env = LmdbEnv::open(directory, options, Runs::heads);
  if (!env) return tl::unexpected(env.error());
  return std::make_unique<LmdbMeta>(std::move(*env));
}

}  // namespace vault
