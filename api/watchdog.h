// Ends connections that keep us waiting: one thread that knows what every connection waits for, and
// shuts the socket of a late one down. The blocked read or write then ends at once.
//
// The sockets' own timeouts cannot do this: they start anew with every byte, so that a handshake or
// a TLS record that drips in holds its thread for ever.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "api/server.h"

namespace api {

// What a connection waits for. While it works it waits for nobody and has no deadline.
enum class Phase : std::uint8_t { working, handshake, idle, head, receive, send, linger };

class Watchdog {
 public:
  explicit Watchdog(const Deadlines& deadlines);
  // REQUIRES: no Watch is left.
  ~Watchdog();

  class Watch;
  // Watches `fd` until the Watch goes. Destroy it before the descriptor is closed, for the number
  // may then be another connection's.
  std::unique_ptr<Watch> watch(int fd);

  // Ends every connection that waits for a request, now and from now on.
  void end_idle();
  // Ends the connection that has waited longest for a request, if that was a second or more.
  void end_longest_idle();
  // Ends every connection, now and from now on.
  void end_all();
  // Waits at most `limit` until nothing is watched.
  void wait_until_none(std::chrono::milliseconds limit);

 private:
  using Clock = std::chrono::steady_clock;
  void run();
  bool is_late(Watch& watch, Clock::time_point now, std::chrono::nanoseconds since_last_look);
  bool is_too_slow(Watch& watch, Phase phase, std::chrono::milliseconds limit,
                   std::chrono::nanoseconds since_last_look);
  void remove(Watch& watch);

  const Deadlines deadlines_;
  const std::chrono::milliseconds linger_;
  const std::chrono::milliseconds tick_;
  std::mutex mutex_;              // the list, and that no listed descriptor is closed
  std::condition_variable wake_;  // the watchdog's thread
  std::condition_variable gone_;  // a watch went
  std::list<Watch*> watches_;
  bool ending_idle_ = false;
  bool ending_all_ = false;
  bool stop_ = false;
  std::thread thread_;
};

// One connection as the watchdog sees it. The connection's thread says what it waits for.
class Watchdog::Watch {
 public:
  ~Watch() { dog_.remove(*this); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void enter(Phase phase);
  // The first byte of a request has come: its head's deadline runs from here, and the rates of its
  // body and answer are measured anew.
  void message_begins();
  // The watchdog shut the socket down.
  bool ended() const { return ended_.load(std::memory_order_relaxed); }

 private:
  friend class Watchdog;
  Watch(Watchdog& dog, int fd) : dog_(dog), fd_(fd) {}
  void end();

  Watchdog& dog_;
  const int fd_;
  // Phase in the low byte, above it nanoseconds of the clock at which it began: one store for both.
  std::atomic<std::uint64_t> state_{0};
  std::atomic<std::uint32_t> message_{0};
  std::atomic<bool> ended_{false};
  std::uint64_t head_began_ = 0;  // the connection's thread only

  // The window over which a rate is measured: the watchdog's thread only.
  struct Window {
    Phase phase = Phase::working;
    std::uint32_t message = 0;
    std::chrono::nanoseconds waited{0};
    std::uint64_t moved_before = 0;
  } window_;
};

}  // namespace api
