// Bytes of a message body, coming and going, without sockets: what handlers see.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

#include "crypto/bytes.h"

namespace api {

using crypto::Bytes;
using crypto::ByteView;
using crypto::MutableBytes;

// Why a body ended before its end.
enum class BodyErrc {
  cut_short,  // the connection ended before the declared length or the last chunk
  malformed,  // a bad chunk size, extension or trailer
  too_large,  // more than the route allows
  timed_out,  // a deadline passed
  failed,     // the source of an answer's body failed (never its client's fault)
};

class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // Declared by Content-Length; none when chunked.
  virtual std::optional<std::uint64_t> declared_length() const = 0;
  // Fills some of `out` (at least one byte unless it is the end); 0 is the complete end, and only
  // that.
  virtual tl::expected<std::size_t, BodyErrc> read(MutableBytes out) = 0;
};

// An answer's body of known length, made while it is sent.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t length() const = 0;
  // Fills some of `out`, at least one byte. Called until length() bytes have come.
  // After an error the connection is closed short, so that the client sees it as incomplete.
  virtual tl::expected<std::size_t, BodyErrc> read(MutableBytes out) = 0;
  // Told once how it ended: so many bytes were handed to the socket.
  virtual void finished(std::uint64_t sent, bool complete) = 0;
};

}  // namespace api
