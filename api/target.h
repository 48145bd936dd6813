// The target of a request (RFC 9112, 3.2): path and query, decoded exactly once. Pure.
//
// What is decoded here is never decoded again, so that no second reading of the same bytes can name
// another resource than the one that was judged.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "api/message_head.h"

namespace api {

struct Target {
  std::string origin;                 // as sent, without scheme and authority
  std::string path;                   // decoded; "*" for OPTIONS of the whole server
  std::vector<std::string> segments;  // of the path; none for "/"
  std::map<std::string, std::string> query;
};

// Accepts the origin form; the absolute form when its scheme is `scheme`, the connection's (RFC
// 9112 3.2.2 requires it; its authority is checked like Host and else ignored, for there is one
// site); and `*` with OPTIONS. In a query `+` is a space. Errors: bad_target (a character that must
// be encoded, a bad escape, %2F, an encoded control, UTF-8 that is not, ".", ".." or an empty
// segment, a name twice in the query), misdirected.
tl::expected<Target, HeadErrc> parse_target(std::string_view text, std::string_view method,
                                            std::string_view scheme);

// host or [address], then perhaps a port.
bool is_authority(std::string_view text);

}  // namespace api
