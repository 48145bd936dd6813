// A MetaStore in a std::map, for tests that need no disk: they count its commits, look at its rows
// and damage them, and make its writes fail.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "vault/meta_store.h"

namespace support {

class MemoryMeta final : public vault::MetaStore {
 public:
  using Rows = std::map<vault::Bytes, vault::Bytes>;

  vault::Result<void> read(const Read& work) const override;
  vault::Result<void> write(const Write& work) override;

  // Transactions that changed something: each would be one flush.
  std::size_t commits() const { return commits_; }
  // The next commit fails with this, once.
  void fail_commit(vault::Errc error) { fail_commit_ = error; }
  // Every put of more rows than this in all fails with no_space.
  void set_room(std::optional<std::size_t> rows) { room_ = rows; }
  // The next put throws std::bad_alloc, once.
  void fail_memory() { fail_memory_ = true; }
  // Called within a commit, before anything of it can be seen.
  void on_commit(std::function<void()> call) { on_commit_ = std::move(call); }

  // A copy of what is stored, and a way to put back a damaged one.
  Rows rows() const;
  void set_rows(Rows rows);
  // Damages one row behind the back of whoever wrote it; no value: the row goes.
  void set_row(vault::ByteView key, std::optional<vault::Bytes> value);

 private:
  std::shared_ptr<const Rows> snapshot() const;
  mutable std::mutex rows_mutex_;
  std::mutex write_mutex_;
  std::shared_ptr<const Rows> rows_ = std::make_shared<Rows>();
  std::atomic<std::size_t> commits_ = 0;
  std::optional<vault::Errc> fail_commit_;
  std::optional<std::size_t> room_;
  bool fail_memory_ = false;
  std::function<void()> on_commit_;
};

}  // namespace support
