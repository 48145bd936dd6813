#include "api/router.h"

#include <algorithm>

#include "api/parse.h"
#include "api/problem.h"

namespace api {
namespace {

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> segments;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    segments.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return segments;
}

bool is_name(std::string_view segment) { return segment.starts_with("{"); }

bool fits(const Route& route, const std::vector<std::string>& segments) {
  return std::equal(route.segments.begin(), route.segments.end(), segments.begin(), segments.end(),
                    [](const std::string& pattern, const std::string& segment) {
                      return is_name(pattern) || pattern == segment;
                    });
}

}  // namespace

Outcome<crypto::Id> Incoming::id(std::string_view name) const {
  const auto found = names.find(name);
  if (found == names.end()) return refuse("internal");
  return parse::id(found->second);
}

void Router::add(std::string method, std::string pattern, std::uint64_t max_body, Handler handler) {
  Route route{std::move(method), std::move(pattern), {}, max_body, std::move(handler), {}};
  if (const auto* right = policy_.right_of(route.method, route.pattern)) route.right = *right;
  route.segments = segments_of(route.pattern);
  routes_.push_back(std::move(route));
}

std::vector<std::string> Router::gaps() const {
  std::vector<std::string> gaps;
  for (const Route& route : routes_) {
    if (route.right.empty())
      gaps.push_back("not in the table: " + route.method + " " + route.pattern);
    const auto same = [&](const Route& other) {
      return other.method == route.method && other.pattern == route.pattern;
    };
    if (std::count_if(routes_.begin(), routes_.end(), same) > 1) {
      gaps.push_back("twice: " + route.method + " " + route.pattern);
    }
  }
  for (const auto& row : policy_.routes()) {
    const std::string &method = row.at("method"), &pattern = row.at("route");
    const bool handled = std::any_of(routes_.begin(), routes_.end(), [&](const Route& route) {
      return route.method == method && route.pattern == pattern;
    });
    if (handled) continue;
    gaps.push_back("without a handler: " + method);
    gaps.back() += " " + pattern;
  }
  return gaps;
}

Router::Match Router::match(const std::string& method,
                            const std::vector<std::string>& segments) const {
  Match match;
  for (const Route& route : routes_) {
    if (!fits(route, segments)) continue;
    if (route.method != method) {
      match.allow += (match.allow.empty() ? "" : ", ") + route.method;
      continue;
    }
    match.route = &route;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const std::string& pattern = route.segments[i];
      if (is_name(pattern)) match.names.emplace(pattern.substr(1, pattern.size() - 2), segments[i]);
    }
    return match;
  }
  return match;
}

}  // namespace api
