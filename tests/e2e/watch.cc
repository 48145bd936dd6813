#include "e2e/watch.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <stdexcept>

namespace e2e {
namespace {

namespace fs = std::filesystem;

// The first milliseconds of a file's life may be stamped by a coarser clock than ours.
constexpr std::chrono::seconds kClockSlack{1};

}  // namespace

Watch::Watch(std::chrono::milliseconds interval, std::function<void()> look)
    : thread_([this, interval, look = std::move(look)] {
        auto next = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex_);
        while (!stop_) {
          lock.unlock();
          look();
          lock.lock();
          next = std::max(next + interval, std::chrono::steady_clock::now());
          stopped_.wait_until(lock, next, [this] { return stop_; });
        }
      }) {}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

MemoryPeak::MemoryPeak(pid_t process)
    : watch_(std::chrono::milliseconds(50), [this, process] { look(process); }) {}

void MemoryPeak::look(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("RssAnon:")) continue;
    peak_ = std::max<std::uint64_t>(peak_, std::stoull(line.substr(8)));
    ++looks_;
  }
}

WordSearch::WordSearch(std::string word, fs::path data)
    : word_(std::move(word)),
      data_(std::move(data)),
      watch_(std::chrono::seconds(2), [this] { look(); }) {}

std::vector<std::string> WordSearch::found() const {
  const std::lock_guard lock(mutex_);
  return {found_.begin(), found_.end()};
}

void WordSearch::look() {
  const std::lock_guard lock(mutex_);
  look_into(data_, true);
  const std::set<fs::path> temporary = {fs::temp_directory_path(), "/tmp", "/var/tmp", "/dev/shm"};
  for (const fs::path& folder : temporary) {
    if (fs::exists(folder)) look_into(folder, false);
  }
  ++looks_;
}

void WordSearch::look_into(const fs::path& folder, bool everything) {
  std::error_code gone;  // others make and remove files meanwhile
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, gone);
  for (; !gone && at != fs::recursive_directory_iterator(); at.increment(gone)) {
    const fs::path& path = at->path();
    if (!everything && path == data_) {
      at.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (!everything && at->last_write_time(ignored) < since_ - kClockSlack) continue;
    if (path.filename().string().find(word_) != std::string::npos) found_.insert(path.string());
    if (at->is_regular_file(ignored) && !at->is_symlink(ignored) && is_in(path)) {
      found_.insert(path.string());
    }
  }
}

bool WordSearch::is_in(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return false;
  std::vector<char> block(std::size_t{4} << 20);
  const std::size_t overlap = word_.size() - 1;
  bool found = false;
  std::size_t kept = 0;
  for (;;) {
    const ssize_t got = ::read(fd, block.data() + kept, block.size() - kept);
    if (got <= 0) break;
    bytes_ += static_cast<std::uint64_t>(got);
    const std::size_t held = kept + static_cast<std::size_t>(got);
    found = ::memmem(block.data(), held, word_.data(), word_.size()) != nullptr;
    if (found) break;
    kept = std::min(overlap, held);
    std::copy_n(block.data() + held - kept, kept, block.data());
  }
  ::close(fd);
  return found;
}

std::vector<std::string> written_outside(const fs::path& trace, const fs::path& folder) {
  // 123 openat(AT_FDCWD</x>, "data/lock.mdb", O_RDWR|O_CREAT, 0600) = 7</x/data/lock.mdb>
  static const std::regex kOpened(
      "(O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|creat\\(|memfd_create\\()"
      ".* = [0-9]+<(.*)>");
  // A word to the kernel, kept in no file: that it dumps nothing of this process.
  static const std::regex kNoDump("/proc/[0-9]+/coredump_filter");
  const std::string inside = fs::canonical(folder).string() + "/";
  std::set<std::string> outside;
  std::size_t seen = 0;
  std::ifstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (!std::regex_search(line, parts, kOpened)) continue;
    const std::string path = parts[2];
    if (path.starts_with(inside)) {
      ++seen;
    } else if (!std::regex_match(path, kNoDump)) {
      outside.insert(path);
    }
  }
  if (seen == 0) throw std::runtime_error("nothing was traced");
  return {outside.begin(), outside.end()};
}

}  // namespace e2e
