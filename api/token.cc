#include "api/token.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace api {
namespace {

constexpr std::string_view kPrefix = "sgl_";

}  // namespace

std::string token_of(crypto::ByteView bytes) {
  std::string text = crypto::base64_raw(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return std::string(kPrefix) + text;
}

std::optional<crypto::Bytes> bytes_of_token(std::string_view token) {
  if (!token.starts_with(kPrefix)) return std::nullopt;
  std::string text(token.substr(kPrefix.size()));
  if (text.find_first_of("+/") != std::string::npos) return std::nullopt;
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  auto bytes = crypto::from_base64_raw(text);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

crypto::Digest hash_of_token(std::string_view token) {
  return crypto::sha256(crypto::as_bytes(token));
}

}  // namespace api
