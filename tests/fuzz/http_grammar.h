// Requests by the table of routes, most of them nearly right: real ids, real tokens and fields that
// fit, with one piece or another changed. The same seed gives the same requests.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

// What a request can be about: ids by the name that routes give them ("case", "document", …).
struct Known {
  std::string token;
  std::multimap<std::string, std::string> ids;
};

class HttpGrammar {
 public:
  HttpGrammar(std::uint64_t seed, const Known& known) : random_(seed), known_(known) {}

  // One request or a few behind each other, whole or cut short.
  std::string bytes();

 private:
  struct Request {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
  };

  // std::mt19937_64 alone is the same everywhere; the library's distributions are not.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
  bool once_in(std::size_t times) { return below(times) == 0; }
  template <typename List>
  const auto& any_of(const List& list) {
    return list[below(std::size(list))];
  }

  Request request();
  std::string path(std::string_view pattern);
  std::string id(const std::string& name);
  std::string query();
  void add_body(Request& request, std::string_view pattern);
  std::string json(std::string_view pattern);
  std::string json_value(unsigned depth);
  void spoil_json(std::string& text);
  void add_fields(Request& request);
  std::string written(const Request& request);
  std::string chunked(std::string_view body);
  void spoil(std::string& bytes);

  std::mt19937_64 random_;
  const Known& known_;
};

}  // namespace fuzz
