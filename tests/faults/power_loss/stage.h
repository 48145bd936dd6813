// A small vault at work in this process, whose disk is recorded: what power-loss tests replay.
//
// After each step that was acknowledged, the promise stands in the trace: what a crash from then on
// must not take away.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>

#include "api/service.h"
#include "support/desk.h"
#include "support/people.h"

namespace power_loss {

// What was acknowledged so far. As it stands in a mark:
//   data       the data folder, as it was called when it was recorded
//   log        the log's verifier key
//   head       the last signed head
//   identity   of a member of the case, made for this test
//   case, agency, generation (of the agency)
//   documents  id -> size; the content is pattern(size, size)
//   gone       slots of erase.keys -> what they held, in hex
using Promise = nlohmann::json;

// In this process: ends without a finding, or says what is wrong with the store in `folder`, which
// lost its power after `promise`.
std::string judge(const std::filesystem::path& folder, const Promise& promise);

class Stage {
 public:
  // Founds the vault below `folder`, with an agency, a manager, a case, and cases without documents
  // whose lockboxes are to be erased; records from the first call, into `trace`.
  Stage(const std::filesystem::path& folder, const std::filesystem::path& trace);
  // Closes the vault, in order; the files stay.
  void close();

  // Each is a step, acknowledged on return. They throw std::runtime_error when they are refused.
  void deposit(std::size_t size);
  void rotate();
  void erase_slot();
  void append_to_log();

 private:
  support::Desk desk_of(const support::Person& person);
  void acknowledged();

  // For good: the folder is the test's, not that of this process.
  support::FoundedVault& founded_;
  std::unique_ptr<api::Service> service_;
  support::Person custodian_ = support::make_person(), manager_ = support::make_person();
  std::unique_ptr<support::Desk> desk_;  // of the manager
  Promise promise_;
};

}  // namespace power_loss
