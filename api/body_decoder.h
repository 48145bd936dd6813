// The body of a message (RFC 9112, 6 and 7): from bytes as they come to the bytes they mean. Pure
// and incremental; what follows the body is left untouched, for it is the next message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "api/body.h"
#include "api/message_head.h"

namespace api {

class BodyDecoder {
 public:
  BodyDecoder() = default;  // a body of no bytes
  static BodyDecoder of(const Framing& framing);

  struct Step {
    std::size_t consumed = 0;  // bytes of `in` that were used
    std::size_t produced = 0;  // bytes of the body, now in `out`
  };
  // Goes on with the next bytes. A step that does nothing needs more of `in` (or of `out`).
  // Errors: malformed, and then for ever.
  tl::expected<Step, BodyErrc> step(ByteView in, MutableBytes out);

  // The body's last byte has come. A body that is not complete is cut short, however much came.
  bool complete() const { return state_ == State::complete; }
  // So many of the bytes to come next are body bytes and nothing else: they may be read past the
  // decoder, straight to where they belong, and told by take().
  std::uint64_t contiguous() const { return state_ == State::data ? left_ : 0; }
  // REQUIRES: size <= contiguous().
  void take(std::uint64_t size);

 private:
  enum class State {
    complete,
    data,
    chunk_size,
    chunk_extension,
    chunk_size_lf,
    chunk_end,
    chunk_end_lf,
    trailer,
    trailer_lf,
    failed
  };

  bool framing_byte(std::uint8_t c);
  bool size_byte(std::uint8_t c);
  bool trailer_byte(std::uint8_t c);

  State state_ = State::complete;
  bool chunked_ = false;
  std::uint64_t left_ = 0;    // of the body or of this chunk
  unsigned digits_ = 0;       // of the chunk size being read
  std::size_t overhead_ = 0;  // bytes of extensions and trailers so far
  std::string trailer_line_;
};

}  // namespace api
