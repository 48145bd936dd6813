#include "support/raw_tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace support {
namespace {

constexpr timeval kPatience{20, 0};  // only a test that fails waits so long

SSL_CTX* trusting_context() {
  (void)std::signal(SIGPIPE, SIG_IGN);
  static SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
  return context;
}

sockaddr_in address_of(const char* host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

}  // namespace

struct RawTls::State {
  int fd = -1;
  SSL* ssl = nullptr;
  State() = default;
  ~State() {
    ::SSL_free(ssl);
    if (fd >= 0) ::close(fd);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

RawTls::RawTls(std::uint16_t port, Layer layer, const char* from)
    : state_(std::make_unique<State>()) {
  SSL_CTX* const context = trusting_context();
  state_->fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int fd = state_->fd;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const sockaddr_in here = address_of(from, 0), there = address_of("127.0.0.1", port);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
      ::connect(fd, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0) {
    throw std::runtime_error("no connection to port " + std::to_string(port));
  }
  if (layer == Layer::tcp) return;
  state_->ssl = ::SSL_new(context);
  ::SSL_set_fd(state_->ssl, fd);
  ::SSL_set_connect_state(state_->ssl);
}

RawTls::~RawTls() = default;
RawTls::RawTls(RawTls&&) noexcept = default;
RawTls& RawTls::operator=(RawTls&&) noexcept = default;

bool RawTls::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (state_->ssl != nullptr) {
      ::ERR_clear_error();
      if (::SSL_write_ex(state_->ssl, bytes.data(), bytes.size(), &sent) != 1) return false;
    } else {
      const ssize_t size = ::send(state_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      sent = static_cast<std::size_t>(size);
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

bool RawTls::is_answered() {
  pollfd poll{state_->fd, POLLIN, 0};
  if (::poll(&poll, 1, 0) <= 0) return false;
  if (state_->ssl == nullptr) return true;
  // What came may be only TLS's own: a ticket.
  const int flags = ::fcntl(state_->fd, F_GETFL);
  ::fcntl(state_->fd, F_SETFL, flags | O_NONBLOCK);
  char byte = 0;
  ::ERR_clear_error();
  const int size = ::SSL_peek(state_->ssl, &byte, 1);
  const bool nothing = size <= 0 && ::SSL_get_error(state_->ssl, size) == SSL_ERROR_WANT_READ;
  ::fcntl(state_->fd, F_SETFL, flags);
  return !nothing;
}

bool RawTls::read_some(std::string& to) {
  char buffer[16384];
  if (state_->ssl == nullptr) {
    const ssize_t size = ::recv(state_->fd, buffer, sizeof buffer, 0);
    ended_ = size == 0 || (size < 0 && errno != EAGAIN);
    if (size > 0) to.append(buffer, static_cast<std::size_t>(size));
    return size > 0;
  }
  ::ERR_clear_error();
  const int size = ::SSL_read(state_->ssl, buffer, sizeof buffer);
  if (size > 0) to.append(buffer, static_cast<std::size_t>(size));
  ended_ = size <= 0 && ::SSL_get_error(state_->ssl, size) != SSL_ERROR_WANT_READ;
  return size > 0;
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

void RawTls::finish() {
  if (state_->ssl != nullptr) (void)::SSL_shutdown(state_->ssl);
  cut();
}

void RawTls::cut() { ::shutdown(descriptor(), SHUT_WR); }

int RawTls::descriptor() const { return state_->fd; }

}  // namespace support
