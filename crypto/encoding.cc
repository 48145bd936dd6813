#include "crypto/encoding.h"

#include <sodium.h>

#include <algorithm>

namespace crypto {
namespace {

std::string to_base64(ByteView bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  text.pop_back();  // libsodium's closing NUL
  return text;
}

// libsodium 1.0.18 takes every byte above these for a slash, which gives one meaning many texts.
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// libsodium refuses spare bits, white space, and padding of the other variant.
Result<Bytes> parse_base64(std::string_view text, int variant) {
  if (!is_ascii(text)) return tl::unexpected(Errc::malformed);
  Bytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, variant) != 0) {
    return tl::unexpected(Errc::malformed);
  }
  bytes.resize(size);
  return bytes;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return tl::unexpected(Errc::malformed);
  Bytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return tl::unexpected(Errc::malformed);
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return bytes;
}

std::string base64(ByteView bytes) { return to_base64(bytes, sodium_base64_VARIANT_ORIGINAL); }

std::string base64_raw(ByteView bytes) {
  return to_base64(bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

Result<Bytes> from_base64(std::string_view text) {
  return parse_base64(text, sodium_base64_VARIANT_ORIGINAL);
}

Result<Bytes> from_base64_raw(std::string_view text) {
  return parse_base64(text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

SecretBytes base64_secret(ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  SecretBytes text(sodium_base64_encoded_len(bytes.size(), kVariant));
  sodium_bin2base64(reinterpret_cast<char*>(text.expose_mutable().data()), text.size(),
                    bytes.data(), bytes.size(), kVariant);
  text.shrink(text.size() - 1);  // libsodium's closing NUL
  return text;
}

Result<SecretBytes> secret_from_base64(std::string_view text) {
  if (!is_ascii(text)) return tl::unexpected(Errc::malformed);
  SecretBytes bytes(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(bytes.expose_mutable().data(), bytes.size(), text.data(), text.size(),
                        nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return tl::unexpected(Errc::malformed);
  }
  bytes.shrink(size);
  return bytes;
}

}  // namespace crypto
