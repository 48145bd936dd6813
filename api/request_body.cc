#include "api/request_body.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/secret.h"

namespace api {
namespace {

constexpr std::uint64_t kMaxDrain = std::uint64_t{256} << 10;
// From here on bytes go straight to the caller instead of through the buffer.
constexpr std::uint64_t kDirect = 4096;

}  // namespace

InputBuffer::~InputBuffer() { crypto::wipe(MutableBytes(bytes_).subspan(begin_, end_ - begin_)); }

void InputBuffer::consume(std::size_t size) {
  crypto::wipe(MutableBytes(bytes_).subspan(begin_, size));
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

std::size_t InputBuffer::fill(Channel& channel, Phase phase) {
  if (end_ == bytes_.size()) {
    const std::size_t unread = end_ - begin_;
    std::memmove(bytes_.data(), bytes_.data() + begin_, unread);
    crypto::wipe(MutableBytes(bytes_).subspan(unread, begin_));
    end_ = unread;
    begin_ = 0;
  }
  const std::size_t size = channel.read(MutableBytes(bytes_).subspan(end_), phase);
  end_ += size;
  return size;
}

RequestBody::RequestBody(Channel& channel, InputBuffer& input, const RequestHead& head)
    : channel_(channel),
      input_(input),
      decoder_(BodyDecoder::of(head.framing)),
      owes_continue_(head.expects_continue) {
  if (!head.framing.chunked) declared_ = head.framing.length.value_or(0);
}

tl::expected<std::size_t, BodyErrc> RequestBody::fail(BodyErrc error) {
  error_ = error;
  return tl::unexpected(error);
}

tl::expected<std::size_t, BodyErrc> RequestBody::read(MutableBytes out) {
  if (error_) return tl::unexpected(*error_);
  if (owes_continue_ && !decoder_.complete()) {
    owes_continue_ = false;
    // Whoever sends already does not wait for leave.
    if (input_.unread().empty() &&
        !channel_.write(crypto::as_bytes("HTTP/1.1 100 Continue\r\n\r\n"))) {
      return fail(BodyErrc::cut_short);
    }
  }
  return next(out);
}

tl::expected<std::size_t, BodyErrc> RequestBody::next(MutableBytes out) {
  while (!decoder_.complete()) {
    if (!fits()) return fail(BodyErrc::too_large);
    if (input_.unread().empty()) {
      const std::uint64_t direct = std::min<std::uint64_t>(decoder_.contiguous(), out.size());
      const bool past_buffer = direct >= kDirect;
      const std::size_t size =
          past_buffer ? channel_.read(out.first(static_cast<std::size_t>(direct)), Phase::receive)
                      : input_.fill(channel_, Phase::receive);
      // The end of the connection is not the end of the body, however clean it looks.
      if (size == 0) return fail(channel_.timed_out() ? BodyErrc::timed_out : BodyErrc::cut_short);
      if (past_buffer) {
        decoder_.take(size);
        received_ += size;
        return size;
      }
    }
    const auto step = decoder_.step(input_.unread(), out);
    if (!step) return fail(step.error());
    input_.consume(step->consumed);
    received_ += step->produced;
    if (received_ > most_) return fail(BodyErrc::too_large);  // several chunks in one step
    if (step->produced > 0) return step->produced;
    if (step->consumed == 0)
      return fail(BodyErrc::failed);  // `out` was empty: 0 would say "the end"
  }
  return 0;
}

bool RequestBody::fits() {
  return decoder_.contiguous() <= most_ && received_ <= most_ - decoder_.contiguous();
}

bool RequestBody::can_drain() {
  if (error_ || (owes_continue_ && !decoder_.complete())) return false;
  most_ = UINT64_MAX;
  std::array<std::uint8_t, 4096> discarded;
  while (!decoder_.complete() && !input_.unread().empty()) {
    const auto step = decoder_.step(input_.unread(), discarded);
    if (!step) return false;
    input_.consume(step->consumed);
    received_ += step->produced;
  }
  if (decoder_.complete()) return true;
  // How much of a chunked body is left nobody knows: not worth waiting for.
  return declared_ && decoder_.contiguous() <= kMaxDrain;
}

bool RequestBody::drain() {
  std::array<std::uint8_t, 16384> discarded;
  while (true) {
    const auto size = next(discarded);
    if (!size) return false;
    if (*size == 0) return true;
  }
}

}  // namespace api
