#include "vault/verify_erase_keys.h"

#include <algorithm>
#include <optional>
#include <set>

#include "crypto/encoding.h"
#include "vault/erase_keys.h"
#include "vault/erase_slots.h"
#include "vault/keys.h"
#include "vault/reading.h"

namespace vault {
namespace {

constexpr const char* kFile = "erase.keys";

class SlotWalk {
 public:
  SlotWalk(const ReadTxn& txn, const StoredSlots* slots, const Found& found)
      : txn_(txn), slots_(slots), found_(found) {}

  // Errors: io_failure, corrupt.
  Result<void> run() {
    const Key marks(Kind::pending_destruction);
    const auto scanned = txn_.scan(marks, marks.end(), [&](ByteView key, ByteView) {
      if (const auto slot = read_u64(key.subspan(1))) marked_.insert(*slot);
      return true;
    });
    if (!scanned) return scanned;
    Result<void> checked;
    const auto walked = each_wrapped(txn_, [&](ByteView key, const Result<WrappedRecord>& record) {
      // What does not decode was altered, and is named as such by its digest.
      if (record) checked = check(key, *record);
      return checked.has_value();
    });
    if (!walked) return walked;
    if (!checked) return checked;
    return check_count();
  }
  // Records that their slots do not open, and what is wrong with each.
  const std::vector<std::pair<Bytes, Damage>>& suspects() const { return suspects_; }

  // A file that the next start would refuse, though it has the slot of every record.
  Result<void> check_length(std::uint64_t size) {
    constexpr std::uint64_t kSlot = crypto::EraseKey::kSize;
    if (size % kSlot != 0) found_(Damage::slot_missing, kFile);
    const auto count = stored_slot_count(txn_);
    if (!count && count.error() != Errc::corrupt) return tl::unexpected(count.error());
    if (count && *count > size / kSlot && highest_.value_or(0) < size / kSlot) {
      found_(Damage::slot_count_wrong, "07");
    }
    return {};
  }

 private:
  Result<void> check(ByteView key, const WrappedRecord& record) {
    highest_ = std::max(highest_.value_or(0), record.slot);
    if (marked_.contains(record.slot)) {
      found_(Damage::mark_of_living,
             crypto::to_hex(Key(Kind::pending_destruction).u64(record.slot)));
    }
    if (slots_ == nullptr) return {};
    const auto opened = slots_->unwrap(record.slot, key, record.wrapped);
    if (!opened && opened.error() == Errc::io_failure) return tl::unexpected(opened.error());
    if (!opened) {
      const bool ends = opened.error() == Errc::not_found;
      suspects_.emplace_back(crypto::to_bytes(key),
                             ends ? Damage::slot_missing : Damage::slot_wrong);
    }
    return {};
  }
  // Too low, and the next start would take an older file for whole.
  Result<void> check_count() {
    const auto row = txn_.get(Key(Kind::slot_count));
    if (!row) return tl::unexpected(row.error());
    const auto count = *row ? read_u64(**row) : std::optional<std::uint64_t>(highest_ ? 0 : 1);
    if (!count || (highest_ && *count <= *highest_)) found_(Damage::slot_count_wrong, "07");
    return {};
  }

  const ReadTxn& txn_;
  const StoredSlots* slots_;
  const Found& found_;
  std::set<std::uint64_t> marked_;
  std::optional<std::uint64_t> highest_;  // slot that a record names
  std::vector<std::pair<Bytes, Damage>> suspects_;
};

}  // namespace

DomainCheck verify_erase_keys(const std::filesystem::path& file, const MetaStore& meta) {
  return [file, &meta](const ReadTxn& txn, const BlobStore&, const Found& found) -> Result<void> {
    const auto slots = StoredSlots::open(file);
    if (!slots && slots.error() != Errc::not_found) return tl::unexpected(slots.error());
    if (!slots) found(Damage::slot_missing, kFile);
    SlotWalk walk(txn, slots ? &*slots : nullptr, found);
    if (auto walked = walk.run(); !walked) return walked;
    if (slots) {
      std::error_code failed;
      const std::uint64_t size = std::filesystem::file_size(file, failed);
      if (failed) return tl::unexpected(Errc::io_failure);
      if (auto fits = walk.check_length(size); !fits) return fits;
    }
    for (const auto& [key, damage] : walk.suspects()) {
      const Bytes& at = key;  // clang 14 captures no part of a pair
      const auto now = reading(meta, [&](const ReadTxn& later) { return later.get(at); });
      if (!now) return tl::unexpected(now.error());
      const auto before = txn.get(key);
      if (!before) return tl::unexpected(before.error());
      if (*now == *before) found(damage, crypto::to_hex(key));
    }
    return {};
  };
}

}  // namespace vault
