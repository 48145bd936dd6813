#include "api/test_site.h"

#include <thread>

namespace test_site {

api::ConnectionHandler::Admission EchoHandler::admit(const api::Call& call) {
  if (on_admit) return on_admit(call);
  return {std::nullopt, std::uint64_t{1} << 40};
}

api::Reply EchoHandler::handle(api::Call& call) {
  {
    const std::lock_guard lock(mutex_);
    handled_.push_back(call.method + " " + call.target);
  }
  if (on_handle) return on_handle(call);
  auto body = read_body(*call.body);
  if (!body) return problem(400, "body", "");
  api::Reply reply;
  reply.headers.add("content-type", "text/plain");
  reply.body = *std::move(body);
  return reply;
}

api::Reply EchoHandler::problem(int status, std::string_view type, std::string_view /*language*/) {
  api::Reply reply;
  reply.status = status;
  reply.headers.add("content-type", "application/problem+json");
  reply.body = "problem " + std::string(type);
  return reply;
}

std::vector<std::string> EchoHandler::handled() const {
  const std::lock_guard lock(mutex_);
  return handled_;
}

tl::expected<std::string, api::BodyErrc> read_body(api::BodyReader& body) {
  std::string text;
  std::vector<std::uint8_t> buffer(65536);
  while (true) {
    const auto size = body.read(buffer);
    if (!size) return tl::unexpected(size.error());
    if (*size == 0) return text;
    text += crypto::as_text(crypto::ByteView(buffer).first(*size));
  }
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Gate::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_; });
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

const support::Certificates& certificates() {
  static const support::Certificates made("DNS:localhost,IP:127.0.0.1");
  return made;
}

api::ServerOptions options() {
  api::ServerOptions options;
  options.certificate_file = certificates().certificate();
  options.key_file = certificates().key();
  return options;
}

}  // namespace test_site
