// What a connection asks of the application. Implemented by the endpoint (routes, sessions,
// problems); the transport (api/connection) knows nothing else of it.
#pragma once

#include "api/call.h"

namespace api {

class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;

  // Before the body is read, from the head alone: a refusal to send instead of `100 Continue` and
  // of reading the body (the connection then closes or drains), or the most bytes that the body may
  // have. `call.body` is not usable yet.
  struct Admission {
    std::optional<Reply> refusal;
    std::uint64_t max_body = 0;
  };
  virtual Admission admit(const Call& call) = 0;

  // Answers a call. Never throws. After it the connection drains or closes what is left of the
  // body.
  virtual Reply handle(Call& call) = 0;

  // The answer to bytes that are no request, or to a full queue (503): a problem (RFC 9457) with
  // this status. `accept_language` may be empty.
  virtual Reply problem(int status, std::string_view type, std::string_view accept_language) = 0;
};

}  // namespace api
