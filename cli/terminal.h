// The person at the terminal: is there one, how wide is it, and what does she answer.
//
// Questions go to the terminal itself (/dev/tty), so that they work while the standard streams are
// pipes. One thread at a time.
#pragma once

#include <optional>

#include "cli/failure.h"
#include "crypto/secret.h"

namespace cli {

inline constexpr std::size_t kMaxPassphrase = 1024;

class Terminal {
 public:
  explicit Terminal(Language language) : language_(language) {}

  bool shows_output() const;    // standard output is a terminal
  bool shows_progress() const;  // standard error is a terminal
  std::size_t columns() const;  // of standard error's terminal; 80 when it does not say

  // From now on passphrases come from descriptor `fd`, a line each, and nobody is asked: how a
  // script hands them over. One byte is read at a time, so that what follows stays for the next.
  void take_passphrases_from(int fd) { passphrase_fd_ = fd; }

  // Asks without showing what is typed. The terminal is put back as it was, also when the question
  // is interrupted (then the process ends as the signal asks).
  // Errors: no_terminal, passphrase_unreadable, passphrase_empty, passphrase_long.
  Result<crypto::SecretBytes> ask_passphrase(const Message& question) const;
  // Asks a second time and compares (a descriptor is read once). Errors: also passphrases_differ.
  Result<crypto::SecretBytes> ask_new_passphrase() const;
  // Whether the answer is yes. Anything else, also no answer, is no. Errors: no_terminal.
  Result<bool> confirm(const Message& question) const;

 private:
  Language language_;
  std::optional<int> passphrase_fd_;
};

}  // namespace cli
