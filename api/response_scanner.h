// The head of an answer (RFC 9112): bytes in, a head or a refusal out. Pure.
#pragma once

#include "api/message_head.h"

namespace api {

struct ResponseHead {
  int status = 0;
  Headers headers;
  Framing framing;
  bool close = false;  // the server reads no further request
};

class ResponseScanner {
 public:
  // `bytes`: what has come so far, from the head's first byte; each call brings the same and more.
  // True: the head is complete, and size() bytes of it were used.
  // Errors: as of a request's head.
  tl::expected<bool, HeadErrc> scan(ByteView bytes);

  std::size_t size() const { return lines_.consumed(); }
  ResponseHead& head() { return head_; }

 private:
  LineCutter lines_;
  ResponseHead head_;
};

}  // namespace api
