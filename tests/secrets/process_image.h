// Another process, stopped and read as a debugger reads it: its threads' registers and its memory.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace secrets {

// One line of /proc/PID/smaps with what follows it.
struct Mapping {
  std::uint64_t begin = 0, end = 0;
  std::string mode;          // "rw-p"
  std::string file;          // or "[stack]", or empty
  std::string flags;         // VmFlags: " rd wr dd lo "
  std::uint64_t locked = 0;  // KiB
  bool has(const std::string& flag) const {
    return flags.find(" " + flag + " ") != std::string::npos;
  }
};
std::vector<Mapping> mappings_of(pid_t process);

class ProcessImage {
 public:
  // Stops all threads until this object goes. Throws std::runtime_error when that is not allowed.
  explicit ProcessImage(pid_t process);
  ~ProcessImage();
  ProcessImage(const ProcessImage&) = delete;
  ProcessImage& operator=(const ProcessImage&) = delete;

  // `where` says what the bytes are of. A long mapping comes in pieces that overlap by a little.
  using See = std::function<void(const std::string& where, crypto::ByteView bytes)>;
  // What the kernel would write into a core now, were it to write one (core(5)): the registers, and
  // the memory that neither its owner (MADV_DONTDUMP) nor the process' coredump_filter leaves out.
  void core(const See& see) const;
  // The registers and all memory but the files it maps to share: those are on the disk anyway.
  void whole(const See& see) const;

 private:
  void stop_threads();
  void registers(const See& see) const;
  void memory(const Mapping& mapping, const See& see) const;

  pid_t process_;
  std::vector<pid_t> threads_;  // stopped by us
};

}  // namespace secrets
