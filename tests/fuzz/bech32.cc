// Bech32: a text that is taken is the only one of its bytes, and up to four wrong letters are seen.
#include <algorithm>

#include "crypto/encoding.h"
#include "fuzz/target.h"

namespace {

// BIP 173 promises that of texts of at most 90 characters.
void must_see_a_wrong_letter(std::string_view text) {
  if (text.size() > 90) return;
  for (std::size_t at = text.rfind('1') + 1; at < text.size(); ++at) {
    std::string other(text);
    const bool upper =
        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    const char letter = upper ? 'Q' : 'q', second = upper ? 'P' : 'p';
    other[at] = other[at] == letter ? second : letter;
    fuzz::must(!crypto::bech32_decode(other), "a wrong letter is seen");
  }
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  const std::string_view text = crypto::as_text(input);
  if (const auto decoded = crypto::bech32_decode(text)) {
    const auto again = crypto::bech32_encode(decoded->prefix, decoded->data.expose());
    must(again.expose_text() == text, "bytes have one text");
    must_see_a_wrong_letter(text);
  }
  for (const char* prefix : {"age", "AGE-SECRET-KEY-"}) {
    const auto encoded = crypto::bech32_encode(prefix, input);
    const auto decoded = crypto::bech32_decode(encoded.expose_text());
    must(decoded && decoded->prefix == prefix, "what was encoded is decoded");
    must(std::ranges::equal(decoded->data.expose(), input), "to the same bytes");
  }
}
