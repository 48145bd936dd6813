// The head of a request: one answer wherever its bytes are cut, nothing in it that two parsers
// could read in two ways, and a head that is written out again says the same.
#include "api/head_scanner.h"

#include <algorithm>

#include "fuzz/target.h"

namespace {

using namespace api;
using crypto::ByteView;
using fuzz::must;

struct Scanned {
  tl::expected<bool, HeadErrc> result;
  HeadScanner scanner{"https"};
};

Scanned scan_whole(ByteView bytes) {
  Scanned scanned{false};
  scanned.result = scanned.scanner.scan(bytes);
  return scanned;
}

// The same bytes, a few at a time.
Scanned scan_in_steps(ByteView bytes, std::size_t step) {
  Scanned scanned{false};
  for (std::size_t size = 0; size < bytes.size();) {
    size = std::min(size + step, bytes.size());
    scanned.result = scanned.scanner.scan(bytes.first(size));
    if (!scanned.result || *scanned.result) break;
  }
  return scanned;
}

void must_be_the_same(RequestHead& a, RequestHead& b) {
  must(a.method == b.method && a.target.origin == b.target.origin &&
           a.target.path == b.target.path && a.target.query == b.target.query &&
           a.headers.all() == b.headers.all(),
       "a head has one reading");
  must(a.framing.length == b.framing.length && a.framing.chunked == b.framing.chunked &&
           a.close == b.close && a.expects_continue == b.expects_continue,
       "and its body one length");
}

std::string written(const RequestHead& head) {
  std::string text = head.method + " " + head.target.origin + " HTTP/1.1\r\n";
  for (const auto& [name, value] : head.headers.all()) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

// What smugglers live on, looked for in the bytes themselves.
void must_be_unambiguous(std::string_view bytes, const RequestHead& head) {
  must(bytes.ends_with("\r\n\r\n"), "a head ends with an empty line");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    must(bytes[i] != '\0', "no NUL");
    if (bytes[i] == '\n') must(i > 0 && bytes[i - 1] == '\r', "no bare LF");
    if (bytes[i] == '\r') must(bytes[i + 1] == '\n', "no bare CR");
    if (i > 2 && bytes[i - 1] == '\n' && bytes.substr(i - 2, 2) == "\r\n") {
      must(bytes[i] != ' ' && bytes[i] != '\t', "no folded line");
    }
  }
  must(head.headers.count("host") == 1, "one Host");
  must(head.headers.count("content-length") + head.headers.count("transfer-encoding") <= 1,
       "one length");
}

}  // namespace

void fuzz::run(ByteView input) {
  Steering steering(input);
  const std::size_t step = 1 + steering.byte();
  const ByteView bytes = steering.rest();
  Scanned whole = scan_whole(bytes);
  Scanned stepped = scan_in_steps(bytes, step);
  must(whole.result.has_value() == stepped.result.has_value(), "cuts do not decide");
  if (!whole.result) {
    // A line that is too long is refused before its end has come, and so before what is wrong
    // there.
    must(whole.result.error() == stepped.result.error() || bytes.size() > kMaxTarget,
         "a refusal has one reason");
    must(refusal_for(whole.result.error()).status >= 400, "and an answer");
    return;
  }
  must(*whole.result == *stepped.result, "cuts do not decide when it ends");
  if (!*whole.result) return;
  must(whole.scanner.size() == stepped.scanner.size(), "nor where");
  must_be_the_same(whole.scanner.head(), stepped.scanner.head());
  must_be_unambiguous(crypto::as_text(bytes.first(whole.scanner.size())), whole.scanner.head());

  const std::string text = written(whole.scanner.head());
  Scanned again = scan_whole(crypto::as_bytes(text));
  must(again.result && *again.result && again.scanner.size() == text.size(), "it can be written");
  must_be_the_same(whole.scanner.head(), again.scanner.head());
}
