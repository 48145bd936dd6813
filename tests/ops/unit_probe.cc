// Tries what the service never does, and prints for each act whether the kernel let it.
//
// Run twice by tests/ops/unit_service_test.sh: under the service's unit and without it.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

bool opens(const char* path, int flags) { return ::open(path, flags | O_CLOEXEC, 0600) >= 0; }
bool makes_socket(int family, int type) { return ::socket(family, type, 0) >= 0; }

void* page(int protection) {
  return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

bool executes(const char* program) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(program, program, nullptr);
    ::_exit(126);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool makes_setuid_file() {
  const char* const path = "/var/lib/segel/probe";
  const int fd = ::open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
  const bool made = fd >= 0 && ::fchmod(fd, 04700) == 0;
  ::unlink(path);
  return made;
}

// To what it is.
bool sets_host_name() {
  char name[65] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && ::sethostname(name, std::strlen(name)) == 0;
}

bool runs_in_real_time() {
  sched_param lowest{};
  lowest.sched_priority = 1;
  return ::sched_setscheduler(0, SCHED_FIFO, &lowest) == 0;
}

bool makes_map_for_bpf() {
  bpf_attr attributes{};
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = 4;
  attributes.value_size = 8;
  attributes.max_entries = 1;
  return ::syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes) >= 0;
}

struct Act {
  const char* name;
  bool (*done)();
};

constexpr Act kActs[] = {
    {"write-usr", [] { return opens("/usr/lib/os-release", O_WRONLY); }},
    {"write-etc", [] { return opens("/etc/hosts", O_WRONLY); }},
    {"write-var", [] { return opens("/var/cache", O_TMPFILE | O_WRONLY); }},
    {"see-homes", [] { return ::opendir("/home") != nullptr; }},
    {"see-root-home", [] { return ::opendir("/root") != nullptr; }},
    {"see-first-process", [] { return opens("/proc/1/environ", O_RDONLY); }},
    {"write-sysctl", [] { return opens("/proc/sys/kernel/core_pattern", O_WRONLY); }},
    {"write-cgroup", [] { return opens("/sys/fs/cgroup/cgroup.procs", O_WRONLY); }},
    {"socket-unix", [] { return makes_socket(AF_UNIX, SOCK_STREAM); }},
    {"socket-netlink", [] { return makes_socket(AF_NETLINK, SOCK_RAW); }},
    {"socket-packet", [] { return makes_socket(AF_PACKET, SOCK_RAW); }},
    {"socket-raw", [] { return ::socket(AF_INET, SOCK_RAW, 1) >= 0; }},
    {"mmap-writable-code", [] { return page(PROT_READ | PROT_WRITE | PROT_EXEC) != MAP_FAILED; }},
    {"turn-data-to-code",
     [] { return ::mprotect(page(PROT_READ | PROT_WRITE), 4096, PROT_READ | PROT_EXEC) == 0; }},
    {"execute-a-program", [] { return executes("/bin/true"); }},
    {"trace", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
    {"personality", [] { return ::personality(ADDR_NO_RANDOMIZE) >= 0; }},
    {"mount-namespace", [] { return ::unshare(CLONE_NEWNS) == 0; }},
    {"user-namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
    {"mount",
     [] { return ::mount("none", "/mnt", "tmpfs", 0, nullptr) == 0 && ::umount("/mnt") == 0; }},
    {"chroot", [] { return ::chroot("/") == 0; }},
    {"become-another", [] { return ::setuid(1) == 0; }},
    {"become-more-urgent", [] { return ::setpriority(PRIO_PROCESS, 0, -5) == 0; }},
    {"real-time", runs_in_real_time},
    {"set-host-name", sets_host_name},
    {"setuid-file", makes_setuid_file},
    {"keyring",
     [] { return ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1) >= 0; }},
    {"bpf", makes_map_for_bpf},
    {"io-uring",
     [] {
       alignas(8) char parameters[256] = {};
       return ::syscall(SYS_io_uring_setup, 1, parameters) >= 0;
     }},
};

}  // namespace

int main() {
  // Each in a child of its own: some change who or where one is.
  for (const Act& act : kActs) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(act.done() ? 0 : 1);
    int status = 0;
    const bool ended = child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status);
    (void)std::printf("%s %s\n", act.name, ended && WEXITSTATUS(status) == 0 ? "done" : "denied");
  }
  return 0;
}
