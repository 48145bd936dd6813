#include "support/raw_tls.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <sys/socket.h>

#include <csignal>

namespace support {
namespace {

using Poco::Net::Context;

constexpr int kPatience = 20;  // seconds: only a test that fails waits so long

Context::Ptr trusting_context() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  static const Context::Ptr context =
      new Context(Context::TLS_CLIENT_USE, "", Context::VERIFY_NONE);
  return context;
}

}  // namespace

struct RawTls::State {
  Poco::Net::StreamSocket socket;
};

RawTls::RawTls(std::uint16_t port, Layer layer) : state_(std::make_unique<State>()) {
  const Poco::Net::SocketAddress address("127.0.0.1", port);
  if (layer == Layer::tls) {
    Poco::Net::SecureStreamSocket socket(trusting_context());
    socket.setLazyHandshake();
    socket.connect(address);
    state_->socket = socket;
  } else {
    state_->socket.connect(address);
  }
  state_->socket.setReceiveTimeout(Poco::Timespan(kPatience, 0));
  state_->socket.setSendTimeout(Poco::Timespan(kPatience, 0));
}

RawTls::~RawTls() = default;

bool RawTls::send(std::string_view bytes) try {
  const int size = static_cast<int>(bytes.size());
  return state_->socket.sendBytes(bytes.data(), size) == size;
} catch (const Poco::Exception&) {
  return false;
}

bool RawTls::read_some(std::string& to) try {
  char buffer[16384];
  const int size = state_->socket.receiveBytes(buffer, sizeof buffer);
  if (size > 0) to.append(buffer, static_cast<std::size_t>(size));
  ended_ = size <= 0;
  return size > 0;
} catch (const Poco::TimeoutException&) {
  return false;
} catch (const Poco::Exception&) {
  ended_ = true;
  return false;
}

std::string RawTls::read_until(std::string_view end) {
  std::string bytes;
  while (bytes.find(end) == std::string::npos && read_some(bytes)) {
  }
  return bytes;
}

std::string RawTls::read_all() {
  std::string bytes;
  while (read_some(bytes)) {
  }
  return bytes;
}

std::string RawTls::read_more() {
  std::string bytes;
  read_some(bytes);
  return bytes;
}

void RawTls::finish() { ::shutdown(descriptor(), SHUT_WR); }

int RawTls::descriptor() const { return state_->socket.impl()->sockfd(); }

}  // namespace support
