// Reads JSON strictly: every field named by the reader, of the type asked for, and none besides.
//
//   ObjectReader in(json);
//   record.node = in.id("node");
//   record.generation = in.number("generation");
//   if (!in.complete()) return malformed;
//
// A wrong or missing field gives an empty value and makes complete() false, so that a reader runs
// straight down and asks once. One thread; the JSON outlives the reader.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/error.h"
#include "crypto/id.h"
#include "crypto/keys.h"

namespace crypto {

// Parses UTF-8 JSON, which `text` is as a whole: no duplicate keys, nesting of at most `max_depth`,
// integers within 64 bits, nothing behind a NUL, no byte order mark.
// Errors: malformed.
Result<nlohmann::json> parse_json(std::string_view text, unsigned max_depth = 16);

class ObjectReader {
 public:
  explicit ObjectReader(const nlohmann::json& object);

  bool has(std::string_view name) const;
  std::string text(std::string_view name);   // not empty, no control characters, valid UTF-8
  std::string lines(std::string_view name);  // the same, newlines allowed: a signed note
  std::uint64_t number(std::string_view name);
  bool flag(std::string_view name);
  Id id(std::string_view name);
  Bytes base64(std::string_view name);
  template <std::size_t N>
  Block<N> block(std::string_view name) {
    const Bytes bytes = base64(name);
    Block<N> out{};
    if (bytes.size() == N) std::copy(bytes.begin(), bytes.end(), out.begin());
    ok_ = ok_ && bytes.size() == N;
    return out;
  }
  Recipient recipient(std::string_view name);
  VerifyKey verify_key(std::string_view name);
  const nlohmann::json& object(std::string_view name);  // an empty object when it is none
  const nlohmann::json& array(std::string_view name);   // an empty array when it is none

  // Whether all that was asked for was there, well-formed, and nothing else stands in the object.
  bool complete() const;
  void refuse() { ok_ = false; }

 private:
  const nlohmann::json* find(std::string_view name);
  std::string read_text(std::string_view name, bool newlines);
  const nlohmann::json& object_;
  std::set<std::string, std::less<>> read_;
  bool ok_ = true;
};

}  // namespace crypto
