#include "api/http_client_link.h"

#include <pthread.h>

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/RejectCertificateHandler.h>
#include <Poco/Net/SSLException.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>

#include "api/message_head.h"
#include "crypto/secret.h"

namespace api {
namespace {

using Poco::Net::Context;

sigset_t pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

Poco::Timespan timespan(std::chrono::seconds seconds) {
  return {static_cast<long>(seconds.count()), 0};
}

Context::Ptr make_context(const std::string& ca_file) {
  Context::Params params;
  params.caLocation = ca_file;
  params.loadDefaultCAs = ca_file.empty();
  // The relaxed mode takes a certificate of any name for "localhost".
  params.verificationMode = Context::VERIFY_STRICT;
  Context::Ptr context = new Context(Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Context::PROTO_TLSV1_3);
  context->enableExtendedCertificateVerification();
  context->setInvalidCertificateHandler(new Poco::Net::RejectCertificateHandler(false));
  return context;
}

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

PipeSignalHeld::PipeSignalHeld() {
  const sigset_t pipe = pipe_signal();
  sigset_t pending;
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  was_blocked_ = sigismember(&before, SIGPIPE) == 1;
}

PipeSignalHeld::~PipeSignalHeld() {
  const sigset_t pipe = pipe_signal();
  // Ours, not the process's: taken back before the signal is let through again.
  const timespec now{};
  if (!was_pending_) sigtimedwait(&pipe, nullptr, &now);
  if (!was_blocked_) pthread_sigmask(SIG_UNBLOCK, &pipe, nullptr);
}

HttpClientLink::HttpClientLink(HttpClient::Options options)
    : options_(std::move(options)), input_(kMaxHead) {}

HttpClientLink::~HttpClientLink() {
  close();
  crypto::wipe(MutableBytes(input_).first(used_));
}

tl::expected<void, ClientErrc> HttpClientLink::connect() try {
  close();
  if (context_.isNull()) context_ = make_context(options_.ca_file);
  const Poco::Net::SocketAddress address(options_.host, options_.port);
  socket_.emplace(context_);
  socket_->setPeerHostName(options_.host);
  socket_->connect(address, timespan(options_.timeout));
  socket_->setReceiveTimeout(timespan(options_.timeout));
  socket_->setSendTimeout(timespan(options_.timeout));
  socket_->setNoDelay(true);
  return {};
} catch (const Poco::TimeoutException&) {
  socket_.reset();
  return tl::unexpected(ClientErrc::timed_out);
} catch (const Poco::Net::SSLConnectionUnexpectedlyClosedException&) {
  socket_.reset();
  return tl::unexpected(ClientErrc::unreachable);
} catch (const Poco::Net::SSLException& error) {
  socket_.reset();
  const bool about_certificate =
      dynamic_cast<const Poco::Net::CertificateValidationException*>(&error) != nullptr ||
      dynamic_cast<const Poco::Net::InvalidCertificateException*>(&error) != nullptr ||
      dynamic_cast<const Poco::Net::SSLContextException*>(&error) != nullptr ||
      error.message().find("certificate") != std::string::npos;
  return tl::unexpected(about_certificate ? ClientErrc::not_trusted : ClientErrc::unreachable);
} catch (const Poco::Exception&) {
  socket_.reset();
  return tl::unexpected(ClientErrc::unreachable);
}

void HttpClientLink::close() {
  begin_ = end_ = 0;
  const PipeSignalHeld held;  // closing writes an alert
  socket_.reset();
}

bool HttpClientLink::is_usable() try {
  return socket_ && unread().empty() &&
         !socket_->poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ);
} catch (const Poco::Exception&) {
  return false;
}

tl::expected<void, ClientErrc> HttpClientLink::write(ByteView bytes) try {
  const PipeSignalHeld held;
  while (!bytes.empty()) {
    const int size = socket_->sendBytes(bytes.data(), clamped(bytes.size()));
    if (size <= 0) return tl::unexpected(ClientErrc::cut_short);
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return {};
} catch (const Poco::TimeoutException&) {
  return tl::unexpected(ClientErrc::timed_out);
} catch (const Poco::Exception&) {
  return tl::unexpected(ClientErrc::cut_short);
}

void HttpClientLink::consume(std::size_t size) {
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

void HttpClientLink::make_room() {
  if (end_ < input_.size()) return;
  std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
}

tl::expected<void, ClientErrc> HttpClientLink::fill() {
  make_room();
  const auto size = read(MutableBytes(input_).subspan(end_));
  if (!size) return tl::unexpected(size.error());
  end_ += *size;
  used_ = std::max(used_, end_);
  return {};
}

tl::expected<std::size_t, ClientErrc> HttpClientLink::read(MutableBytes out) try {
  const int size = socket_->receiveBytes(out.data(), clamped(out.size()));
  if (size <= 0) return tl::unexpected(ClientErrc::cut_short);
  return static_cast<std::size_t>(size);
} catch (const Poco::TimeoutException&) {
  return tl::unexpected(ClientErrc::timed_out);
} catch (const Poco::Exception&) {
  return tl::unexpected(ClientErrc::cut_short);
}

bool HttpClientLink::has_answer() try {
  if (!unread().empty()) return true;
  if (!socket_->poll(Poco::Timespan(0), Poco::Net::Socket::SELECT_READ)) return false;
  // Readable may mean a TLS message that is not for us, behind which a read would wait; hence the
  // shortest timeout for this one.
  socket_->setReceiveTimeout(Poco::Timespan(0, 1000));
  const auto filled = fill();
  socket_->setReceiveTimeout(timespan(options_.timeout));
  return filled || filled.error() == ClientErrc::cut_short;
} catch (const Poco::Exception&) {
  return true;  // broken: whoever reads the answer finds out
}

}  // namespace api
