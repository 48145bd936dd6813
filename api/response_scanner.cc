#include "api/response_scanner.h"

#include <algorithm>

namespace api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// HTTP/1.1 200 OK; a later minor version is read as 1.1, and the reason may be missing.
int parse_status(std::string_view line) {
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || !is_digit(line[7]) || line[7] == '0' ||
      line[8] != ' ' || (line.size() > 12 && line[12] != ' ')) {
    return 0;
  }
  const auto digits = line.substr(9, 3);
  if (!std::all_of(digits.begin(), digits.end(), is_digit) || digits[0] == '0') return 0;
  return (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
}

}  // namespace

tl::expected<bool, HeadErrc> ResponseScanner::scan(ByteView bytes) {
  while (true) {
    const auto line = lines_.next(bytes.first(std::min(bytes.size(), kMaxHead)));
    if (!line) return tl::unexpected(line.error());
    if (!*line) break;
    if (head_.status == 0) {
      head_.status = parse_status(**line);
      if (head_.status == 0) return tl::unexpected(HeadErrc::malformed);
      continue;
    }
    if ((*line)->empty()) {
      const auto framing = framing_of(head_.headers);
      if (!framing) return tl::unexpected(framing.error());
      head_.framing = *framing;
      head_.close = lists_token(head_.headers, "connection", "close");
      return true;
    }
    auto field = parse_field(**line);
    if (!field) return tl::unexpected(field.error());
    if (head_.headers.all().size() == kMaxFields) return tl::unexpected(HeadErrc::head_too_large);
    head_.headers.add(std::move(field->first), std::move(field->second));
  }
  if (bytes.size() >= kMaxHead) return tl::unexpected(HeadErrc::head_too_large);
  return false;
}

}  // namespace api
