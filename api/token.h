// Session tokens as they are written: `sgl_` and base64url. The service keeps their digests only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace api {

std::string token_of(crypto::ByteView bytes);
// None: not written as a token.
std::optional<crypto::Bytes> bytes_of_token(std::string_view token);
crypto::Digest hash_of_token(std::string_view token);

}  // namespace api
