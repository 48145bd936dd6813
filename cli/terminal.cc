#include "cli/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace cli {
namespace {

class Tty {
 public:
  Tty() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {}
  ~Tty() {
    if (fd_ >= 0) ::close(fd_);
  }
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // a terminal that is gone gives no answer either
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  int fd_;
};

// Signals that end or stop a process would leave the terminal without echo; they are held back
// until it is as it was, and then do what they do.
constexpr std::array kInterruptions = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
volatile std::sig_atomic_t interruption = 0;
void note_interruption(int signal) { interruption = signal; }

class EchoOff {
 public:
  explicit EchoOff(int fd) : fd_(fd) {
    if (::tcgetattr(fd_, &before_) != 0) return;
    watch();
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    quiet.c_lflag |= static_cast<tcflag_t>(ICANON | ISIG);
    off_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~EchoOff() {
    if (off_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (watching_) stop_watching();
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

  bool is_off() const { return off_; }
  // Waits for a line; false when a signal came instead. Signals are let through only while it
  // waits: one that came just before would else be noted and the wait go on.
  bool wait_for_line() const {
    pollfd poll = {fd_, POLLIN, 0};
    while (interruption == 0) {
      const int ready = ::ppoll(&poll, 1, nullptr, &mask_);
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
    return false;
  }

 private:
  void watch() {
    interruption = 0;
    struct sigaction note {};
    note.sa_handler = note_interruption;
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : kInterruptions) sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &mask_);
    for (std::size_t i = 0; i < kInterruptions.size(); ++i) {
      ::sigaction(kInterruptions[i], nullptr, &actions_[i]);
      // What the caller ignores (nohup) stays ignored.
      if (actions_[i].sa_handler != SIG_IGN) ::sigaction(kInterruptions[i], &note, nullptr);
    }
    watching_ = true;
  }
  void stop_watching() const {
    for (std::size_t i = 0; i < kInterruptions.size(); ++i) {
      ::sigaction(kInterruptions[i], &actions_[i], nullptr);
    }
    if (interruption != 0) (void)::raise(interruption);
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

  int fd_;
  bool off_ = false;
  bool watching_ = false;
  termios before_{};
  sigset_t mask_{};
  std::array<struct sigaction, kInterruptions.size()> actions_{};
};

Result<crypto::SecretBytes> read_line(int fd) {
  crypto::SecretBytes line(kMaxPassphrase + 1);
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(fd, line.expose_mutable().data() + size, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(Text::passphrase_unreadable);
    if (got == 0 || line.expose()[size] == '\n') break;
    if (++size > kMaxPassphrase) return refuse(Message(Text::passphrase_long, kMaxPassphrase));
  }
  if (size > 0 && line.expose()[size - 1] == '\r') --size;
  if (size == 0) return refuse(Text::passphrase_empty);
  line.shrink(size);
  return line;
}

}  // namespace

bool Terminal::shows_output() const { return ::isatty(STDOUT_FILENO) == 1; }
bool Terminal::shows_progress() const { return ::isatty(STDERR_FILENO) == 1; }

std::size_t Terminal::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

Result<crypto::SecretBytes> Terminal::ask_passphrase(const Message& question) const {
  if (passphrase_fd_) return read_line(*passphrase_fd_);
  const Tty tty;
  if (!tty.is_open()) return refuse(Text::no_terminal, Text::no_terminal_advice);
  const EchoOff quiet(tty.fd());
  if (!quiet.is_off()) return refuse(Text::no_terminal, Text::no_terminal_advice);
  tty.write(question.in(language_) + ": ");
  const bool answered = quiet.wait_for_line();
  auto answer = answered ? read_line(tty.fd()) : refuse(Text::passphrase_unreadable);
  tty.write("\n");
  return answer;
}

Result<crypto::SecretBytes> Terminal::ask_new_passphrase() const {
  auto first = ask_passphrase(Text::passphrase_new);
  if (!first || passphrase_fd_) return first;
  const auto second = ask_passphrase(Text::passphrase_again);
  if (!second) return tl::unexpected(second.error());
  if (!crypto::equal_in_constant_time(first->expose(), second->expose())) {
    return refuse(Text::passphrases_differ);
  }
  return first;
}

Result<bool> Terminal::confirm(const Message& question) const {
  const Tty tty;
  if (!tty.is_open()) return refuse(Text::no_terminal_to_confirm);
  tty.write(question.in(language_) + std::string(text_in(language_, Text::yes_or_no)));
  std::string answer;
  for (char c = 0; answer.size() < 16 && ::read(tty.fd(), &c, 1) == 1 && c != '\n';) answer += c;
  // Either language's yes: who reads Indonesian texts may still type `y`.
  return answer == "y" || answer == "Y" || answer == "ya" || answer == "yes";
}

}  // namespace cli
