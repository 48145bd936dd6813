// The head of a request (RFC 9112): bytes in, a head or a refusal out. No I/O, so that it can be
// fuzzed, and used by a thread or by an event loop alike.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "api/message_head.h"
#include "api/target.h"

namespace api {

inline constexpr std::size_t kMaxTarget = std::size_t{8} << 10;

struct RequestHead {
  std::string method;  // a token; which ones exist is the routes' business
  Target target;
  Headers headers;
  Framing framing;
  bool expects_continue = false;  // and has a body to send
  bool close = false;             // the client wants no further request on this connection

  bool has_body() const { return framing.chunked || framing.length.value_or(0) > 0; }
};

class HeadScanner {
 public:
  // `scheme`: the connection's, "https" or "http"; it outlives the scanner.
  explicit HeadScanner(std::string_view scheme) : scheme_(scheme) {}

  // `bytes`: what has come so far, from the head's first byte; each call brings the same and more.
  // True: the head is complete, and size() bytes of it were used; what follows is the body's.
  // A refusal comes as soon as it is certain, and is final.
  tl::expected<bool, HeadErrc> scan(ByteView bytes);

  std::size_t size() const { return lines_.consumed(); }
  RequestHead& head() { return head_; }
  // The request's method is HEAD, as far as it can be read, also of a head that is refused: its
  // refusal has no body.
  bool is_to_head() const { return is_to_head_; }

 private:
  void look_for_method(ByteView bytes);
  tl::expected<void, HeadErrc> take_request_line(std::string_view line);
  tl::expected<void, HeadErrc> take_field(std::string_view line);
  tl::expected<void, HeadErrc> finish();

  std::string_view scheme_;
  LineCutter lines_;
  bool skipped_empty_line_ = false;
  bool has_request_line_ = false;
  bool is_to_head_ = false;
  RequestHead head_;
};

// What a refused head is answered with: a status and the type of the problem (problem.cc).
struct HeadRefusal {
  int status;
  std::string_view type;
};
HeadRefusal refusal_for(HeadErrc error);

}  // namespace api
