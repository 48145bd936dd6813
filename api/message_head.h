// What the heads of requests and of answers have in common (RFC 9112, 2 to 6): lines, fields, and
// how long the body is. Pure: bytes in, values or a refusal out.
//
// Strict on purpose. Whatever two parsers could read in two ways is refused, since the second
// reading is how one request is smuggled inside another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "api/call.h"
#include "crypto/bytes.h"

namespace api {

// Why a head was refused.
enum class HeadErrc {
  malformed,            // not the grammar of HTTP/1.1: controls, bare LF or CR, folding, …
  bad_target,           // a target or path that could be read in two ways
  bad_host,             // Host is missing, stands twice or is no host
  bad_framing,          // no one length: Transfer-Encoding with Content-Length, two lengths, …
  unsupported_coding,   // a Transfer-Encoding other than chunked
  unsupported_method,   // CONNECT, TRACE, or longer than any method
  unsupported_expect,   // an expectation other than 100-continue
  unsupported_version,  // HTTP/2.0 and others that are not HTTP/1
  old_version,          // HTTP/1.0
  misdirected,          // an absolute target of another scheme than the connection's
  target_too_long,
  head_too_large,  // in bytes or in fields
  body_too_large,  // a length that no number here can hold
};

inline constexpr std::size_t kMaxHead = std::size_t{64} << 10;
inline constexpr std::size_t kMaxFields = 100;

// Cuts a growing run of bytes into lines that end with CRLF. Every byte is looked at once, however
// slowly they come.
class LineCutter {
 public:
  // The next line of `bytes`, without its CRLF; none when its end has not come yet. `bytes` begins
  // with the same bytes at each call. Valid as long as `bytes` are.
  // Errors: malformed (a bare CR or LF, NUL or another control).
  tl::expected<std::optional<std::string_view>, HeadErrc> next(ByteView bytes);
  // Bytes of the lines that were returned, line ends included.
  std::size_t consumed() const { return start_; }

 private:
  std::size_t start_ = 0;  // of the line being looked at
  std::size_t seen_ = 0;   // everything before was checked
};

// Name (lower case) and value (without white space around) of a field line.
// Errors: malformed (folding, white space before the colon, an empty or odd name).
tl::expected<std::pair<std::string, std::string>, HeadErrc> parse_field(std::string_view line);

bool is_token(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
// Whether a field that is a list of tokens holds `token`, in any case of letters.
bool lists_token(const Headers& headers, std::string_view name, std::string_view token);

// How the length of a body is known. Neither: no field says it.
struct Framing {
  std::optional<std::uint64_t> length;
  bool chunked = false;
};
// Errors: bad_framing, unsupported_coding, body_too_large.
tl::expected<Framing, HeadErrc> framing_of(const Headers& headers);

}  // namespace api
