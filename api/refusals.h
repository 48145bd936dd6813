// What strangers are refused, folded: a flood of failures becomes a few counting entries, by
// network, so that nobody can fill the log from outside (DESIGN 7). Thread-safe.
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
  static constexpr std::size_t kMostNetworks = 256;  // the rest is counted as `other`

  Refusals(vault::Committer& committer, vault::Clock clock)
      : committer_(committer), clock_(std::move(clock)) {}

  void count(std::string_view address, std::string_view type);
  // One entry a network, when a minute has passed since the first that waits, or `now`.
  void flush(bool now);

 private:
  using Counts = std::map<std::string, std::uint64_t>;  // by problem type
  vault::Committer& committer_;
  vault::Clock clock_;
  std::mutex mutex_;
  std::map<std::string, Counts> networks_;
  vault::Time since_ = 0;
};

}  // namespace api
