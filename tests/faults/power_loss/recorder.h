// Records what a process asks of the file system below one folder, in the order in which it
// happened: linked ahead of libc, it stands between every library of the process and the system.
//
// A trace is a sequence of TraceHead, path and bytes. The process is slowed: one call at a time.
#pragma once

#include <cstdint>

namespace power_loss {

enum class Call : std::uint32_t {
  write,         // bytes at `offset`
  write_synced,  // the same on a descriptor that is open with O_DSYNC or O_SYNC
  create,        // a new name, of a file or a folder
  flush,         // fsync or fdatasync, of a file or a folder
  cut,           // ftruncate to `offset`
  other,         // rename, unlink, link, msync: what its bytes name
  mark,          // of the test
};

struct TraceHead {
  Call call{};
  std::uint32_t path_size = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // of the bytes
};

}  // namespace power_loss

extern "C" {
// From here on, until stopped. Once a process.
void power_loss_record(const char* folder, const char* trace);
void power_loss_mark(const char* text);
void power_loss_stop();
}
