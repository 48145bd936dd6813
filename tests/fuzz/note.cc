// Signed notes, statements and the keys they name: what parses encodes to the same bytes, and a
// signature holds for its own text and for no other.
#include "crypto/note.h"

#include <nlohmann/json.hpp>

#include "crypto/statement.h"
#include "fuzz/target.h"

namespace {

// An input as a text of several lines, signed: whatever it says, its signature is found again.
void must_verify(std::string_view text) {
  static const crypto::SigningKey key = [] {
    crypto::Block<32> seed{1};
    return crypto::SigningKey(crypto::SigningSeed::take(seed));
  }();
  const crypto::NoteVerifier signer{"segel/fuzz", key.verify_key()};
  crypto::Note note{std::string(text) + '\n', {}};
  note.sign(signer.name, key);
  auto parsed = crypto::Note::parse(note.encode());
  if (!parsed) return;  // too long, or not a note's text
  fuzz::must(parsed->text == note.text, "a note has the text that was signed");
  fuzz::must(parsed->verify(signer).has_value(), "a signature holds");
  parsed->text += '\n';
  fuzz::must(!parsed->verify(signer), "and for no other text");
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  const std::string_view text = crypto::as_text(input);
  if (const auto note = crypto::Note::parse(text)) {
    must(note->encode() == text, "a note has one encoding");
    must(!note->signatures.empty() && note->text.ends_with('\n'), "a note is whole");
  }
  if (const auto statement = crypto::Statement::parse(text)) {
    must(statement->encode() == text, "a statement has one encoding");
    must(crypto::Note::parse(text).has_value(), "a statement is a note");
    must(statement->body().is_object(), "and an object");
    must(statement->signers().size() <= 100, "of no more signers than lines");
  }
  if (const auto verifier = crypto::NoteVerifier::parse(text)) {
    must(verifier->text() == text, "a verifier has one text");
  }
  must_verify(text);
}
