// UTF-8 (RFC 3629): whether a text is that, and whether a space of any script is in it.
#pragma once

#include <string_view>

namespace crypto {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// Whether a character of Unicode's White_Space is in `text`. REQUIRES: is_utf8(text).
bool has_unicode_space(std::string_view text);

}  // namespace crypto
