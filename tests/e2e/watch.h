// What can be seen of a process and of the disk from outside, looked at again and again.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace e2e {

// Calls `look` from a thread of its own, at once and then every `interval`, until it ends.
class Watch {
 public:
  Watch(std::chrono::milliseconds interval, std::function<void()> look);
  ~Watch();

 private:
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;  // under mutex_
  std::thread thread_;
};

// The most anonymous memory (RssAnon) that a process was seen with, looked at every 50 ms.
class MemoryPeak {
 public:
  explicit MemoryPeak(pid_t process);
  std::uint64_t kib() const { return peak_; }
  std::uint64_t looks() const { return looks_; }

 private:
  void look(pid_t process);

  std::atomic<std::uint64_t> peak_ = 0, looks_ = 0;
  Watch watch_;  // last: it uses the above
};

// Searches files and their names for a word, every two seconds: all of the data folder, and of the
// temporary folders what was written since the search began.
class WordSearch {
 public:
  WordSearch(std::string word, std::filesystem::path data);
  // One more search, in the caller's thread.
  void look();
  std::vector<std::string> found() const;
  std::uint64_t looks() const { return looks_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  void look_into(const std::filesystem::path& folder, bool everything);
  bool is_in(const std::filesystem::path& file);

  const std::string word_;
  const std::filesystem::path data_;
  const std::filesystem::file_time_type since_ = std::filesystem::file_time_type::clock::now();
  mutable std::mutex mutex_;  // all below; one look at a time
  std::set<std::string> found_;
  std::atomic<std::uint64_t> looks_ = 0, bytes_ = 0;
  Watch watch_;  // last: it uses the above
};

// The files that strace (-y) has seen opened for writing, outside of `folder`. Throws
// std::runtime_error when it has not even seen one inside.
std::vector<std::string> written_outside(const std::filesystem::path& trace,
                                         const std::filesystem::path& folder);

}  // namespace e2e
