#include "vault/lmdb_blob_rows.h"

#include <lmdb.h>

#include <algorithm>
#include <array>

#include "vault/big_endian.h"
#include "vault/extent.h"
#include "vault/lmdb_env.h"
#include "vault/lmdb_page.h"

namespace vault {
namespace {

// The first byte of a key.
constexpr std::uint8_t kIndex = 0x01;   // id        -> format, size u64
constexpr std::uint8_t kExtent = 0x02;  // id, n u32 -> an extent
constexpr std::uint8_t kMark = 0x03;    // id        -> format

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kIdKey = 1 + 16;
constexpr std::size_t kExtentKey = kIdKey + 4;

using IdKey = crypto::Block<kIdKey>;

IdKey id_key(std::uint8_t kind, const Id& id) {
  IdKey key{kind};
  std::copy(id.bytes.begin(), id.bytes.end(), key.begin() + 1);
  return key;
}

crypto::Block<kExtentKey> extent_key(const Id& id, std::uint32_t n) {
  crypto::Block<kExtentKey> key{};
  const IdKey prefix = id_key(kExtent, id);
  std::copy(prefix.begin(), prefix.end(), key.begin());
  store_big_endian(MutableBytes(key).subspan(kIdKey), n);
  return key;
}

MDB_val to_val(ByteView bytes) { return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())}; }
ByteView to_view(const MDB_val& val) {
  return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

Result<std::uint64_t> decode_index(ByteView value) {
  if (value.empty()) return tl::unexpected(Errc::corrupt);
  if (value[0] > kFormat) return tl::unexpected(Errc::newer_format);
  if (value[0] != kFormat || value.size() != 9) return tl::unexpected(Errc::corrupt);
  return load_big_endian<std::uint64_t>(value.subspan(1));
}

class Cursor {
 public:
  Cursor(MDB_txn* txn, unsigned dbi) : code_(mdb_cursor_open(txn, dbi, &cursor_)) {}
  ~Cursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  int seek(ByteView key) {
    if (code_ != 0) return code_;
    key_ = to_val(key);
    return mdb_cursor_get(cursor_, &key_, &value_, MDB_SET_RANGE);
  }
  int next() { return mdb_cursor_get(cursor_, &key_, &value_, MDB_NEXT); }
  int erase() { return mdb_cursor_del(cursor_, 0); }
  ByteView key() const { return to_view(key_); }
  ByteView value() const { return to_view(value_); }

 private:
  MDB_cursor* cursor_ = nullptr;
  int code_;
  MDB_val key_{};
  MDB_val value_{};
};

bool begins_with(ByteView key, ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace

Result<std::optional<ByteView>> BlobRows::get(ByteView key) const {
  MDB_val key_val = to_val(key);
  MDB_val value{};
  const int code = mdb_get(txn_, dbi_, &key_val, &value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  if (code != 0) return lmdb_failure(code);
  return to_view(value);
}

Result<void> BlobRows::put(ByteView key, ByteView value) {
  MDB_val key_val = to_val(key);
  MDB_val value_val = to_val(value);
  const int code = mdb_put(txn_, dbi_, &key_val, &value_val, 0);
  return code == 0 ? Result<void>{} : lmdb_failure(code);
}

Result<void> BlobRows::erase(ByteView key) {
  MDB_val key_val = to_val(key);
  const int code = mdb_del(txn_, dbi_, &key_val, nullptr);
  return code == 0 || code == MDB_NOTFOUND ? Result<void>{} : lmdb_failure(code);
}

Result<std::optional<std::uint64_t>> BlobRows::size(const Id& id) const {
  const auto value = get(id_key(kIndex, id));
  if (!value) return tl::unexpected(value.error());
  if (!*value) return std::nullopt;
  return decode_index(**value);
}

Result<bool> BlobRows::is_marked(const Id& id) const {
  return get(id_key(kMark, id)).map([](const auto& value) { return value.has_value(); });
}

Result<void> BlobRows::read(const Id& id, std::uint64_t offset, MutableBytes out) const {
  const auto size = this->size(id);
  if (!size) return tl::unexpected(size.error());
  if (!*size) return tl::unexpected(Errc::not_found);
  if (offset > **size || out.size() > **size - offset) return tl::unexpected(Errc::invalid);

  while (!out.empty()) {
    const auto n = static_cast<std::uint32_t>(offset / kExtentPayload);
    const auto inside = static_cast<std::size_t>(offset % kExtentPayload);
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(kExtentPayload, **size - offset + inside));
    const std::size_t wanted = std::min(out.size(), length - inside);

    const auto value = get(extent_key(id, n));
    if (!value) return tl::unexpected(value.error());
    if (!*value) return tl::unexpected(Errc::corrupt);
    const auto copied = copy_from_extent(**value, id, n, length, inside, out.first(wanted));
    if (!copied) return copied;
    out = out.subspan(wanted);
    offset += wanted;
  }
  return {};
}

template <typename Visit>
Result<void> BlobRows::scan(std::uint8_t kind, const std::optional<Id>& after,
                            const Visit& visit) const {
  const IdKey first = id_key(kind, after.value_or(Id{}));
  Cursor cursor(txn_, dbi_);
  int code = cursor.seek(first);
  if (code == 0 && after && begins_with(cursor.key(), first)) code = cursor.next();
  for (; code == 0 && cursor.key()[0] == kind; code = cursor.next()) {
    const auto id = Id::from(cursor.key().subspan(1));
    if (!id) return tl::unexpected(Errc::corrupt);
    const Result<bool> goes_on = visit(*id, cursor.value());
    if (!goes_on) return tl::unexpected(goes_on.error());
    if (!*goes_on) return {};
  }
  return code == 0 || code == MDB_NOTFOUND ? Result<void>{} : lmdb_failure(code);
}

Result<std::vector<BlobEntry>> BlobRows::committed(const std::optional<Id>& after,
                                                   std::size_t limit) const {
  std::vector<BlobEntry> found;
  const auto done = scan(kIndex, after, [&](const Id& id, ByteView value) -> Result<bool> {
    const auto size = decode_index(value);
    if (!size) return tl::unexpected(size.error());
    found.push_back({id, *size});
    return found.size() < limit;
  });
  if (!done) return tl::unexpected(done.error());
  return found;
}

Result<std::vector<Id>> BlobRows::marked(const std::optional<Id>& after, std::size_t limit) const {
  std::vector<Id> found;
  const auto done = scan(kMark, after, [&](const Id& id, ByteView) -> Result<bool> {
    found.push_back(id);
    return found.size() < limit;
  });
  if (!done) return tl::unexpected(done.error());
  return found;
}

Result<void> BlobRows::mark(const Id& id) {
  return put(id_key(kMark, id), std::array<std::uint8_t, 1>{kFormat});
}

Result<void> BlobRows::unmark(const Id& id) { return erase(id_key(kMark, id)); }

Result<void> BlobRows::put_extent(const Id& id, std::uint32_t n, ByteView value) {
  return put(extent_key(id, n), value);
}

Result<void> BlobRows::put_index(const Id& id, std::uint64_t size) {
  crypto::Block<9> value{kFormat};
  store_big_endian(MutableBytes(value).subspan(1), size);
  return put(id_key(kIndex, id), value);
}

Result<void> BlobRows::erase_index(const Id& id) { return erase(id_key(kIndex, id)); }

Result<std::size_t> BlobRows::erase_extents(const Id& id, std::size_t limit) {
  const IdKey prefix = id_key(kExtent, id);
  Cursor cursor(txn_, dbi_);
  std::size_t erased = 0;
  for (; erased < limit; ++erased) {
    const int code = cursor.seek(prefix);
    if (code == MDB_NOTFOUND || (code == 0 && !begins_with(cursor.key(), prefix))) break;
    if (code != 0) return lmdb_failure(code);
    // An edited head would put pages of others among the free ones.
    if (!judge_run_of_row(cursor.key(), cursor.value())) return tl::unexpected(Errc::corrupt);
    if (const int deleted = cursor.erase(); deleted != 0) return lmdb_failure(deleted);
  }
  return erased;
}

}  // namespace vault
