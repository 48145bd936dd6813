#include "fuzz/http_exchange.h"

#include <array>

#include "api/body_decoder.h"
#include "api/head_scanner.h"
#include "api/response_scanner.h"

namespace fuzz {
namespace {

using crypto::as_bytes;

// Takes a body off the front of `bytes`. False: malformed; `whole`: its end has come.
bool take_body(api::BodyDecoder& decoder, std::string_view& bytes, bool& whole, std::string* body) {
  std::array<std::uint8_t, 16384> out;
  for (;;) {
    const auto step = decoder.step(as_bytes(bytes), out);
    if (!step) return false;
    if (body != nullptr) body->append(crypto::as_text({out.data(), step->produced}));
    bytes.remove_prefix(step->consumed);
    if (step->consumed == 0) break;
  }
  whole = decoder.complete();
  return true;
}

bool has_no_body(const std::string& method, int status) {
  return method == "HEAD" || status == 204 || status == 304 || status < 200;
}

}  // namespace

Meaning meaning_of(std::string_view bytes) {
  Meaning meaning;
  while (!bytes.empty()) {
    api::HeadScanner scanner("https");
    const auto scanned = scanner.scan(as_bytes(bytes));
    meaning.refused = !scanned;
    meaning.cut = scanned && !*scanned;
    if (meaning.refused || meaning.cut) break;
    bytes.remove_prefix(scanner.size());
    const api::RequestHead& head = scanner.head();
    auto decoder = api::BodyDecoder::of(head.framing);
    bool whole = false;
    const bool well_formed = take_body(decoder, bytes, whole, nullptr);
    meaning.cut = well_formed && !whole;
    if (meaning.cut) break;
    meaning.requests.push_back({head.method, head.target.segments});
    if (!well_formed || head.close) break;
  }
  return meaning;
}

Exchange HttpExchanger::exchange(std::string_view bytes) {
  Exchange exchange{meaning_of(bytes), {}};
  if (!connection_) connection_ = std::make_unique<support::RawTls>(port_);
  // It may be refused, and the connection closed, before all of it was sent: no error.
  connection_->send(bytes);
  read_replies(exchange);
  const bool goes_on = !exchange.ended && !exchange.silent && !exchange.unreadable &&
                       !exchange.meaning.refused && !exchange.meaning.cut;
  if (!goes_on) connection_.reset();
  return exchange;
}

void HttpExchanger::read_replies(Exchange& exchange) {
  std::string came;
  const std::size_t wanted = exchange.meaning.requests.size() + (exchange.meaning.refused ? 1 : 0);
  while (exchange.replies.size() < wanted && !exchange.unreadable) {
    if (read_reply(exchange, came)) continue;
    if (exchange.unreadable) return;
    const std::string more = connection_->read_more();
    exchange.ended = more.empty() && connection_->ended();
    exchange.silent = more.empty() && !exchange.ended;
    if (more.empty()) return;
    came += more;
  }
}

// The next answer, off the front of what came; false: its end has not come yet.
bool HttpExchanger::read_reply(Exchange& exchange, std::string& came) {
  api::ResponseScanner scanner;
  const auto scanned = scanner.scan(as_bytes(came));
  exchange.unreadable = !scanned;
  if (!scanned || !*scanned) return false;
  const api::ResponseHead& head = scanner.head();
  std::string_view rest = std::string_view(came).substr(scanner.size());
  const std::size_t place = exchange.replies.size();
  const auto& requests = exchange.meaning.requests;
  Reply reply{head.status, head.headers, {}};
  if (!has_no_body(place < requests.size() ? requests[place].method : "", head.status)) {
    auto decoder = api::BodyDecoder::of(head.framing);
    bool whole = false;
    exchange.unreadable = !take_body(decoder, rest, whole, &reply.body);
    if (!whole) return false;
  }
  came = std::string(rest);
  if (head.status < 200) return true;  // 100 Continue: the answer follows
  exchange.replies.push_back(std::move(reply));
  if (head.close) {
    exchange.ended = true;
    exchange.meaning.requests.resize(std::min(requests.size(), exchange.replies.size()));
    exchange.meaning.refused =
        exchange.meaning.refused && exchange.replies.size() > requests.size();
  }
  return true;
}

}  // namespace fuzz
