#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace support {
namespace {

using Clock = std::chrono::steady_clock;

// What exec needs, made before the fork: afterwards the child may not allocate.
class Launch {
 public:
  explicit Launch(const Command& command) : command_(command) {
    auto environment = command.environment;
    for (const char* kept : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
      if (const char* value = std::getenv(kept)) environment.emplace(kept, value);
    }
    for (const auto& [name, value] : environment) variables_.push_back(name + "=" + value);
    for (const auto& argument : command_.arguments) arguments_.push_back(argument);
    for (auto& argument : arguments_) argv_.push_back(argument.data());
    for (auto& variable : variables_) envp_.push_back(variable.data());
    argv_.push_back(nullptr);
    envp_.push_back(nullptr);
  }
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;

  [[noreturn]] void exec() {
    // A test started in the background inherits ignored signals; the program it runs shall not.
    for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE})
      (void)::signal(signal, SIG_DFL);
    if (!command_.folder.empty() && ::chdir(command_.folder.c_str()) != 0) ::_exit(126);
    ::execvpe(argv_[0], argv_.data(), envp_.data());
    ::_exit(127);
  }

 private:
  const Command& command_;
  std::vector<std::string> arguments_;
  std::vector<std::string> variables_;
  std::vector<char*> argv_;
  std::vector<char*> envp_;
};

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

int left_ms(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

int exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

// Appends what can be read; false at the end.
bool read_some(int fd, std::string& to) {
  std::array<char, 65536> block;
  const ssize_t got = ::read(fd, block.data(), block.size());
  if (got > 0) to.append(block.data(), static_cast<std::size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// Feeds and drains the pipes until the program closes its ends, or time is up.
void converse(std::string_view input, Pipe& in, Pipe& out, Pipe& err, Clock::time_point deadline,
              Finished& finished) {
  ::fcntl(in.ends[1], F_SETFL, O_NONBLOCK);
  while (out.ends[0] >= 0 || err.ends[0] >= 0) {
    if (input.empty()) in.close_end(1);
    std::array<pollfd, 3> polls = {
        {{in.ends[1], POLLOUT, 0}, {out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
    const int ready = ::poll(polls.data(), polls.size(), left_ms(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      finished.timed_out = true;
      return;
    }
    if (polls[0].revents != 0) {
      const ssize_t written = ::write(in.ends[1], input.data(), input.size());
      if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
      if (written < 0 && errno != EAGAIN && errno != EINTR) input = {};  // it does not want more
    }
    if (polls[1].revents != 0 && !read_some(out.ends[0], finished.out)) out.close_end(0);
    if (polls[2].revents != 0 && !read_some(err.ends[0], finished.err)) err.close_end(0);
  }
}

}  // namespace

Finished run(const Command& command) {
  (void)::signal(SIGPIPE, SIG_IGN);
  Launch launch(command);
  Pipe in;
  Pipe out;
  Pipe err;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::setsid();  // no terminal but the one a test gives
    ::dup2(in.ends[0], STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(err.ends[1], STDERR_FILENO);
    launch.exec();
  }
  in.close_end(0);
  out.close_end(1);
  err.close_end(1);

  Finished finished;
  converse(command.input, in, out, err, Clock::now() + command.timeout, finished);
  if (finished.timed_out) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  finished.exit_code = exit_code(status);
  return finished;
}

OnTerminal::OnTerminal(const Command& command) : deadline_(Clock::now() + command.timeout) {
  Launch launch(command);
  const winsize size = {24, 80, 0, 0};
  child_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (child_ < 0) throw std::runtime_error("no terminal");
  if (child_ == 0) launch.exec();
}

OnTerminal::~OnTerminal() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  if (terminal_ >= 0) ::close(terminal_);
}

bool OnTerminal::read_more() {
  pollfd poll = {terminal_, POLLIN, 0};
  const int ready = ::poll(&poll, 1, left_ms(deadline_));
  if (ready < 0 && errno == EINTR) return true;
  if (ready <= 0) {
    finished_.timed_out = true;
    return false;
  }
  return read_some(terminal_, finished_.out);
}

bool OnTerminal::shows(std::string_view text) {
  for (;;) {
    const auto found = finished_.out.find(text, seen_);
    if (found != std::string::npos) {
      seen_ = found + text.size();
      return true;
    }
    if (!read_more()) return false;
  }
}

void OnTerminal::type(std::string_view keys) {
  if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) {
    throw std::runtime_error("the terminal took no input");
  }
}

bool OnTerminal::echoes() const {
  termios settings{};
  ::tcgetattr(terminal_, &settings);
  return (settings.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

Finished OnTerminal::finish() {
  while (read_more()) {
  }
  if (finished_.timed_out) ::kill(child_, SIGKILL);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  finished_.exit_code = exit_code(status);
  return finished_;
}

}  // namespace support
