// The head of an answer as bytes. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "api/call.h"

namespace api {

struct ReplyFraming {
  bool to_head = false;  // the request was HEAD
  bool close = false;    // no further request is read after this answer
  std::uint64_t length = 0;
};

// Whether an answer of this status has a body at all (RFC 9110, 6.4.1).
bool may_have_body(int status);

// Status line and fields: those of the reply, Date, Content-Length (none where RFC 9110 forbids it;
// that of the reply's own field where HEAD or 304 has no body to measure), Connection when closing.
std::string reply_head(const Reply& reply, const ReplyFraming& framing,
                       std::chrono::system_clock::time_point now);

// Whether every field can be sent as it is: a line end in a value would begin a field, or an
// answer, of somebody else's choosing.
bool is_sendable(const Headers& headers);

}  // namespace api
