#include "crypto/lockbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace crypto {
namespace {

// Not a secret: made here, and for this test alone.
std::string text_of_a_node() {
  const auto secret = NodeSecret::generate(Id::make(1), NodeKind::case_file, 7);
  return std::string(secret.text().expose_text());
}

TEST(NodeSecretText, ComesBackAsItWas) {
  const std::string text = text_of_a_node();
  const auto secret = NodeSecret::parse(text);
  ASSERT_TRUE(secret);
  EXPECT_TRUE(std::ranges::equal(secret->text().expose(), as_bytes(text)));
}

TEST(NodeSecretText, IsTheOnlyOneOfItsSecret) {
  const std::string text = text_of_a_node();
  // A word more on any line, or a line more anywhere, is another text.
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] != '\n') continue;
    for (const char* more : {" ", "x", "\r", "\n", "\n#"}) {
      std::string other = text;
      EXPECT_FALSE(NodeSecret::parse(other.insert(at, more))) << at << " " << more;
    }
  }
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(NodeSecret::parse(std::string_view(text).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace crypto
