// Targets and routes: a path has one reading, which no further decoding changes, and names at most
// one route.
#include "api/target.h"

#include <algorithm>

#include "api/router.h"
#include "crypto/encoding.h"
#include "crypto/utf8.h"
#include "fuzz/target.h"

namespace {

using namespace api;
using fuzz::must;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const std::uint8_t byte = static_cast<std::uint8_t>(c);
    out += '%' + crypto::to_hex({&byte, 1});
  }
  return out;
}

// The same target with each character of a name or value escaped.
std::string written(const Target& target) {
  std::string text;
  for (const std::string& segment : target.segments) text += '/' + escaped(segment);
  if (text.empty()) text = "/";
  char mark = '?';
  for (const auto& [name, value] : target.query) {
    text += mark + escaped(name) + '=' + escaped(value);
    mark = '&';
  }
  return text;
}

const Router& router() {
  static const Router router = [] {
    const auto& policy = vault::Policy::standard();
    Router all(policy);
    for (const auto& row : policy.routes()) all.add(row.at("method"), row.at("route"), 0, {});
    must(all.gaps().empty(), "all routes are there");
    return all;
  }();
  return router;
}

void must_name_one_route(const std::vector<std::string>& segments) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}) {
    const auto match = router().match(method, segments);
    if (match.route == nullptr) continue;
    must(match.route->method == method, "a route of this method");
    must(match.route->segments.size() == segments.size(), "of as many segments");
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const std::string& pattern = match.route->segments[i];
      const bool named = pattern.starts_with("{");
      must(named ? match.names.at(pattern.substr(1, pattern.size() - 2)) == segments[i]
                 : pattern == segments[i],
           "each is what the route has there");
    }
  }
}

void must_be_safe(const std::string& segment) {
  must(!segment.empty() && segment != "." && segment != "..", "no segment climbs");
  must(crypto::is_utf8(segment), "each is text");
  must(std::none_of(
           segment.begin(), segment.end(),
           [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '/' || c == 0x7f; }),
       "without slashes and controls");
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  const auto target = parse_target(crypto::as_text(input), "GET", "https");
  if (!target) return;
  std::for_each(target->segments.begin(), target->segments.end(), must_be_safe);
  must(target->origin.starts_with('/'), "the origin form is a path");
  must_name_one_route(target->segments);

  const auto again = parse_target(written(*target), "GET", "https");
  must(again && again->segments == target->segments && again->query == target->query,
       "written out it says the same");
  must(again->path == target->path, "and names the same path");
  const auto origin = parse_target(target->origin, "GET", "https");
  must(origin && origin->path == target->path && origin->query == target->query,
       "its origin form is the same target");
}
