#include "api/body_decoder.h"

#include <algorithm>
#include <cstring>

namespace api {
namespace {

constexpr unsigned kMaxSizeDigits = 15;  // below 2^60, so that sums of chunks do not overflow
// Extensions and trailers are passed over as RFC 9112 asks, but nobody needs more of them.
constexpr std::size_t kMaxOverhead = 8192;

int hex_value(std::uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(std::uint8_t c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }

}  // namespace

BodyDecoder BodyDecoder::of(const Framing& framing) {
  BodyDecoder decoder;
  decoder.chunked_ = framing.chunked;
  if (framing.chunked) {
    decoder.state_ = State::chunk_size;
  } else if (framing.length.value_or(0) > 0) {
    decoder.state_ = State::data;
    decoder.left_ = *framing.length;
  }
  return decoder;
}

tl::expected<BodyDecoder::Step, BodyErrc> BodyDecoder::step(ByteView in, MutableBytes out) {
  Step done;
  while (done.consumed < in.size() && state_ != State::complete) {
    if (state_ == State::data) {
      const std::size_t size = static_cast<std::size_t>(
          std::min<std::uint64_t>({left_, in.size() - done.consumed, out.size() - done.produced}));
      if (size == 0) break;  // `out` is full
      std::memcpy(out.data() + done.produced, in.data() + done.consumed, size);
      done.consumed += size;
      done.produced += size;
      take(size);
      continue;
    }
    if (!framing_byte(in[done.consumed++])) {
      state_ = State::failed;
      return tl::unexpected(BodyErrc::malformed);
    }
  }
  return done;
}

void BodyDecoder::take(std::uint64_t size) {
  left_ -= size;
  if (left_ == 0) state_ = chunked_ ? State::chunk_end : State::complete;
}

// A byte between the body's bytes; false: it does not belong there.
bool BodyDecoder::framing_byte(std::uint8_t c) {
  switch (state_) {
    case State::chunk_size:
      return size_byte(c);
    case State::chunk_extension:
      if (c == '\r') {
        state_ = State::chunk_size_lf;
        return true;
      }
      return is_text(c) && ++overhead_ <= kMaxOverhead;
    case State::chunk_size_lf:
      state_ = left_ > 0 ? State::data : State::trailer;
      return c == '\n';
    case State::chunk_end:
      state_ = State::chunk_end_lf;
      return c == '\r';
    case State::chunk_end_lf:
      state_ = State::chunk_size;
      digits_ = 0;
      return c == '\n';
    case State::trailer:
      return trailer_byte(c);
    case State::trailer_lf:
      state_ = trailer_line_.empty() ? State::complete : State::trailer;
      if (c != '\n') return false;
      // Discarded, but what is no field may be the head of a request that somebody smuggles.
      if (!trailer_line_.empty() && !parse_field(trailer_line_)) return false;
      trailer_line_.clear();
      return true;
    case State::complete:
    case State::data:
    case State::failed:
      return false;
  }
  return false;
}

bool BodyDecoder::size_byte(std::uint8_t c) {
  if (const int value = hex_value(c); value >= 0) {
    left_ = left_ * 16 + static_cast<unsigned>(value);
    return ++digits_ <= kMaxSizeDigits;
  }
  if (digits_ == 0) return false;
  if (c == '\r') {
    state_ = State::chunk_size_lf;
    return true;
  }
  if (c != ';') return false;
  state_ = State::chunk_extension;
  return ++overhead_ <= kMaxOverhead;
}

bool BodyDecoder::trailer_byte(std::uint8_t c) {
  if (c == '\r') {
    state_ = State::trailer_lf;
    return true;
  }
  trailer_line_ += static_cast<char>(c);
  return is_text(c) && ++overhead_ <= kMaxOverhead;
}

}  // namespace api
