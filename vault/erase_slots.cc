#include "vault/erase_slots.h"

#include <algorithm>

#include "vault/keys.h"

namespace vault {
namespace {

// The slots of all wrapped records. One that does not read could name any.
Result<void> each_slot(const ReadTxn& txn, const std::function<void(std::uint64_t slot)>& visit) {
  Result<void> read;
  const auto walked = each_wrapped(txn, [&](ByteView, const Result<WrappedRecord>& record) {
    if (record) {
      visit(record->slot);
    } else {
      read = tl::unexpected(record.error());
    }
    return record.has_value();
  });
  return walked ? read : walked;
}

}  // namespace

Result<Bytes> unwrap_stored(const EraseKeys& erase_keys, ByteView key,
                            const WrappedRecord& record) {
  auto bytes = erase_keys.unwrap(record.slot, key, record.wrapped);
  // No answer to whoever asked for the record: to her it would be as if there were none.
  if (!bytes && bytes.error() == Errc::not_found) return tl::unexpected(Errc::corrupt);
  return bytes;
}

Result<void> each_wrapped(const ReadTxn& txn, const VisitWrapped& visit) {
  bool more = true;
  for (const Kind kind : {Kind::lockbox, Kind::header}) {
    if (!more) return {};
    const Key all(kind);
    const auto scanned = txn.scan(all, all.end(), [&](ByteView key, ByteView value) {
      return more = visit(key, decode<WrappedRecord>(value));
    });
    if (!scanned) return scanned;
  }
  return {};
}

Result<std::uint64_t> stored_slot_count(const ReadTxn& txn) {
  const auto row = txn.get(Key(Kind::slot_count));
  if (!row) return tl::unexpected(row.error());
  if (!*row) return 0;
  const auto count = read_u64(**row);
  if (!count) return tl::unexpected(Errc::corrupt);
  return *count;
}

Result<std::uint64_t> least_slots(const ReadTxn& txn) {
  auto count = stored_slot_count(txn);
  if (!count || *count > 0) return count;
  const auto read = each_slot(txn, [&](std::uint64_t slot) { count = std::max(*count, slot + 1); });
  if (!read) return tl::unexpected(read.error());
  return count;
}

Result<std::vector<std::uint64_t>> read_pending(const ReadTxn& txn, std::uint64_t entries) {
  std::vector<std::uint64_t> slots;  // in order, as their keys are
  bool sound = true;
  const Key all(Kind::pending_destruction);
  const auto scanned = txn.scan(all, all.end(), [&](ByteView key, ByteView value) {
    const auto slot = read_u64(key.subspan(1));
    const auto index = read_u64(value);
    sound = slot && index && *index < entries;
    if (sound) slots.push_back(*slot);
    return sound;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (slots.empty() && sound) return slots;
  const auto read = each_slot(txn, [&](std::uint64_t slot) {
    sound = sound && !std::binary_search(slots.begin(), slots.end(), slot);
  });
  if (!read) return tl::unexpected(read.error());
  if (!sound) return tl::unexpected(Errc::corrupt);
  return slots;
}

}  // namespace vault
