#include "api/socket_channel.h"

#include <sys/socket.h>

#include <Poco/Exception.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <algorithm>
#include <climits>

#include "crypto/traces.h"

namespace api {
namespace {

Poco::Net::StreamSocket with_tls(const Poco::Net::StreamSocket& accepted,
                                 const Poco::Net::Context::Ptr& context) {
  if (context.isNull()) return accepted;
  return Poco::Net::SecureStreamSocket::attach(accepted, context);
}

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void AcceptedSocket::shutdown() { ::shutdown(sockfd(), SHUT_WR); }

Channel::Channel(const Poco::Net::StreamSocket& accepted, const Poco::Net::Context::Ptr& context,
                 Watchdog& watchdog)
    : socket_(with_tls(accepted, context)),
      tls_(!context.isNull()),
      watch_(watchdog.watch(accepted.impl()->sockfd())) {}

// The thread may wait long now, with all that is in its registers.
void Channel::wait_for_peer(Phase phase) {
  watch_->enter(phase);
  crypto::clear_vector_registers();
}

bool Channel::handshake() try {
  if (!tls_) return true;
  wait_for_peer(Phase::handshake);
  const int result = Poco::Net::SecureStreamSocket(socket_).completeHandshake();
  watch_->enter(Phase::working);
  return result == 1;
} catch (const Poco::Exception&) {
  watch_->enter(Phase::working);
  return false;
}

std::size_t Channel::read(MutableBytes out, Phase phase) try {
  wait_for_peer(phase);
  const int size = socket_.receiveBytes(out.data(), clamped(out.size()));
  watch_->enter(Phase::working);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
} catch (const Poco::Exception&) {
  watch_->enter(Phase::working);
  return 0;
}

bool Channel::write(ByteView bytes) try {
  wait_for_peer(Phase::send);
  while (!bytes.empty()) {
    const int size = socket_.sendBytes(bytes.data(), clamped(bytes.size()));
    if (size <= 0) break;
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  watch_->enter(Phase::working);
  return bytes.empty();
} catch (const Poco::Exception&) {
  watch_->enter(Phase::working);
  return false;
}

void Channel::finish() try {
  wait_for_peer(Phase::linger);
  socket_.shutdown();
  const int fd = socket_.impl()->sockfd();
  // MSG_TRUNC: the kernel drops the bytes without copying; they are not even decrypted.
  while (::recv(fd, nullptr, std::size_t{1} << 20, MSG_TRUNC) > 0) {
  }
  watch_->enter(Phase::working);
} catch (const Poco::Exception&) {
  watch_->enter(Phase::working);
}

void Channel::abort() { ::shutdown(socket_.impl()->sockfd(), SHUT_RDWR); }

}  // namespace api
