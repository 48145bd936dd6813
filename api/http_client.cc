#include "api/http_client.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "api/body_decoder.h"
#include "api/http_client_link.h"
#include "api/response_scanner.h"
#include "crypto/secret.h"

namespace api {
namespace {

constexpr std::size_t kSendChunk = std::size_t{256} << 10;
constexpr std::size_t kDirect = 4096;
constexpr int kMaxInterim = 10;  // answers of 1xx before the real one

ClientErrc client_error(BodyErrc error) {
  switch (error) {
    case BodyErrc::cut_short:
      return ClientErrc::cut_short;
    case BodyErrc::malformed:
    case BodyErrc::too_large:
      return ClientErrc::malformed;
    case BodyErrc::timed_out:
      return ClientErrc::timed_out;
    case BodyErrc::failed:
      return ClientErrc::body_failed;
  }
  return ClientErrc::malformed;
}

// The body of an answer while the caller reads it. Closes the connection when it cannot be used
// again: a byte of this body must not be read as the next answer.
class ResponseBody : public BodyReader {
 public:
  explicit ResponseBody(HttpClientLink& link) : link_(link) {}

  void begin(const Framing& framing, bool keep) {
    decoder_ = BodyDecoder::of(framing);
    declared_ = framing.chunked ? std::nullopt : std::optional(framing.length.value_or(0));
    keep_ = keep;
    error_.reset();
    settle();
  }
  // The last answer was read to its end, or there was none.
  bool is_done() const { return decoder_.complete() && !error_; }

  std::optional<std::uint64_t> declared_length() const override { return declared_; }

  tl::expected<std::size_t, BodyErrc> read(MutableBytes out) override {
    if (error_) return tl::unexpected(*error_);
    const auto size = next(out);
    if (!size) {
      error_ = size.error();
      link_.close();
    }
    return size;
  }

 private:
  tl::expected<std::size_t, BodyErrc> next(MutableBytes out) {
    while (!decoder_.complete()) {
      if (link_.unread().empty()) {
        const auto direct = std::min<std::uint64_t>(decoder_.contiguous(), out.size());
        if (direct >= kDirect) {
          const auto size = link_.read(out.first(static_cast<std::size_t>(direct)));
          if (!size) return tl::unexpected(body_error(size.error()));
          decoder_.take(*size);
          settle();
          return *size;
        }
        if (const auto filled = link_.fill(); !filled) {
          return tl::unexpected(body_error(filled.error()));
        }
      }
      const auto step = decoder_.step(link_.unread(), out);
      if (!step) return tl::unexpected(step.error());
      link_.consume(step->consumed);
      settle();
      if (step->produced > 0) return step->produced;
      if (step->consumed == 0) return tl::unexpected(BodyErrc::failed);  // `out` was empty
    }
    return 0;
  }

  void settle() {
    if (decoder_.complete() && !keep_) link_.close();
  }

  static BodyErrc body_error(ClientErrc error) {
    return error == ClientErrc::timed_out ? BodyErrc::timed_out : BodyErrc::cut_short;
  }

  HttpClientLink& link_;
  BodyDecoder decoder_;
  std::optional<std::uint64_t> declared_;
  bool keep_ = true;
  std::optional<BodyErrc> error_;
};

// A request's head and small body while they are sent. Wiped, since a token may stand in it; room
// is made beforehand, so that growing leaves no copy.
class RequestText {
 public:
  explicit RequestText(std::size_t size) { text_.reserve(size); }
  ~RequestText() { crypto::wipe({reinterpret_cast<std::uint8_t*>(text_.data()), text_.size()}); }
  RequestText(const RequestText&) = delete;
  RequestText& operator=(const RequestText&) = delete;
  void add(std::initializer_list<std::string_view> parts) {
    for (const auto part : parts) text_ += part;
  }
  std::string_view view() const { return text_; }

 private:
  std::string text_;
};

bool is_ours(std::string_view name) {
  return name == "host" || name == "content-length" || name == "transfer-encoding" ||
         name == "connection";
}

std::size_t head_size(const ClientRequest& request, const HttpClient::Options& options) {
  std::size_t size = 256 + request.method.size() + request.target.size() + options.host.size();
  for (const auto& [name, value] : request.headers.all()) size += name.size() + value.size() + 4;
  return size + (request.bearer ? request.bearer->size() : 0);
}

void write_head(const ClientRequest& request, const HttpClient::Options& options,
                RequestText& head) {
  const bool is_ipv6 = options.host.find(':') != std::string::npos;
  head.add({request.method, " ", request.target, " HTTP/1.1\r\nhost: ", is_ipv6 ? "[" : "",
            options.host, is_ipv6 ? "]" : ""});
  if (options.port != 443) head.add({":", std::to_string(options.port)});
  if (request.bearer) head.add({"\r\nauthorization: Bearer ", request.bearer->expose_text()});
  for (const auto& [name, value] : request.headers.all()) {
    if (!is_ours(name)) head.add({"\r\n", name, ": ", value});
  }
  const std::uint64_t length = request.source ? request.source->length() : request.body.size();
  const bool takes_body = request.method == "POST" || request.method == "PUT" ||
                          request.method == "PATCH" || length > 0;
  if (takes_body) head.add({"\r\ncontent-length: ", std::to_string(length)});
  head.add({"\r\n\r\n"});
}

}  // namespace

struct HttpClient::State {
  explicit State(Options options) : link(std::move(options)), body(link) {}

  enum class Sent { whole, answered_early, source_failed };

  tl::expected<ClientResponse, ClientErrc> exchange(const ClientRequest& request);
  tl::expected<Sent, ClientErrc> send_source(BodySource& source);
  tl::expected<ResponseHead, ClientErrc> read_head();

  HttpClientLink link;
  ResponseBody body;
  bool answer_begun = false;  // of the exchange that failed
};

tl::expected<ClientResponse, ClientErrc> HttpClient::State::exchange(const ClientRequest& request) {
  answer_begun = false;
  RequestText text(head_size(request, link.options()) + request.body.size());
  write_head(request, link.options(), text);
  if (!request.source) text.add({request.body});
  auto written = link.write(crypto::as_bytes(text.view()));
  bool sent_whole = written.has_value();
  if (request.source) {
    if (!written) {
      request.source->finished(0, false);
    } else {
      const auto sent = send_source(*request.source);
      if (sent && *sent == Sent::source_failed) return tl::unexpected(ClientErrc::body_failed);
      if (!sent) written = tl::unexpected(sent.error());
      sent_whole = sent && *sent == Sent::whole;
    }
  }
  // Also after a write that failed: the server may have said why before it closed.
  auto answer = read_head();
  if (!answer) return tl::unexpected(written ? answer.error() : written.error());

  const bool has_body = request.method != "HEAD" && answer->status != 204 && answer->status != 304;
  if (has_body && !answer->framing.chunked && !answer->framing.length) {
    return tl::unexpected(ClientErrc::malformed);  // its end could not be told from a broken line
  }
  body.begin(has_body ? answer->framing : Framing{}, sent_whole && !answer->close);
  return ClientResponse{answer->status, std::move(answer->headers), &body};
}

tl::expected<HttpClient::State::Sent, ClientErrc> HttpClient::State::send_source(
    BodySource& source) {
  std::vector<std::uint8_t> chunk(
      static_cast<std::size_t>(std::clamp<std::uint64_t>(source.length(), 1, kSendChunk)));
  const std::uint64_t length = source.length();
  std::uint64_t sent = 0;
  tl::expected<Sent, ClientErrc> outcome = Sent::whole;
  while (sent < length && outcome && *outcome == Sent::whole) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), length - sent));
    const auto size = source.read(MutableBytes(chunk).first(want));
    if (!size || *size == 0 || *size > want) {
      outcome = Sent::source_failed;
    } else if (link.has_answer()) {
      outcome = Sent::answered_early;
    } else if (const auto written = link.write(ByteView(chunk).first(*size)); !written) {
      outcome = tl::unexpected(written.error());
    } else {
      sent += *size;
    }
  }
  crypto::wipe(chunk);
  source.finished(sent, outcome && *outcome == Sent::whole);
  return outcome;
}

tl::expected<ResponseHead, ClientErrc> HttpClient::State::read_head() {
  for (int interim = 0; interim < kMaxInterim; ++interim) {
    ResponseScanner scanner;
    while (true) {
      if (!link.unread().empty()) answer_begun = true;
      const auto complete = scanner.scan(link.unread());
      if (!complete) return tl::unexpected(ClientErrc::malformed);
      if (*complete) break;
      if (const auto filled = link.fill(); !filled) return tl::unexpected(filled.error());
    }
    link.consume(scanner.size());
    if (scanner.head().status == 101) break;  // nobody asked for another protocol
    if (scanner.head().status >= 200) return std::move(scanner.head());
  }
  return tl::unexpected(ClientErrc::malformed);
}

HttpClient::HttpClient(Options options) : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

tl::expected<ClientResponse, ClientErrc> HttpClient::send(const ClientRequest& request) {
  State& state = *state_;
  for (bool may_repeat = !request.source;; may_repeat = false) {
    const bool kept = state.body.is_done() && state.link.is_usable();
    if (!kept) {
      if (const auto connected = state.link.connect(); !connected) {
        if (request.source) request.source->finished(0, false);
        return tl::unexpected(connected.error());
      }
    }
    auto response = state.exchange(request);
    if (response) return response;
    state.link.close();
    const bool was_closed = response.error() == ClientErrc::cut_short && !state.answer_begun;
    if (!(kept && may_repeat && was_closed)) return response;
  }
}

tl::expected<std::string, ClientErrc> ClientResponse::text(std::size_t limit) const {
  std::string whole;
  std::vector<std::uint8_t> chunk(65536);
  while (true) {
    const auto size = body->read(chunk);
    if (!size) return tl::unexpected(client_error(size.error()));
    if (*size == 0) return whole;
    if (*size > limit - whole.size()) return tl::unexpected(ClientErrc::malformed);
    whole += crypto::as_text(ByteView(chunk).first(*size));
  }
}

}  // namespace api
