// What is refused, as entries: a known person's each by itself, a stranger's counted by network. A
// flood of either becomes a few counting entries, so that nobody can fill the log. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "vault/clock.h"
#include "vault/committer.h"

namespace api {

// The /24 or /48 that an address is in; `unknown` for what is no address.
std::string network_of(std::string_view address);

class Refusals {
 public:
  static constexpr vault::Time kEvery = 60 * 1000;
  static constexpr std::size_t kMostNetworks = 256;    // the rest is counted as `other`
  static constexpr std::uint64_t kEachByItself = 240;  // of one person, until the next flush

  Refusals(vault::Committer& committer, vault::Clock steady)
      : committer_(committer), steady_(std::move(steady)) {}

  void count(std::string_view address, std::string_view type);
  // Enters it, or counts it when she was refused too often of late. `entry` names its actor.
  void enter(const vault::EntryDraft& entry);
  // One entry a network and a person, when a minute has passed since the first that waits, or
  // `now`.
  void flush(bool now);

 private:
  using Counts = std::map<std::string, std::uint64_t>;  // by problem type
  vault::Committer& committer_;
  vault::Clock steady_;
  std::mutex mutex_;
  struct Known {
    std::uint64_t entered = 0;
    vault::EntryDraft last;  // whose fields the counting entry has
    Counts more;             // by problem type
  };
  std::map<std::string, Counts> networks_;
  std::map<crypto::Id, Known> known_;
  vault::Time since_ = 0;
};

}  // namespace api
