// What a test orders of the disk that fails (failing_disk.cc): a file that both have mapped.
#pragma once

#include <atomic>
#include <cstdint>

namespace faults {

enum class Failure : std::int64_t {
  full,       // ENOSPC
  broken,     // EIO
  cut_short,  // half of the first write is done, then ENOSPC
};

struct DiskOrders {
  std::atomic<std::int64_t> calls;  // so far: writes, flushes, cuts and claims of the watched files
  std::atomic<std::int64_t> from;   // the first that fails; 0: none
  std::atomic<std::int64_t> count;  // how many fail from there on
  std::atomic<std::int64_t> how;    // a Failure
  std::atomic<std::int64_t> failed;   // so far
  std::atomic<std::int64_t> no_room;  // not 0: asked for its room, the disk has none
};

}  // namespace faults
