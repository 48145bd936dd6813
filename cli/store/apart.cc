#include "cli/store/apart.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace cli {
namespace {

bool write_all(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(fd, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    done += static_cast<std::size_t>(wrote);
  }
  return true;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> block{};
  for (;;) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
}

[[noreturn]] void work_here(const std::function<std::string()>& work, int answer) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  bool done = false;
  try {
    done = write_all(answer, work());
  } catch (const std::exception&) {
    // A damaged length asks for more memory than there is: a crash as well.
  }
  // Without the destructors and streams of the process this one is a copy of.
  ::_exit(done ? 0 : 1);
}

}  // namespace

std::optional<std::string> run_apart(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return std::nullopt;
  (void)std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_here(work, ends[1]);
  }
  ::close(ends[1]);
  std::string answer = child > 0 ? read_all(ends[0]) : std::string();
  ::close(ends[0]);
  if (child < 0) return std::nullopt;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return answer;
}

}  // namespace cli
