// Runs the real `segel` in a home of its own, in English unless a test says otherwise.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace segel_test {

class Person {
 public:
  const support::TempDir& folder() const { return folder_; }

  support::Command command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), std::string(SEGEL_BIN) + "/segel");
    return {std::move(arguments),
            {{"SEGEL_LANG", "en"}, {"HOME", folder_.path().string()}},
            {},
            folder_.path().string()};
  }
  support::Finished run(std::vector<std::string> arguments, std::string input = {}) const {
    auto whole = command(std::move(arguments));
    whole.input = std::move(input);
    return support::run(whole);
  }

 private:
  support::TempDir folder_;
};

}  // namespace segel_test
