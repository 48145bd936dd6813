// The body of a request, read from a connection while the handler asks for it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "api/body.h"
#include "api/body_decoder.h"
#include "api/head_scanner.h"
#include "api/socket_channel.h"

namespace api {

// Bytes that came and were not used yet. What was used is wiped: there may be a key in it, or
// plaintext.
class InputBuffer {
 public:
  InputBuffer() : bytes_(kMaxHead) {}
  ~InputBuffer();
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  ByteView unread() const { return {bytes_.data() + begin_, end_ - begin_}; }
  void consume(std::size_t size);
  // Reads more, behind what is unread. 0: the connection ended. REQUIRES: less than kMaxHead
  // unread.
  std::size_t fill(Channel& channel, Phase phase);

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

class RequestBody : public BodyReader {
 public:
  RequestBody(Channel& channel, InputBuffer& input, const RequestHead& head);
  // Before the first read: the most bytes that may come, else `too_large`.
  void allow(std::uint64_t most) { most_ = most; }

  std::optional<std::uint64_t> declared_length() const override { return declared_; }
  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override;

  // After the handler: whether the rest is small enough to be read and thrown away, so that the
  // connection serves on. Uses what has come, does not wait.
  bool can_drain();
  // Reads and throws away the rest. False: it did not come.
  bool drain();

 private:
  tl::expected<std::size_t, BodyErrc> fail(BodyErrc error);
  tl::expected<std::size_t, BodyErrc> next(MutableBytes out);
  bool fits();

  Channel& channel_;
  InputBuffer& input_;
  BodyDecoder decoder_;
  std::optional<std::uint64_t> declared_;
  bool owes_continue_;
  std::uint64_t most_ = 0;
  std::uint64_t received_ = 0;
  std::optional<BodyErrc> error_;
};

}  // namespace api
