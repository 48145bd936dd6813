#include "fuzz/http_grammar.h"

#include <algorithm>

#include "crypto/bytes.h"
#include "crypto/encoding.h"
#include "vault/policy.h"

namespace fuzz {
namespace {

constexpr std::string_view kOddSegments[] = {
    "..",        ".",
    "%2e%2e",    "%2f",
    "a%2fb",     "%00",
    "%",         "0197",
    "{case}",    "%c0%af",
    "null",      "-1",
    "%ed%a0%80", "00000000-0000-0000-0000-000000000000",
    "a;b=c",     "%252e",
    "*",         "%e2%80%94",
    "",
};
constexpr std::string_view kOddValues[] = {
    "",
    "0",
    "-1",
    "18446744073709551615",
    "18446744073709551616",
    "1e3",
    "%00",
    "a+b",
    "%ff",
    "0x1",
    " 1",
    "true",
    "\"",
    "%22",
    "200",
    "201",
};
// Where a route takes JSON, one that it would take, or nearly.
struct Template {
  std::string_view pattern, body;
};
constexpr Template kTemplates[] = {
    {"/v1/cases", R"({"category":"KTP-FIS","flags":[],"minor":false})"},
    {"/v1/sessions", R"({"recipient":"age1qqqq"})"},
    {"/v1/sessions", R"({"identity":"AGE-SECRET-KEY-1QQQQ"})"},
    {"/v1/agencies", R"({"code":"UPTDPPA","name":"Kantor","enrolment":"x"})"},
    {"/v1/agencies/{agency}/access-keys", R"({"enrolment":"x","role":"PENDAMPING"})"},
    {"/v1/cases/{case}/team", R"({"key":"ID","role":"PENDAMPING","note":"x"})"},
    {"/v1/cases/{case}/shares", R"({"agency":"ID","note":"x"})"},
    {"/v1/nodes/{node}/generations",
     R"({"record":"x","lockboxes":[{"holder":"ID","sealed":"AA=="}]})"},
    {"/v1/nodes/{node}/lockboxes", R"({"generation":1,"sealed":"AA=="})"},
    {"/v1/nodes/{node}/rotations", R"({"record":"x","lockboxes":[],"order":"ID"})"},
    {"/v1/documents/{document}/manifest",
     R"({"version":1,"case":"ID","generation":1,"label":{"type":"LAP-ADU","class":"K2","minor":false},)"
     R"("manifest":"AA==","manifest_digest":"AA==","content":"AA==","headers":[]})"},
};
constexpr std::string_view kFieldNames[] = {
    "category", "flags", "minor",  "recipient", "identity", "node",  "generation", "key",  "note",
    "role",     "code",  "record", "lockboxes", "order",    "label", "manifest",   "case", "x",
};
constexpr std::pair<std::string_view, std::string_view> kFields[] = {
    {"Accept-Language", "en;q=0.9, id"},
    {"Accept", "application/vnd.age"},
    {"Range", "bytes=0-9"},
    {"Range", "bytes=5-"},
    {"Range", "bytes=-18446744073709551615"},
    {"If-None-Match", "*"},
    {"If-None-Match", "\"x\""},
    {"If-Match", "*"},
    {"If-Match", "W/\"x\""},
    {"If-Range", "\"x\""},
    {"Repr-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"},
    {"Segel-Document", "0197e000-0000-7000-8000-000000000000"},
    {"Expect", "100-continue"},
    {"Connection", "close"},
    {"Upgrade", "h2c"},
    {"Content-Encoding", "gzip"},
    {"X-Forwarded-For", "192.0.2.1"},
    {"Authorization", "Basic YTpi"},
    {"Host", "localhost"},
    {"Content-Length", "0"},
    {"Transfer-Encoding", "identity"},
    {"Upload-Metadata", "title AA=="},
    {"A", "b\r\n c"},
};

std::string metadata_of(std::string_view type, std::string_view title) {
  const auto value = [](std::string_view text) { return crypto::base64(crypto::as_bytes(text)); };
  return "type " + value(type) + ",title " + value(title) + ",filename " + value("a.pdf");
}

}  // namespace

std::string HttpGrammar::bytes() {
  std::string bytes = written(request());
  while (once_in(8)) bytes += written(request());
  if (once_in(6)) spoil(bytes);
  if (once_in(12)) bytes.resize(below(bytes.size() + 1));
  return bytes;
}

HttpGrammar::Request HttpGrammar::request() {
  static const auto& routes = vault::Policy::standard().routes();
  const auto& route = any_of(routes);
  std::string method = route.at("method");
  std::string pattern = route.at("route");
  if (once_in(6)) {  // what the service is for, more often than its turn
    method = once_in(2) ? "POST" : "GET";
    pattern = "/v1/cases/{case}/documents";
  }
  Request request{method, path(pattern) + query(), {}, {}};
  if (once_in(20))
    request.method = any_of(std::vector<std::string>{"PATCH", "OPTIONS", "get", "TRACE", "M"});
  if (!once_in(40)) request.fields.emplace_back("Host", "localhost");
  if (!once_in(10)) request.fields.emplace_back("Authorization", "Bearer " + known_.token);
  if (method == "POST" || method == "PUT" || once_in(20)) add_body(request, pattern);
  add_fields(request);
  return request;
}

std::string HttpGrammar::path(std::string_view pattern) {
  std::string path;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(segment.size());
    path += '/';
    if (once_in(60)) {
      path += any_of(kOddSegments);
    } else if (segment.starts_with('{')) {
      path += id(std::string(segment.substr(1, segment.size() - 2)));
    } else {
      path += segment;
    }
  }
  return path;
}

std::string HttpGrammar::id(const std::string& name) {
  if (once_in(12)) return std::string(any_of(kOddSegments));
  auto [first, last] = known_.ids.equal_range(name);
  if (once_in(8) || first == last) {
    first = known_.ids.begin();
    last = known_.ids.end();
  }
  const auto count = static_cast<std::size_t>(std::distance(first, last));
  return std::next(first, static_cast<std::ptrdiff_t>(below(count)))->second;
}

std::string HttpGrammar::query() {
  if (!once_in(4)) return {};
  std::string query = "?";
  do {
    if (query.size() > 1) query += '&';
    query += any_of(std::vector<std::string>{"limit", "after", "version", "type", "class", "from",
                                             "to", "size", "x"});
    query += once_in(2) ? "=1" : '=' + std::string(any_of(kOddValues));
  } while (once_in(3));
  return query;
}

void HttpGrammar::add_body(Request& request, std::string_view pattern) {
  const bool content = pattern.ends_with("/documents") || pattern.ends_with("/content");
  if (content) {
    request.body =
        std::string(once_in(20) ? below(200'000) : below(3000), static_cast<char>('a' + below(26)));
    request.fields.emplace_back("Content-Type",
                                once_in(10) ? "application/vnd.age" : "application/pdf");
    if (!once_in(10)) {
      request.fields.emplace_back("Upload-Metadata", metadata_of(once_in(10) ? "VER" : "LAP-ADU",
                                                                 std::to_string(below(1000))));
    }
    return;
  }
  request.body = json(pattern);
  request.fields.emplace_back("Content-Type", once_in(15) ? "text/plain" : "application/json");
}

std::string HttpGrammar::json(std::string_view pattern) {
  std::vector<std::string_view> fitting;
  for (const Template& row : kTemplates) {
    if (row.pattern == pattern) fitting.push_back(row.body);
  }
  std::string text = fitting.empty() || once_in(10) ? json_value(0) : std::string(any_of(fitting));
  for (std::size_t at; (at = text.find("\"ID\"")) != std::string::npos;) {
    text.replace(at + 1, 2, id("case"));
  }
  if (once_in(3)) spoil_json(text);
  return text;
}

std::string HttpGrammar::json_value(unsigned depth) {
  if (depth == 0 || (depth < 4 && once_in(4))) {
    std::string text = "{";
    for (std::size_t i = below(4); i > 0; --i) {
      text += (text.size() > 1 ? ",\"" : "\"") + std::string(any_of(kFieldNames)) +
              "\":" + json_value(depth + 1);
    }
    return text + '}';
  }
  const std::string some_id = '"' + id("case") + '"';
  const std::string values[] = {
      "0",
      "1",
      "-1",
      "18446744073709551616",
      "1.5",
      "true",
      "null",
      "\"\"",
      "\"x\"",
      some_id,
      "[]",
      "[" + some_id + "]",
      "\"AA==\"",
      "\"\\u0000\"",
      "\"\\ud800\"",
      std::string(40, '['),
      '"' + std::string(below(5000), 'x') + '"',
  };
  return any_of(values);
}

// Replaces, leaves out or doubles what stands between two commas, or puts something anywhere.
void HttpGrammar::spoil_json(std::string& text) {
  const auto colon = text.find(':', below(text.size() + 1));
  if (colon != std::string::npos && !once_in(3)) {
    const auto end = std::min(text.find_first_of(",}", colon), text.size());
    switch (below(3)) {
      case 0:
        text.replace(colon + 1, end - colon - 1, json_value(1));
        return;
      case 1:
        text.erase(colon, end - colon);
        return;
      default:
        text.insert(end, text.substr(1, end - 1).insert(0, ","));
        return;
    }
  }
  const std::string_view odd[] = {
      std::string_view("\0", 1), "\xff", "}", "{", ",", "//", "\xef\xbb\xbf", "\"", "\\"};
  text.insert(below(text.size() + 1), any_of(odd));
}

void HttpGrammar::add_fields(Request& request) {
  while (once_in(4)) {
    const auto& [name, value] = any_of(kFields);
    const auto at = static_cast<std::ptrdiff_t>(below(request.fields.size() + 1));
    request.fields.emplace(request.fields.begin() + at, name, value);
  }
}

std::string HttpGrammar::written(const Request& request) {
  std::string text =
      request.method + ' ' + request.target + (once_in(60) ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const auto& [name, value] : request.fields) text += name + ": " + value + "\r\n";
  if (request.body.empty() && !once_in(20)) return text + "\r\n";
  if (once_in(3)) return text + "Transfer-Encoding: chunked\r\n\r\n" + chunked(request.body);
  const std::size_t size = once_in(25) ? below(2 * request.body.size() + 2) : request.body.size();
  return text + "Content-Length: " + std::to_string(size) + "\r\n\r\n" + request.body;
}

std::string HttpGrammar::chunked(std::string_view body) {
  constexpr std::string_view kOdd[] = {"zz\r\n", "-1\r\n", "ffffffffffffffff\r\n",
                                       "1\r\n",  "\r\n",   "0;a=b\r\nGET /"};
  std::string text;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, 1 + below(2 * body.size()));
    constexpr char kDigits[] = "0123456789abcdef";
    std::string size;
    for (std::size_t rest = chunk.size(); rest > 0; rest /= 16)
      size.insert(0, 1, kDigits[rest % 16]);
    text += size + (once_in(10) ? ";a=b\r\n" : "\r\n") + std::string(chunk) + "\r\n";
    body.remove_prefix(chunk.size());
    if (once_in(30)) text += any_of(kOdd);
  }
  return text + (once_in(20) ? "0\r\nA: b\r\n\r\n" : "0\r\n\r\n");
}

// Changes single bytes, mostly of the head.
void HttpGrammar::spoil(std::string& bytes) {
  const std::size_t head = std::min<std::size_t>(bytes.size(), 300);
  for (std::size_t i = 1 + below(3); i > 0; --i) {
    const std::size_t at = below(once_in(4) ? bytes.size() : head);
    constexpr std::string_view kOdd{"\0\r\n \t:;,/%?#\"\x80\xff{}", 18};
    switch (below(3)) {
      case 0:
        bytes[at] = any_of(kOdd);
        break;
      case 1:
        bytes.insert(at, 1, any_of(kOdd));
        break;
      default:
        bytes.erase(at, 1);
    }
    if (bytes.empty()) return;
  }
}

}  // namespace fuzz
