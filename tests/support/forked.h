// Work in a child process, whose crash is an answer.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace support {

// What `work` returned there (0 to 127), or minus the signal that ended the child.
// REQUIRES: one thread.
inline int run_forked(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace support
