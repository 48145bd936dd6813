// Runs a program as a person or a script would: its own arguments, environment, input and terminal.
//
// The environment is only what the test names, PATH, and the options of the sanitizers, so that a
// test does not depend on who runs it. A program that outlives its time is killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace support {

struct Command {
  std::vector<std::string> arguments;  // the first is the program
  std::map<std::string, std::string> environment = {};
  std::string input = {};  // on standard input, then its end
  std::string folder = {};
  std::chrono::seconds timeout{120};
};

struct Finished {
  int exit_code = -1;  // minus the signal's number, if one ended it
  std::string out;
  std::string err;
  bool timed_out = false;
};

Finished run(const Command& command);

// A program with a terminal of its own (forkpty), on which a person types.
class OnTerminal {
 public:
  explicit OnTerminal(const Command& command);  // `input` is not used
  ~OnTerminal();                                // kills what still runs
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  // Waits until the terminal has shown `text` since the last wait; false when it never does.
  bool shows(std::string_view text);
  void type(std::string_view keys);
  // Whether the terminal shows what is typed.
  bool echoes() const;
  // All that the terminal has shown so far.
  const std::string& screen() const { return finished_.out; }
  // Waits for the end. `out` is all that the terminal has shown.
  Finished finish();
  pid_t pid() const { return child_; }

 private:
  bool read_more();

  pid_t child_ = -1;
  int terminal_ = -1;
  std::size_t seen_ = 0;
  std::chrono::steady_clock::time_point deadline_;
  Finished finished_;
};

}  // namespace support
