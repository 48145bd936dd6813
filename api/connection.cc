#include "api/connection.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "api/reply_head.h"
#include "crypto/id.h"
#include "crypto/secret.h"
#include "crypto/traces.h"

namespace api {
namespace {

using std::chrono::system_clock;

constexpr std::size_t kSendChunk = std::size_t{64} << 10;

std::string new_request_id() {
  const auto now = system_clock::now().time_since_epoch();
  return crypto::Id::make(std::chrono::duration_cast<std::chrono::milliseconds>(now).count())
      .text();
}

// Plaintext passes through it on its way out, hence wiped.
class SendBuffer {
 public:
  explicit SendBuffer(std::string_view head) : bytes_(head.size() + kSendChunk) {
    std::memcpy(bytes_.data(), head.data(), head.size());
    filled_ = head.size();
  }
  ~SendBuffer() { crypto::wipe(bytes_); }
  SendBuffer(const SendBuffer&) = delete;
  SendBuffer& operator=(const SendBuffer&) = delete;

  MutableBytes room() { return MutableBytes(bytes_).subspan(filled_); }
  void add(std::size_t size) { filled_ += size; }
  bool is_worth_sending() const { return filled_ >= kSendChunk / 2; }
  ByteView take() { return ByteView(bytes_).first(std::exchange(filled_, 0)); }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t filled_ = 0;
};

}  // namespace

// Tells a source how it ended, whichever way that was.
struct Connection::Telling {
  explicit Telling(BodySource& told) : source(told) {}
  ~Telling() { source.finished(handed, complete); }
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;

  BodySource& source;
  std::uint64_t handed = 0;  // to the socket; whether they arrived nobody here knows
  bool complete = false;
};

namespace {

std::string origin_of(Poco::Net::StreamSocket& socket) try {
  return socket.peerAddress().host().toString();
} catch (const std::exception&) {
  return {};  // gone before it was served
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& accepted, Site& site, Mode mode)
    : TCPServerConnection(accepted),
      site_(site),
      place_(site),
      mode_(mode),
      origin_(origin_of(socket())),
      channel_(accepted, site.context, site.watchdog) {}

void Connection::run() {
  try {
    if (!channel_.handshake()) return channel_.abort();
    serve();
    channel_.finish();
  } catch (...) {
    // Out of memory, or a bug: this client loses its connection, the others nothing.
    channel_.abort();
  }
}

void Connection::serve() {
  if (mode_ != Mode::serve) {
    const auto* type = mode_ == Mode::refuse_busy ? "busy" : "too-many-connections";
    send(site_.handler.problem(503, type, ""), {.close = true, .request_id = new_request_id()});
    return;
  }
  for (bool goes_on = true; goes_on && !site_.stopping;) {
    goes_on = serve_one();
    crypto::clear_stack_below();
  }
}

Connection::Head Connection::read_head(HeadScanner& scanner, HeadErrc& error) {
  bool begun = !input_.unread().empty();  // a pipelined request
  if (begun) channel_.message_begins();
  while (true) {
    const auto complete = scanner.scan(input_.unread());
    if (!complete) {
      error = complete.error();
      return Head::refused;
    }
    if (*complete) return Head::complete;
    if (input_.fill(channel_, begun ? Phase::head : Phase::idle) == 0) return Head::ended;
    if (!begun) channel_.message_begins();
    begun = true;
  }
}

bool Connection::serve_one() {
  HeadScanner scanner(site_.context.isNull() ? "http" : "https");
  HeadErrc error{};
  switch (read_head(scanner, error)) {
    case Head::ended:
      return false;
    case Head::refused:
      return refuse(error, scanner.is_to_head());
    case Head::complete:
      break;
  }
  input_.consume(scanner.size());
  RequestHead& head = scanner.head();
  RequestBody body(channel_, input_, head);

  Call call;
  call.method = std::move(head.method);
  call.target = std::move(head.target.origin);
  call.path = std::move(head.target.path);
  call.segments = std::move(head.target.segments);
  call.query = std::move(head.target.query);
  call.headers = std::move(head.headers);
  call.body = &body;
  call.request_id = new_request_id();
  call.origin = origin_;
  return answer(call, head, body);
}

bool Connection::answer(Call& call, const RequestHead& head, RequestBody& body) {
  auto admission = site_.handler.admit(call);
  Reply reply;
  if (admission.refusal) {
    reply = *std::move(admission.refusal);
  } else if (head.framing.length.value_or(0) > admission.max_body) {
    const auto language = call.headers.one("accept-language").value_or("");
    reply = site_.handler.problem(413, "too-large", language);
  } else {
    body.allow(admission.max_body);
    reply = site_.handler.handle(call);
  }

  // Decided before the answer goes out, so that it can say so.
  const bool serves_on = !head.close && !site_.stopping && body.can_drain();
  const Sending how{call.method == "HEAD", !serves_on, call.request_id};
  return send(std::move(reply), how) && serves_on && body.drain();
}

bool Connection::refuse(HeadErrc error, bool to_head) {
  const HeadRefusal refusal = refusal_for(error);
  // Where this request ends is not known, so nothing behind it can be read.
  Reply reply = site_.handler.problem(refusal.status, refusal.type, "");
  if (error == HeadErrc::old_version) reply.headers.set("upgrade", "HTTP/1.1");
  send(std::move(reply), {.to_head = to_head, .close = true, .request_id = new_request_id()});
  return false;
}

bool Connection::send(Reply reply, const Sending& how) {
  if (!is_sendable(reply.headers)) {
    if (reply.source) reply.source->finished(0, false);
    reply = site_.handler.problem(500, "internal", "");
  }
  if (reply.headers.count("request-id") == 0) {
    reply.headers.add("request-id", std::string(how.request_id));
  }
  ReplyFraming framing{how.to_head, how.close,
                       reply.source ? reply.source->length() : reply.body.size()};
  std::string head = reply_head(reply, framing, system_clock::now());

  if (how.to_head || !may_have_body(reply.status)) {
    const bool sent = channel_.write(crypto::as_bytes(head));
    if (reply.source) reply.source->finished(0, sent);
    return sent;
  }
  if (reply.source) return send_source(head, *reply.source, how);
  if (reply.body.size() > kSendChunk) {
    return channel_.write(crypto::as_bytes(head)) && channel_.write(crypto::as_bytes(reply.body));
  }
  head += reply.body;  // one write, one record, one packet
  return channel_.write(crypto::as_bytes(head));
}

bool Connection::send_source(const std::string& head, BodySource& source, const Sending& how) {
  Telling told(source);
  SendBuffer buffer(head);
  const std::uint64_t length = source.length();
  for (std::uint64_t made = 0; !told.complete;) {
    while (made < length && !buffer.is_worth_sending()) {
      const auto room = buffer.room();
      const auto want =
          static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), length - made));
      const auto size = source.read(room.first(want));
      if (!size || *size == 0 || *size > want) return break_off(told, how);
      buffer.add(*size);
      made += *size;
    }
    told.handed = made;
    if (!channel_.write(buffer.take())) return false;
    told.complete = made == length;
  }
  return true;
}

bool Connection::break_off(const Telling& told, const Sending& how) {
  if (told.handed == 0) return send(site_.handler.problem(500, "internal", ""), how);
  // The head has promised more: only a connection that breaks says that it is not coming.
  channel_.abort();
  return false;
}

}  // namespace api
