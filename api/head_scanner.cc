#include "api/head_scanner.h"

#include <algorithm>

namespace api {
namespace {

constexpr std::size_t kMaxMethod = 32;

tl::expected<void, HeadErrc> check_version(std::string_view version) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return tl::unexpected(HeadErrc::malformed);
  }
  if (version[5] != '1') return tl::unexpected(HeadErrc::unsupported_version);
  // HTTP/1.0 knows neither chunks nor kept connections nor Host: three ways to misread a body.
  if (version[7] == '0') return tl::unexpected(HeadErrc::old_version);
  return {};
}

}  // namespace

tl::expected<bool, HeadErrc> HeadScanner::scan(ByteView bytes) {
  if (!has_request_line_) look_for_method(bytes);
  while (true) {
    const auto line = lines_.next(bytes.first(std::min(bytes.size(), kMaxHead)));
    if (!line) return tl::unexpected(line.error());
    if (!*line) break;
    if (!has_request_line_) {
      // RFC 9112 2.2: one empty line before a request is passed over.
      if ((*line)->empty() && !skipped_empty_line_) {
        skipped_empty_line_ = true;
        continue;
      }
      if (const auto taken = take_request_line(**line); !taken)
        return tl::unexpected(taken.error());
      continue;
    }
    if ((*line)->empty()) return finish().map([] { return true; });
    if (const auto taken = take_field(**line); !taken) return tl::unexpected(taken.error());
  }

  constexpr std::size_t kRest = kMaxMethod + sizeof "  HTTP/1.1";
  if (!has_request_line_ && bytes.size() - lines_.consumed() > kMaxTarget + kRest) {
    return tl::unexpected(HeadErrc::target_too_long);
  }
  if (bytes.size() >= kMaxHead) return tl::unexpected(HeadErrc::head_too_large);
  return false;
}

// Before anything else of the line is judged: it may never become a line.
void HeadScanner::look_for_method(ByteView bytes) {
  std::string_view text = crypto::as_text(bytes.first(std::min(bytes.size(), kMaxMethod)));
  if (text.starts_with("\r\n")) text.remove_prefix(2);
  is_to_head_ = text.starts_with("HEAD ");
}

tl::expected<void, HeadErrc> HeadScanner::take_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  const auto method = line.substr(0, first);
  if (first == last || !is_token(method)) return tl::unexpected(HeadErrc::malformed);
  const auto target = line.substr(first + 1, last - first - 1);

  if (const auto version = check_version(line.substr(last + 1)); !version) return version;
  if (method.size() > kMaxMethod || method == "CONNECT" || method == "TRACE") {
    return tl::unexpected(HeadErrc::unsupported_method);
  }
  if (target.size() > kMaxTarget) return tl::unexpected(HeadErrc::target_too_long);
  auto parsed = parse_target(target, method, scheme_);
  if (!parsed) return tl::unexpected(parsed.error());

  head_.method = method;
  head_.target = *std::move(parsed);
  has_request_line_ = true;
  return {};
}

tl::expected<void, HeadErrc> HeadScanner::take_field(std::string_view line) {
  auto field = parse_field(line);
  if (!field) return tl::unexpected(field.error());
  if (head_.headers.all().size() == kMaxFields) return tl::unexpected(HeadErrc::head_too_large);
  head_.headers.add(std::move(field->first), std::move(field->second));
  return {};
}

tl::expected<void, HeadErrc> HeadScanner::finish() {
  const auto host = head_.headers.one("host");  // none also when it stands twice
  if (!host || !is_authority(*host)) return tl::unexpected(HeadErrc::bad_host);

  const auto framing = framing_of(head_.headers);
  if (!framing) return tl::unexpected(framing.error());
  head_.framing = *framing;

  if (head_.headers.count("expect") > 0) {
    const auto expect = head_.headers.one("expect");
    if (!expect || !equal_ignoring_case(*expect, "100-continue")) {
      return tl::unexpected(HeadErrc::unsupported_expect);
    }
    head_.expects_continue = head_.has_body();
  }
  head_.close = lists_token(head_.headers, "connection", "close");
  return {};
}

HeadRefusal refusal_for(HeadErrc error) {
  switch (error) {
    case HeadErrc::malformed:
    case HeadErrc::bad_target:
    case HeadErrc::bad_host:
    case HeadErrc::bad_framing:
      return {400, "bad-request"};
    case HeadErrc::unsupported_coding:
    case HeadErrc::unsupported_method:
      return {501, "not-implemented"};
    case HeadErrc::unsupported_expect:
      return {417, "unsupported-expectation"};
    case HeadErrc::unsupported_version:
      return {505, "http-version"};
    case HeadErrc::old_version:
      return {426, "upgrade-required"};
    case HeadErrc::misdirected:
      return {421, "misdirected"};
    case HeadErrc::target_too_long:
      return {414, "uri-too-long"};
    case HeadErrc::head_too_large:
      return {431, "head-too-large"};
    case HeadErrc::body_too_large:
      return {413, "too-large"};
  }
  return {400, "bad-request"};
}

}  // namespace api
