#include "vault/case_code.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "crypto/secret.h"

namespace vault {
namespace {

// Crockford's base 32. The check is a sum modulo 37, a prime above the alphabet, with a weight for
// each place; a code whose check would need one of the five values without a character is drawn
// again.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kRandom = 7;
constexpr unsigned kModulus = 37;

unsigned check_value(std::string_view random) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < random.size(); ++i) {
    sum += static_cast<unsigned>(i + 2) * static_cast<unsigned>(kAlphabet.find(random[i]));
  }
  return sum % kModulus;
}

char canonical(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

bool is_case_prefix(std::string_view prefix) {
  return prefix.size() >= 2 && prefix.size() <= 5 &&
         std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string make_case_code(std::string_view prefix) {
  std::string random(kRandom, '0');
  unsigned check = 0;
  do {
    std::array<std::uint8_t, kRandom> bytes{};
    crypto::random_bytes(bytes);
    for (std::size_t i = 0; i < kRandom; ++i) random[i] = kAlphabet[bytes[i] % kAlphabet.size()];
    check = check_value(random);
  } while (check >= kAlphabet.size());
  random += kAlphabet[check];
  return std::string(prefix) + '-' + random.substr(0, 4) + '-' + random.substr(4);
}

Result<std::string> parse_case_code(std::string_view typed) {
  const auto dash = typed.find('-');
  if (dash == std::string_view::npos) return tl::unexpected(Errc::invalid);
  std::string prefix(typed.substr(0, dash));
  std::transform(prefix.begin(), prefix.end(), prefix.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  std::string code;
  for (const char c : typed.substr(dash + 1)) {
    if (c == '-') continue;
    code += canonical(c);
    if (kAlphabet.find(code.back()) == std::string_view::npos) return tl::unexpected(Errc::invalid);
  }
  if (!is_case_prefix(prefix) || code.size() != kRandom + 1) return tl::unexpected(Errc::invalid);
  if (check_value(std::string_view(code).substr(0, kRandom)) != kAlphabet.find(code.back())) {
    return tl::unexpected(Errc::invalid);
  }
  return prefix + '-' + code.substr(0, 4) + '-' + code.substr(4);
}

}  // namespace vault
