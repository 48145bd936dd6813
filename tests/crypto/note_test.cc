#include "crypto/note.h"

#include <gtest/gtest.h>

#include "crypto/utf8.h"
#include "crypto/vectors.h"

namespace crypto {
namespace {

// What a reader who trusts exactly `vkeys` makes of a note.
bool accepts(std::string_view encoded, const std::vector<std::string>& vkeys) {
  const auto note = Note::parse(encoded);
  if (!note) return false;
  bool accepted = false;
  for (const std::string& vkey : vkeys) {
    const auto verifier = NoteVerifier::parse(vkey).value();
    const bool claims = std::any_of(
        note->signatures.begin(), note->signatures.end(), [&](const NoteSignature& line) {
          return line.name == verifier.name && line.hash == verifier.hash();
        });
    if (claims && !note->verify(verifier)) return false;
    accepted = accepted || claims;
  }
  return accepted;
}

TEST(SignedNote, IsAcceptedAsTheVectorsSay) {
  for (const auto& test : read_json_vector("tlog/signed-notes.json")) {
    EXPECT_EQ(accepts(test["note"].get<std::string>(), test["vkeys"]), test["accept"].get<bool>())
        << test["name"];
    const auto note = Note::parse(test["note"].get<std::string>());
    if (note) {
      EXPECT_EQ(note->encode(), test["note"]) << test["name"];
    }
  }
}

TEST(NoteVerifier, IsReadAsTheVectorsSay) {
  for (const auto& test : read_json_vector("tlog/vkeys.json")) {
    const auto verifier = NoteVerifier::parse(test["vkey"].get<std::string>());
    EXPECT_EQ(verifier.has_value(), test["valid"].get<bool>()) << test["vkey"];
    if (verifier) {
      EXPECT_EQ(verifier->text(), test["vkey"]);
    }
  }
}

TEST(NoteVerifier, OfAnotherAlgorithmIsUnsupported) {
  const auto test = read_json_vector("tlog/cosigned-checkpoint.json");
  EXPECT_EQ(NoteVerifier::parse(test["witness_vkey"].get<std::string>()),
            tl::unexpected(Errc::unsupported));
  EXPECT_TRUE(NoteVerifier::parse(test["log_vkey"].get<std::string>()));
}

TEST(SignedNote, CarriesSeveralSignaturesAndGivesThemBack) {
  const SigningKey one = SigningKey::generate();
  const SigningKey two = SigningKey::generate();
  Note note{"first line\n\nafter a blank line\n", {}};
  note.sign("one", one);
  note.sign("two", two);
  const auto read = Note::parse(note.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, note.text);
  ASSERT_EQ(read->signatures.size(), 2U);
  EXPECT_TRUE(read->verify({"one", one.verify_key()}));
  EXPECT_TRUE(read->verify({"two", two.verify_key()}));
  EXPECT_EQ(read->verify({"one", two.verify_key()}), tl::unexpected(Errc::untrusted));
  EXPECT_EQ(read->verify({"three", one.verify_key()}), tl::unexpected(Errc::untrusted));
}

TEST(SignedNote, IsRefusedForOneBadLineOfAKeyBesideAGoodOne) {
  const SigningKey key = SigningKey::generate();
  Note note{"text\n", {}};
  note.sign("name", key);
  note.sign("name", key);
  EXPECT_TRUE(note.verify({"name", key.verify_key()}));
  note.signatures[1].signature[0] ^= 1;
  EXPECT_FALSE(note.verify({"name", key.verify_key()}));
  note.signatures[1].signature.pop_back();
  EXPECT_FALSE(note.verify({"name", key.verify_key()}));
}

TEST(SignedNote, RefusesWhatIsNotOfTheGrammar) {
  Note good{"text\n", {}};
  good.sign("name", SigningKey::generate());
  const std::string encoded = good.encode();
  ASSERT_TRUE(Note::parse(encoded));
  const std::string line = encoded.substr(6);
  using namespace std::string_literals;
  const std::string kBad[] = {"",
                              "\n",
                              "text\n",
                              "text\n\n",
                              "text\n" + line,
                              encoded + "\n",
                              encoded + "x",
                              encoded.substr(0, encoded.size() - 1),
                              "te\xffxt\n\n" + line,
                              "te\0xt\n\n"s + line,
                              "te\rxt\n\n" + line,
                              "text\n\n\xe2\x80\x94 a+b AAAABBBB\n",
                              "text\n\n\xe2\x80\x94 name AAAA\n",
                              "text\n\n\xe2\x80\x94 a\xc2\xa0\x62 AAAABBBB\n",
                              "text\n\n\xe2\x80\x94  AAAABBBB\n",
                              "text\n\n\xe2\x80\x94 name AAAABBBB \n",
                              "text\n\n\xe2\x80\x94 name AAAABBB=\n"};
  for (const std::string& bad : kBad) {
    const auto note = Note::parse(bad);
    ASSERT_FALSE(note) << bad;
    EXPECT_EQ(note.error(), Errc::malformed);
  }
}

TEST(SignedNote, HasBounds) {
  Note note{"text\n", {}};
  note.sign("name", SigningKey::generate());
  note.signatures.resize(100, note.signatures[0]);
  EXPECT_TRUE(Note::parse(note.encode()));
  note.signatures.resize(101, note.signatures[0]);
  EXPECT_FALSE(Note::parse(note.encode()));
  note.signatures.resize(1);
  const std::size_t rest = note.encode().size() - note.text.size();
  note.text = std::string(65536 - rest - 1, 'x') + '\n';
  EXPECT_TRUE(Note::parse(note.encode()));
  note.text = 'x' + note.text;
  EXPECT_FALSE(Note::parse(note.encode()));
}

TEST(Utf8, IsWhatRfc3629AllowsAndNothingMore) {
  for (const auto* text :
       {"", "a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const auto* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xe0\xa0",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xf0\x90\x80", "\xff", "a\xfe"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace crypto
