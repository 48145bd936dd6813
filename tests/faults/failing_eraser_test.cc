// Each write and flush of a destruction fails in turn: what was told to be destroyed opens nothing,
// what was told to be made and not asked to go opens, and the next start makes the rest good.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "crypto/encoding.h"
#include "faults/failing_disk_orders.h"
#include "support/no_blobs.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "vault/erase_keys.h"
#include "vault/error.h"
#include "vault/keys.h"
#include "vault/lmdb_meta.h"
#include "vault/log_key.h"
#include "vault/verify.h"
#include "vault/verify_erase_keys.h"

namespace faults {
namespace {

struct Made {
  std::uint64_t slot = 0;
  crypto::Bytes wrapped;
  bool destroyed = false;
};

class FailingEraser : public ::testing::Test {
 protected:
  FailingEraser() : log_(vault::create_log_key(dir_ / "log.key", "segel/test")->verifier()) {}

  // Two more records, made and destroyed; what the program told of them is noted.
  support::Finished erase_two() {
    support::Command command{{"env"}};
    for (const std::string& word : disk_.environment()) command.arguments.push_back(word);
    for (const std::string& word :
         {std::string(SEGEL_BIN) + "/eraser", dir_.path().string(), std::to_string(next_)}) {
      command.arguments.push_back(word);
    }
    next_ += 2;
    auto finished = support::run(command);
    std::istringstream lines(finished.out);
    for (std::string word; lines >> word;) {
      std::uint64_t number = 0;
      lines >> number;
      if (word == "made") {
        std::string hex;
        lines >> made_[number].slot >> hex;
        made_[number].wrapped = crypto::from_hex(hex).value();
      }
      if (word == "destroyed") made_.at(number).destroyed = true;
    }
    return finished;
  }

  // Of a store that a later start has made good.
  void expect_true() {
    const auto meta = vault::open_lmdb_meta(dir_ / "meta", {.read_only = true});
    ASSERT_TRUE(meta);
    vault::VerifyOptions options{log_, std::nullopt, {}};
    options.checks.push_back(vault::verify_erase_keys(dir_ / "erase.keys", **meta));
    const auto report = vault::verify_store(**meta, blobs_, options);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->sound()) << to_text(report->findings.at(0).damage);
    const auto slots = vault::StoredSlots::open(dir_ / "erase.keys");
    ASSERT_TRUE(slots);
    for (const auto& [number, made] : made_) {
      const vault::Key place =
          vault::Key(vault::Kind::lockbox).id(vault::Id{}).id(vault::Id{}).u64(number);
      const bool opens = slots->unwrap(made.slot, place, made.wrapped).has_value();
      const auto there = (*meta)->read([&](const vault::ReadTxn& txn) -> vault::Result<void> {
        const auto value = txn.get(place);
        if (!value) return tl::unexpected(value.error());
        return *value ? vault::Result<void>{} : tl::unexpected(vault::Errc::not_found);
      });
      EXPECT_EQ(opens, there.has_value()) << number;
      EXPECT_FALSE(made.destroyed && opens) << number;
    }
  }

  int fail_each(Failure how, std::int64_t step);

  support::TempDir dir_;
  const crypto::NoteVerifier log_;
  support::NoBlobs blobs_;
  FailingDisk disk_{dir_.path().string()};
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Made> made_;
};

// Every `step`-th call. Gives back how often a step was refused.
int FailingEraser::fail_each(Failure how, std::int64_t step) {
  int refused = 0;
  bool met = true;
  for (std::int64_t n = step; met && !HasFailure(); n += step) {
    SCOPED_TRACE("call " + std::to_string(n) + ", failure " +
                 std::to_string(static_cast<int>(how)));
    disk_.fail(n, how);
    const auto failed = erase_two();
    met = disk_.failed() > 0;
    disk_.mend();
    if (failed.exit_code != 0) {
      ++refused;
      EXPECT_EQ(failed.exit_code, 1) << failed.out << failed.err;
      EXPECT_NE(failed.out.find("refused"), std::string::npos) << failed.err;
    }
    const auto next = erase_two();
    EXPECT_EQ(next.exit_code, 0) << next.out << next.err;
    expect_true();
  }
  return refused;
}

TEST_F(FailingEraser, DestroysWhatItSaysWhereverTheDiskFails) {
  ASSERT_EQ(erase_two().exit_code, 0);
  int refused = 0;
  for (const Failure how : {Failure::full, Failure::broken, Failure::cut_short}) {
    refused += fail_each(how, 1);
  }
  EXPECT_GT(refused, 10);
}

TEST_F(FailingEraser, DestroysWhatItSaysWhereTheDiskFailsNowAndThen) {
  ASSERT_EQ(erase_two().exit_code, 0);
  EXPECT_GT(fail_each(Failure::broken, 9), 1);
}

}  // namespace
}  // namespace faults
