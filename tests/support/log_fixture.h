// A committer over any store, with a clock in the test's hand and domain records at 0x20.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "crypto/log_entry.h"
#include "support/memory_erase_keys.h"
#include "support/memory_meta.h"
#include "vault/committer.h"
#include "vault/keys.h"
#include "vault/log.h"

namespace vault {

inline constexpr const char* kOrigin = "segel/test";
inline constexpr Time kStart = 1'790'000'000'000;

inline Bytes record_key(std::string_view name) {
  Bytes key{kFirstDomainKind};
  crypto::append(key, crypto::as_bytes(name));
  return key;
}

inline EntryDraft draft(std::string_view action = "document.deposit") {
  EntryDraft entry;
  entry.action = action;
  return entry;
}

inline Id id_of(std::uint8_t number) {
  Id id;
  id.bytes.fill(number);
  return id;
}

inline EntryDraft case_draft(std::uint8_t number) {
  EntryDraft entry = draft();
  entry.case_id = id_of(number);
  return entry;
}

inline Committer::Change put(std::string name, std::string value) {
  return [name, value](ChangeTxn& txn) -> Result<void> {
    txn.put(record_key(name), crypto::as_bytes(value));
    return {};
  };
}

class LogFixture : public ::testing::Test {
 protected:
  void start() {
    committer_.reset();
    auto started = try_start();
    ASSERT_TRUE(started);
    committer_ = std::move(*started);
  }
  Result<std::unique_ptr<Committer>> try_start() {
    return Committer::start(store(), erase_keys_, log_key_.duplicate(),
                            {kOrigin, max_batch_, [this] { return now_.load(); }});
  }
  void SetUp() override { start(); }

  virtual MetaStore& store() { return meta_; }
  crypto::NoteVerifier verifier() const { return {kOrigin, log_key_.verify_key()}; }
  Log log() { return Log(store()); }

  std::optional<std::string> value_of(std::string_view name) {
    std::optional<std::string> value;
    EXPECT_TRUE(store().read([&](const ReadTxn& txn) -> Result<void> {
      const auto bytes = txn.get(record_key(name));
      if (!bytes) return tl::unexpected(bytes.error());
      if (*bytes) value = crypto::as_text(**bytes);
      return {};
    }));
    return value;
  }
  crypto::LogEntry entry(std::uint64_t index) {
    const auto line = log().line(index);
    if (!line) ADD_FAILURE() << "no entry " << index;
    const auto entry = crypto::LogEntry::parse(line.value_or(""));
    if (!entry) ADD_FAILURE() << "entry does not parse";
    return entry.value_or(crypto::LogEntry{});
  }

  support::MemoryMeta meta_;
  support::MemoryEraseKeys erase_keys_;
  crypto::SigningKey log_key_ = crypto::SigningKey::generate();
  std::atomic<Time> now_ = kStart;
  std::size_t max_batch_ = 256;
  std::unique_ptr<Committer> committer_;
};

}  // namespace vault
