#include "secrets/process_image.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace secrets {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::size_t kOverlap = 64;

std::string folder_of(pid_t process) { return "/proc/" + std::to_string(process); }

// The general ones, and all vectors: as XSAVE lays them out here, else the floating-point set.
#if defined(__x86_64__)
constexpr std::array<int, 2> kRegisterSets = {NT_PRSTATUS, NT_X86_XSTATE};
#else
constexpr std::array<int, 2> kRegisterSets = {NT_PRSTATUS, NT_PRFPREG};
#endif

unsigned coredump_filter(pid_t process) {
  unsigned filter = 0;
  std::ifstream(folder_of(process) + "/coredump_filter") >> std::hex >> filter;
  return filter;
}

// As the kernel decides (vma_dump_size in fs/coredump.c). A private mapping of a file that may be
// written to counts as anonymous: as soon as it was, it is.
bool is_dumped(const Mapping& mapping, unsigned filter) {
  if (mapping.file == "[vdso]") return true;
  if (mapping.has("dd") || mapping.has("io")) return false;
  const bool of_file = mapping.file.starts_with("/");
  if (mapping.has("sh")) return (filter & (of_file ? 8U : 2U)) != 0;
  if (!of_file || mapping.has("wr")) return (filter & 1U) != 0;
  return (filter & 4U) != 0;
}

}  // namespace

std::vector<Mapping> mappings_of(pid_t process) {
  std::vector<Mapping> mappings;
  std::ifstream lines(folder_of(process) + "/smaps");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string first;
    fields >> first;
    if (first == "VmFlags:") {
      mappings.back().flags = line.substr(8) + " ";
    } else if (first == "Locked:") {
      fields >> mappings.back().locked;
    } else if (!first.ends_with(":")) {
      Mapping mapping;
      std::string offset, device, inode;
      mapping.begin = std::stoull(first, nullptr, 16);
      mapping.end = std::stoull(first.substr(first.find('-') + 1), nullptr, 16);
      fields >> mapping.mode >> offset >> device >> inode >> mapping.file;
      mappings.push_back(mapping);
    }
  }
  return mappings;
}

ProcessImage::ProcessImage(pid_t process) : process_(process) { stop_threads(); }

ProcessImage::~ProcessImage() {
  for (const pid_t thread : threads_) ::ptrace(PTRACE_DETACH, thread, nullptr, nullptr);
}

// Again and again, until a look finds no thread that we do not have: a running one may make more.
void ProcessImage::stop_threads() {
  for (bool more = true; more;) {
    more = false;
    for (const auto& entry : std::filesystem::directory_iterator(folder_of(process_) + "/task")) {
      const pid_t thread = std::stoi(entry.path().filename().string());
      if (std::find(threads_.begin(), threads_.end(), thread) != threads_.end()) continue;
      if (::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) != 0) {
        if (errno == ESRCH) continue;  // it has just ended
        throw std::runtime_error("the process may not be traced");
      }
      more = true;
      ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
      int status = 0;
      if (::waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status)) {
        threads_.push_back(thread);
      }
    }
  }
}

void ProcessImage::registers(const See& see) const {
  std::array<std::uint8_t, 16384> bytes;
  for (const pid_t thread : threads_) {
    for (const int set : kRegisterSets) {
      iovec into{bytes.data(), bytes.size()};
      // PTRACE_GETREGSET takes the set's number as its address.
      if (::ptrace(PTRACE_GETREGSET, thread, set, &into) != 0) continue;
      see("registers", crypto::ByteView(bytes).first(into.iov_len));
    }
  }
}

void ProcessImage::memory(const Mapping& mapping, const See& see) const {
  const int fd = ::open((folder_of(process_) + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("no memory to read");
  const std::string where = mapping.mode + " " + (mapping.file.empty() ? "heap" : mapping.file);
  std::vector<std::uint8_t> block(kBlock);
  for (std::uint64_t at = mapping.begin; at < mapping.end;) {
    const std::size_t want = std::min<std::uint64_t>(kBlock, mapping.end - at);
    const ssize_t got = ::pread(fd, block.data(), want, static_cast<off_t>(at));
    if (got <= 0) break;
    see(where, crypto::ByteView(block).first(static_cast<std::size_t>(got)));
    const auto size = static_cast<std::size_t>(got);
    at += size <= kOverlap || at + size == mapping.end ? size : size - kOverlap;
  }
  ::close(fd);
}

void ProcessImage::core(const See& see) const {
  registers(see);
  const unsigned filter = coredump_filter(process_);
  for (const Mapping& mapping : mappings_of(process_)) {
    if (mapping.mode.starts_with("r") && is_dumped(mapping, filter)) memory(mapping, see);
  }
}

void ProcessImage::whole(const See& see) const {
  registers(see);
  for (const Mapping& mapping : mappings_of(process_)) {
    const bool shared_file = mapping.has("sh") && mapping.file.starts_with("/");
    if (mapping.mode.starts_with("r") && !shared_file && !mapping.has("io")) memory(mapping, see);
  }
}

}  // namespace secrets
