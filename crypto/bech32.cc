// Bech32 (BIP 173) without its length limit, as age uses it. The data may be a private key, so it
// is never outside a SecretBytes.
#include <algorithm>

#include "crypto/encoding.h"

namespace crypto {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 6;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// The running checksum over groups of 5 bits.
class Checksum {
 public:
  explicit Checksum(std::string_view prefix) {
    for (const char c : prefix) add(static_cast<std::uint8_t>(to_lower(c) >> 5));
    add(0);
    for (const char c : prefix) add(static_cast<std::uint8_t>(to_lower(c) & 31));
  }

  void add(std::uint8_t group) {
    constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                            0x2a1462b3};
    const std::uint32_t top = value_ >> 25;
    value_ = (value_ & 0x1ffffff) << 5 ^ group;
    for (unsigned i = 0; i < 5; ++i) {
      if ((top >> i & 1) != 0) value_ ^= kGenerator[i];
    }
  }

  std::uint32_t value() const { return value_; }

 private:
  std::uint32_t value_ = 1;
};

struct Writer {
  std::span<std::uint8_t> out;
  Checksum checksum;
  bool upper;
  std::size_t at = 0;

  void put(char c) { out[at++] = static_cast<std::uint8_t>(upper ? to_upper(c) : c); }
  void group(std::uint32_t value) {
    const auto bits = static_cast<std::uint8_t>(value & 31);
    checksum.add(bits);
    put(kAlphabet[bits]);
  }
};

}  // namespace

SecretBytes bech32_encode(std::string_view prefix, ByteView data) {
  SecretBytes text(prefix.size() + 1 + (data.size() * 8 + 4) / 5 + kChecksumSize);
  Writer writer{text.expose_mutable(), Checksum(prefix),
                std::any_of(prefix.begin(), prefix.end(), is_upper)};
  for (const char c : prefix) writer.put(c);
  writer.put('1');
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : data) {
    held = (held << 8 | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) writer.group(held >> (bits - 5));
  }
  if (bits > 0) writer.group(held << (5 - bits));

  Checksum checksum = writer.checksum;
  for (std::size_t i = 0; i < kChecksumSize; ++i) checksum.add(0);
  const std::uint32_t final_value = checksum.value() ^ 1;
  for (std::size_t i = 0; i < kChecksumSize; ++i) {
    writer.put(kAlphabet[final_value >> 5 * (kChecksumSize - 1 - i) & 31]);
  }
  return text;
}

Result<Bech32> bech32_decode(std::string_view text) {
  const bool upper = std::any_of(text.begin(), text.end(), is_upper);
  if (upper && std::any_of(text.begin(), text.end(), is_lower)) {
    return tl::unexpected(Errc::malformed);
  }
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0 ||
      text.size() - separator - 1 < kChecksumSize) {
    return tl::unexpected(Errc::malformed);
  }
  const std::string_view prefix = text.substr(0, separator);
  if (!std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= 33 && c <= 126; })) {
    return tl::unexpected(Errc::malformed);
  }
  // BIP 173 lets the case of a prefix without letters be either; a text would then have a second.
  if (upper && !std::any_of(prefix.begin(), prefix.end(), is_upper)) {
    return tl::unexpected(Errc::malformed);
  }

  const std::string_view groups = text.substr(separator + 1);
  const std::size_t data_groups = groups.size() - kChecksumSize;
  SecretBytes data(data_groups * 5 / 8);
  const std::span<std::uint8_t> out = data.expose_mutable();
  Checksum checksum(prefix);
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t value = kAlphabet.find(to_lower(groups[i]));
    if (value == std::string_view::npos) return tl::unexpected(Errc::malformed);
    checksum.add(static_cast<std::uint8_t>(value));
    if (i >= data_groups) continue;
    held = (held << 5 | static_cast<std::uint32_t>(value)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = static_cast<std::uint8_t>(held >> bits);
    }
  }
  const bool spare_bits = bits >= 5 || (held & ((1U << bits) - 1)) != 0;
  if (checksum.value() != 1 || spare_bits) return tl::unexpected(Errc::malformed);
  return Bech32{std::string(prefix), std::move(data)};
}

}  // namespace crypto
