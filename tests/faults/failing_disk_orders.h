// Orders for the disk that fails (failing_disk.cc), and the environment of a program that has it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "faults/failing_disk.h"
#include "support/temp_dir.h"

namespace faults {

// `files`: what the path of a watched file holds.
class FailingDisk {
 public:
  explicit FailingDisk(std::string files) : files_(std::move(files)) {
    const int fd = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool sized = ::ftruncate(fd, sizeof(DiskOrders)) == 0;
    void* const at = ::mmap(nullptr, sizeof(DiskOrders), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (!sized || at == MAP_FAILED) throw std::runtime_error("no orders");
    orders_ = static_cast<DiskOrders*>(at);
  }
  ~FailingDisk() { ::munmap(orders_, sizeof(DiskOrders)); }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // NAME=VALUE each.
  std::vector<std::string> environment() const {
    return {std::string("LD_PRELOAD=") + SEGEL_FAILING_DISK, "SEGEL_FAILING_DISK=" + file_,
            "SEGEL_FAILING_FILES=" + files_};
  }
  // From the `n`-th call from now on: one, where something broke; all, where the disk is full.
  // Asked for its room, it has none then.
  void fail(std::int64_t n, Failure how) {
    orders_->how = static_cast<std::int64_t>(how);
    orders_->count = how == Failure::broken ? 1 : 1'000'000;
    orders_->no_room = how == Failure::broken ? 0 : 1;
    orders_->failed = 0;
    orders_->from = orders_->calls + n;
  }
  void mend() {
    orders_->from = 0;
    orders_->no_room = 0;
  }
  std::int64_t calls() const { return orders_->calls; }
  std::int64_t failed() const { return orders_->failed; }

 private:
  support::TempDir dir_;
  const std::string file_ = (dir_ / "orders").string();
  const std::string files_;
  DiskOrders* orders_ = nullptr;
};

}  // namespace faults
