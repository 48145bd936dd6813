#include "support/memory_meta.h"

#include <new>
#include <utility>

namespace support {
namespace {

using vault::Bytes;
using vault::ByteView;
using vault::Errc;
using vault::Result;
using Rows = MemoryMeta::Rows;

Result<void> scan_rows(const Rows& rows, ByteView first, ByteView last,
                       const vault::ReadTxn::Visit& visit, vault::Direction direction) {
  const auto begin = rows.lower_bound(crypto::to_bytes(first));
  const auto end = last.empty() ? rows.end() : rows.lower_bound(crypto::to_bytes(last));
  if (!last.empty() && crypto::to_bytes(last) <= crypto::to_bytes(first)) return {};
  if (direction == vault::Direction::forward) {
    for (auto row = begin; row != end; ++row) {
      if (!visit(row->first, row->second)) break;
    }
  } else {
    for (auto row = end; row != begin;) {
      --row;
      if (!visit(row->first, row->second)) break;
    }
  }
  return {};
}

std::optional<Bytes> get_row(const Rows& rows, ByteView key) {
  const auto row = rows.find(crypto::to_bytes(key));
  if (row == rows.end()) return std::nullopt;
  return row->second;
}

class Reading final : public vault::ReadTxn {
 public:
  explicit Reading(const Rows& rows) : rows_(rows) {}
  Result<std::optional<Bytes>> get(ByteView key) const override { return get_row(rows_, key); }
  Result<void> scan(ByteView first, ByteView last, const Visit& visit,
                    vault::Direction direction) const override {
    return scan_rows(rows_, first, last, visit, direction);
  }

 private:
  const Rows& rows_;
};

class Writing final : public vault::WriteTxn {
 public:
  Writing(Rows& rows, std::optional<std::size_t> room, bool& fail_memory)
      : rows_(rows), room_(room), fail_memory_(fail_memory) {}
  Result<std::optional<Bytes>> get(ByteView key) const override { return get_row(rows_, key); }
  Result<void> scan(ByteView first, ByteView last, const Visit& visit,
                    vault::Direction direction) const override {
    return scan_rows(rows_, first, last, visit, direction);
  }
  Result<void> put(ByteView key, ByteView value) override {
    if (key.empty() || key.size() > vault::kMaxKey || value.size() > vault::kMaxValue) {
      return tl::unexpected(Errc::too_large);
    }
    if (std::exchange(fail_memory_, false)) throw std::bad_alloc();
    if (room_ && rows_.size() >= *room_) return tl::unexpected(Errc::no_space);
    rows_.insert_or_assign(crypto::to_bytes(key), crypto::to_bytes(value));
    changed_ = true;
    return {};
  }
  Result<void> erase(ByteView key) override {
    changed_ = rows_.erase(crypto::to_bytes(key)) > 0 || changed_;
    return {};
  }
  bool changed() const { return changed_; }

 private:
  Rows& rows_;
  std::optional<std::size_t> room_;
  bool& fail_memory_;
  bool changed_ = false;
};

}  // namespace

Result<void> MemoryMeta::read(const Read& work) const {
  const auto rows = snapshot();
  return work(Reading(*rows));
}

Result<void> MemoryMeta::write(const Write& work) {
  const std::lock_guard one_writer(write_mutex_);
  auto rows = std::make_shared<Rows>(*snapshot());
  Writing txn(*rows, room_, fail_memory_);
  if (auto worked = work(txn); !worked) return worked;
  if (!txn.changed()) return {};
  if (on_commit_) on_commit_();
  if (fail_commit_) {
    const Errc error = *fail_commit_;
    fail_commit_.reset();
    return tl::unexpected(error);
  }
  ++commits_;
  const std::lock_guard lock(rows_mutex_);
  rows_ = std::move(rows);
  return {};
}

MemoryMeta::Rows MemoryMeta::rows() const { return *snapshot(); }

void MemoryMeta::set_rows(Rows rows) {
  const std::lock_guard lock(rows_mutex_);
  rows_ = std::make_shared<Rows>(std::move(rows));
}

void MemoryMeta::set_row(ByteView key, std::optional<Bytes> value) {
  Rows changed = rows();
  if (value) {
    changed.insert_or_assign(crypto::to_bytes(key), std::move(*value));
  } else {
    changed.erase(crypto::to_bytes(key));
  }
  set_rows(std::move(changed));
}

std::shared_ptr<const Rows> MemoryMeta::snapshot() const {
  const std::lock_guard lock(rows_mutex_);
  return rows_;
}

}  // namespace support
