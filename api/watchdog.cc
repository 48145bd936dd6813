#include "api/watchdog.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace api {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

std::uint64_t nanoseconds_of(std::chrono::steady_clock::time_point at) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<nanoseconds>(at.time_since_epoch()).count());
}

std::uint64_t now_ns() { return nanoseconds_of(std::chrono::steady_clock::now()); }

// Bytes the kernel has moved for this socket. Asked of the kernel, since only it knows how much of
// a write or of a TLS record has passed while the call is still blocked.
std::uint64_t bytes_moved(int fd, Phase phase) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return phase == Phase::send ? info.tcpi_bytes_acked : info.tcpi_bytes_received;
}

}  // namespace

Watchdog::Watchdog(const Deadlines& deadlines)
    : deadlines_(deadlines),
      linger_(std::min(deadlines.send_stall, milliseconds(2000))),
      tick_(std::clamp(std::min({deadlines.handshake, deadlines.head, deadlines.idle,
                                 deadlines.body_stall, deadlines.send_stall}) /
                           8,
                       milliseconds(2), milliseconds(250))),
      thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::unique_ptr<Watchdog::Watch> Watchdog::watch(int fd) {
  std::unique_ptr<Watch> watch(new Watch(*this, fd));
  const std::lock_guard lock(mutex_);
  watches_.push_back(watch.get());
  if (ending_all_) watch->end();
  return watch;
}

void Watchdog::remove(Watch& watch) {
  const std::lock_guard lock(mutex_);
  watches_.remove(&watch);
  gone_.notify_all();
}

void Watchdog::end_idle() {
  {
    const std::lock_guard lock(mutex_);
    ending_idle_ = true;
  }
  wake_.notify_all();
}

void Watchdog::end_longest_idle() {
  const std::lock_guard lock(mutex_);
  Watch* longest = nullptr;
  std::uint64_t began = now_ns() - 1'000'000'000;
  for (Watch* watch : watches_) {
    const std::uint64_t state = watch->state_.load(std::memory_order_relaxed);
    if (static_cast<Phase>(state & 0xff) != Phase::idle || (state >> 8) >= began) continue;
    if (watch->ended()) continue;
    began = state >> 8;
    longest = watch;
  }
  if (longest != nullptr) longest->end();
}

void Watchdog::end_all() {
  const std::lock_guard lock(mutex_);
  ending_all_ = true;
  for (Watch* watch : watches_) watch->end();
}

void Watchdog::wait_until_none(milliseconds limit) {
  std::unique_lock lock(mutex_);
  gone_.wait_for(lock, limit, [this] { return watches_.empty(); });
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  auto last = Clock::now();
  while (!stop_) {
    wake_.wait_for(lock, tick_);
    const auto now = Clock::now();
    for (Watch* watch : watches_) {
      if (!watch->ended() && is_late(*watch, now, now - last)) watch->end();
    }
    last = now;
  }
}

bool Watchdog::is_late(Watch& watch, Clock::time_point now, nanoseconds since_last_look) {
  const std::uint64_t state = watch.state_.load(std::memory_order_relaxed);
  const std::uint64_t began = state >> 8;
  const auto past = [&](milliseconds limit) {
    const std::uint64_t at = nanoseconds_of(now);
    return at > began && nanoseconds(at - began) > limit;
  };
  switch (const auto phase = static_cast<Phase>(state & 0xff)) {
    case Phase::working:
      return false;
    case Phase::handshake:
      return past(deadlines_.handshake);
    case Phase::idle:
      return ending_idle_ || past(deadlines_.idle);
    case Phase::head:
      return past(deadlines_.head);
    case Phase::linger:
      return past(linger_);
    case Phase::receive:
      return is_too_slow(watch, phase, deadlines_.body_stall, since_last_look);
    case Phase::send:
      return is_too_slow(watch, phase, deadlines_.send_stall, since_last_look);
  }
  return false;
}

// Counts only time spent waiting: each look that finds the connection waiting stands for the time
// since the last look. What the handler itself takes is not held against the peer.
bool Watchdog::is_too_slow(Watch& watch, Phase phase, milliseconds limit,
                           nanoseconds since_last_look) {
  Watch::Window& window = watch.window_;
  const std::uint32_t message = watch.message_.load(std::memory_order_relaxed);
  const bool goes_on = window.phase == phase && window.message == message;
  if (goes_on) {
    window.waited += since_last_look;
    if (window.waited < limit) return false;
  }
  const std::uint64_t moved = bytes_moved(watch.fd_, phase);
  const auto least = deadlines_.min_rate * static_cast<std::uint64_t>(limit.count()) / 1000;
  if (goes_on && moved - window.moved_before < std::max<std::uint64_t>(least, 1)) return true;
  window = {phase, message, nanoseconds(0), moved};
  return false;
}

void Watchdog::Watch::enter(Phase phase) {
  const std::uint64_t began = phase == Phase::head ? head_began_ : now_ns();
  state_.store((began << 8) | static_cast<std::uint64_t>(phase), std::memory_order_relaxed);
}

void Watchdog::Watch::message_begins() {
  head_began_ = now_ns();
  message_.fetch_add(1, std::memory_order_relaxed);
}

void Watchdog::Watch::end() {
  ended_.store(true, std::memory_order_relaxed);
  ::shutdown(fd_, SHUT_RDWR);
}

}  // namespace api
