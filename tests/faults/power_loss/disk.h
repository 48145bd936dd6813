// A disk that loses its power: what of a recorded trace is on it afterwards.
//
// The rules, those of ext4 with data=ordered where it promises something, and the worst that POSIX
// allows where it does not:
//   1. fsync and fdatasync of a file make everything written to it before durable, and its length.
//   2. A write on a descriptor with O_DSYNC makes the sectors that it touches durable, no others.
//   3. Of what is written and not yet durable, each write is there, is not, or is torn: any of its
//      sectors of 512 bytes may be there without the others. A later write may be there without an
//      earlier one. A sector itself is never torn: it has its content after one of its writes.
//   4. The length of a file is that of its last sector that is there; what lies before it and is
//      not there reads as zeros.
//   5. A new name is durable once its folder was flushed (not by a flush of the file, although
//      ext4 gives that too); until then it may be missing, with all that is below it.
//   6. sync_file_range, and fallocate without a new length, promise nothing.
// LMDB's lock.mdb is not of the disk: it is a map that processes share, and its content after a
// power failure is anything. Renaming, unlinking and cutting files have no rule here: Segel's store
// does none of them while it works, and a trace that has them is refused.
#pragma once

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "faults/power_loss/recorder.h"

namespace power_loss {

struct Event {
  Call call{};
  std::string path;
  std::uint64_t offset = 0;
  std::string bytes;
};

// Throws std::runtime_error when it ends inside an event.
std::vector<Event> read_trace(const std::filesystem::path& file);

using Random = std::mt19937;

class Disk {
 public:
  // The next event of the trace. Throws std::runtime_error for one that has no rule.
  void apply(const Event& event);

  // Writes what is there when the power fails now: below `to`, what lies below `from` in the trace.
  void lose_power(const std::filesystem::path& from, const std::filesystem::path& to,
                  Random& random) const;
  // All that was written, as a process sees it that reads now.
  std::map<std::string, std::string> contents() const;
  // Writes that are not durable.
  std::size_t pending() const;

 private:
  struct Write {
    std::uint64_t offset = 0;
    std::string bytes;
  };
  struct File {
    std::string durable;
    std::vector<Write> pending;
    // How many of the pending writes each sector has in `durable` already (rule 2).
    std::map<std::uint64_t, std::size_t> flushed;

    void flush();
    void flush_sectors_of_last();
    std::string after_power_loss(Random& random) const;
  };

  std::map<std::string, File> files_;
  std::map<std::string, bool> names_;  // made in the trace: whether it is durable
};

}  // namespace power_loss
