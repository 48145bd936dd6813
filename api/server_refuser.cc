#include "api/server_refuser.h"

#include <exception>

namespace api {
namespace {

constexpr std::size_t kMaxWaiting = 64;

Deadlines short_deadlines() {
  constexpr std::chrono::milliseconds kSoon(1000);
  return {
      .handshake = kSoon, .head = kSoon, .idle = kSoon, .body_stall = kSoon, .send_stall = kSoon};
}

}  // namespace

Refuser::Refuser(const Site& site)
    : watchdog_(short_deadlines()), site_{site.handler, watchdog_, site.context} {
  thread_.start(*this);
}

Refuser::~Refuser() { stop(); }

bool Refuser::refuse(const Poco::Net::StreamSocket& accepted, Connection::Mode why) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_ || waiting_.size() == kMaxWaiting) return false;
    waiting_.push_back({accepted, why});
    ++site_.open;
  }
  wake_.notify_one();
  return true;
}

void Refuser::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return;
    stop_ = true;
    waiting_.clear();
  }
  wake_.notify_one();
  watchdog_.end_all();
  thread_.join();
}

void Refuser::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Refused refused = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    try {
      Connection(refused.socket, site_, refused.why).run();
    } catch (const std::exception&) {
      // Gone before it was refused: no loss.
    }
    lock.lock();
  }
}

}  // namespace api
