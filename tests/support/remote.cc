#include "support/remote.h"

#include <array>
#include <limits>
#include <stdexcept>

#include "crypto/bytes.h"

namespace support {
namespace {

std::string whole(api::BodyReader& body) {
  std::string text;
  std::array<std::uint8_t, 4096> piece;
  for (;;) {
    const auto got = body.read(piece);
    if (!got) throw std::runtime_error("a body failed");
    if (*got == 0) return text;
    text += crypto::as_text(crypto::ByteView(piece).first(*got));
  }
}

}  // namespace

api::ConnectionHandler::Admission RemoteService::admit(const api::Call&) {
  return {std::nullopt, std::numeric_limits<std::uint64_t>::max()};
}

api::Reply RemoteService::handle(api::Call& call) {
  api::ClientRequest request;
  request.method = call.method;
  request.target = call.target;
  request.headers = call.headers;
  request.body = whole(*call.body);
  const auto response = client_.send(request);
  if (!response) throw std::runtime_error("no answer to " + call.method + " " + call.target);
  auto text = response->text();
  if (!text) throw std::runtime_error("half an answer to " + call.method + " " + call.target);
  api::Reply reply;
  reply.status = response->status;
  reply.headers = response->headers;
  reply.body = std::move(*text);
  return reply;
}

api::Reply RemoteService::problem(int, std::string_view, std::string_view) {
  throw std::logic_error("a client makes no problems");
}

}  // namespace support
