// The texts of keys and of a node's secret: each that is taken is the only one of what it says.
#include <algorithm>

#include "crypto/id.h"
#include "crypto/keys.h"
#include "crypto/lockbox.h"
#include "fuzz/target.h"

namespace {

using fuzz::must;

bool is_text_of(const crypto::SecretBytes& secret, std::string_view text) {
  return secret.expose_text() == text;
}

// What a person's key file may have around her key changes nothing.
void must_find_the_same_key(std::string_view file) {
  const auto found = crypto::Identity::parse_file(file);
  const auto later = crypto::Identity::parse_file("# age\n\r\n\n" + std::string(file));
  must(found.has_value() == later.has_value(), "comments and blanks are passed over");
  if (!found) return;
  must(found->recipient() == later->recipient(), "and the same key is found behind them");
  must(file.find(found->text().expose_text()) != file.npos, "the key stands in the file");
  const auto before = crypto::Identity::parse_file(std::string(file) + "\n#\n");
  must(before && before->recipient() == found->recipient(), "what follows it changes nothing");
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  const std::string_view text = crypto::as_text(input);
  if (const auto secret = crypto::NodeSecret::parse(text)) {
    must(is_text_of(secret->text(), text), "a node's secret has one text");
    const auto by_file = crypto::Identity::parse_file(text);
    must(by_file && by_file->recipient() == secret->identity.recipient(),
         "stock age finds the node's key in it");
  }
  if (const auto identity = crypto::Identity::parse(text)) {
    must(is_text_of(identity->text(), text), "a private key has one text");
  }
  if (const auto recipient = crypto::Recipient::parse(text)) {
    must(recipient->text() == text, "a public key has one text");
  }
  if (const auto key = crypto::VerifyKey::parse(text)) {
    must(key->text() == text, "a verifying key has one text");
  }
  if (const auto id = crypto::Id::parse(text)) must(id->text() == text, "an id has one text");
  must_find_the_same_key(text);
}
