// The body of a message: the same bytes and the same end wherever it is cut, and what was sent in
// chunks comes back, with what follows it untouched.
#include "api/body_decoder.h"

#include <algorithm>
#include <cstdio>

#include "fuzz/target.h"

namespace {

using namespace api;
using fuzz::must;

struct Decoded {
  Bytes body;
  std::size_t consumed = 0;
  bool complete = false;
  bool malformed = false;
};

// Feeds at most `step` bytes at a time, into `room` bytes.
Decoded decode(const Framing& framing, ByteView in, std::size_t step, std::size_t room) {
  BodyDecoder decoder = BodyDecoder::of(framing);
  Decoded decoded;
  Bytes out(room);
  for (bool going = true; going;) {
    const ByteView rest = in.subspan(decoded.consumed);
    const ByteView piece = rest.first(std::min(step, rest.size()));
    const std::uint64_t contiguous = decoder.contiguous();
    const auto done = decoder.step(piece, out);
    if (!done) {
      decoded.malformed = true;
      must(!decoder.complete(), "a malformed body is not complete");
      must(!decoder.step(rest, out) || rest.empty(), "and never becomes one");
      return decoded;
    }
    must(done->consumed <= piece.size() && done->produced <= out.size(), "a step keeps within");
    must(done->consumed >= std::min<std::uint64_t>({contiguous, piece.size(), room}),
         "bytes foretold as the body's are taken as such");
    decoded.consumed += done->consumed;
    crypto::append(decoded.body, ByteView(out).first(done->produced));
    going = done->consumed > 0;
  }
  decoded.complete = decoder.complete();
  return decoded;
}

void must_be_the_same(const Decoded& a, const Decoded& b) {
  must(a.malformed == b.malformed && a.complete == b.complete, "cuts do not decide");
  if (a.malformed) return;
  must(a.consumed == b.consumed && a.body == b.body, "nor what the body is");
}

// A second reader, of a whole body (RFC 9112, 7.1): what it finds otherwise is how a request is
// smuggled.
void must_be_chunks_of(const Bytes& body, std::string_view text) {
  const auto take_line = [&text] {
    const auto end = text.find("\r\n");
    must(end != text.npos, "lines end with CRLF");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    return line;
  };
  Bytes read;
  for (;;) {
    const std::string_view line = take_line();
    const std::string digits(line.substr(0, line.find(';')));
    must(!digits.empty() && digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos,
         "a size is hexadecimal digits");
    const std::uint64_t size = std::strtoull(digits.c_str(), nullptr, 16);
    if (size == 0) break;
    must(text.size() >= size && text.substr(size, 2) == "\r\n", "a chunk is as long as it says");
    crypto::append(read, crypto::as_bytes(text.substr(0, size)));
    text.remove_prefix(size + 2);
  }
  for (auto line = take_line(); !line.empty(); line = take_line()) {
    must(line.find(':') != line.npos, "a trailer is a field");
  }
  must(text.empty() && read == body, "and the chunks are the body");
}

Bytes in_chunks(ByteView body, std::size_t size) {
  Bytes sent;
  while (!body.empty()) {
    const ByteView chunk = body.first(std::min(size, body.size()));
    char head[16];
    std::snprintf(head, sizeof head, "%zx\r\n", chunk.size());
    crypto::append(sent, crypto::as_bytes(head));
    crypto::append(sent, chunk);
    crypto::append(sent, crypto::as_bytes("\r\n"));
    body = body.subspan(chunk.size());
  }
  crypto::append(sent, crypto::as_bytes("0\r\n\r\n"));
  return sent;
}

}  // namespace

void fuzz::run(ByteView input) {
  constexpr Framing kChunked{std::nullopt, true};
  Steering steering(input);
  const std::size_t step = 1 + steering.byte(), room = 1 + steering.byte(),
                    length = steering.byte();
  const ByteView bytes = steering.rest();

  for (const Framing& framing : {kChunked, Framing{length, false}, Framing{}}) {
    must_be_the_same(decode(framing, bytes, SIZE_MAX, 65536), decode(framing, bytes, step, room));
  }
  if (const Decoded whole = decode(kChunked, bytes, SIZE_MAX, 65536); whole.complete) {
    must_be_chunks_of(whole.body, crypto::as_text(bytes.first(whole.consumed)));
  }
  const Decoded counted = decode({length, false}, bytes, step, room);
  must(counted.complete == (bytes.size() >= length), "a length is kept to");
  must(counted.consumed == std::min(bytes.size(), length), "exactly");

  Bytes sent = in_chunks(bytes, step);
  const std::size_t size = sent.size();
  const Decoded cut = decode(kChunked, ByteView(sent).first(size - 1), step, room);
  must(!cut.complete && !cut.malformed, "a body that is cut short is not complete");
  crypto::append(sent, crypto::as_bytes("GET /"));
  const Decoded received = decode(kChunked, sent, room, step);
  must(received.complete && std::ranges::equal(received.body, bytes), "what was sent comes");
  must(received.consumed == size, "and the next message is left untouched");
}
