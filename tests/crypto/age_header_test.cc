#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/age.h"
#include "crypto/encoding.h"
#include "support/age_samples.h"

namespace crypto::age {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Header parsed(const Bytes& bytes) {
  auto header = parse_header(bytes);
  EXPECT_TRUE(header);
  return header ? std::move(*header) : Header{};
}

TEST(AgeHeader, GivesTheFileKeyBackToEachOfItsRecipients) {
  const FileKey key = FileKey::random();
  std::vector<Identity> owners;
  std::vector<Recipient> recipients;
  for (int i = 0; i < 5; ++i) {
    owners.push_back(Identity::generate());
    recipients.push_back(owners.back().recipient());
  }
  const Header header = parsed(make_header(key, recipients, sample_binding()));
  EXPECT_THAT(header.stanzas, SizeIs(6));
  for (const Identity& owner : owners) {
    const auto unwrapped = unwrap(header, owner, sample_binding());
    ASSERT_TRUE(unwrapped);
    EXPECT_TRUE(same(*unwrapped, key));
  }
  const Identity stranger = Identity::generate();
  EXPECT_EQ(unwrap(header, stranger, sample_binding()).error(), Errc::no_matching_identity);
  EXPECT_EQ(unwrap(header, {}).error(), Errc::no_matching_identity);
}

TEST(AgeHeader, TriesEveryIdentity) {
  const FileKey key = FileKey::random();
  std::vector<Identity> identities;
  for (int i = 0; i < 3; ++i) identities.push_back(Identity::generate());
  const Header header = parsed(make_header(key, identities.back().recipient(), sample_binding()));
  const auto unwrapped = unwrap(header, identities);
  ASSERT_TRUE(unwrapped);
  EXPECT_TRUE(same(*unwrapped, key));
}

TEST(AgeHeader, HidesTheSameKeyUnderNewBytesEachTime) {
  const FileKey key = FileKey::random();
  const Identity owner = Identity::generate();
  EXPECT_NE(make_header(key, owner.recipient(), sample_binding()),
            make_header(key, owner.recipient(), sample_binding()));
}

TEST(AgeHeader, NeverSealsToALowOrderPoint) {
  EXPECT_THROW(make_header(FileKey::random(), Recipient{}, sample_binding()),
               std::invalid_argument);
}

TEST(AgeHeader, TellsItsSizeAndWhatTheMacCovers) {
  Bytes file = make_header(FileKey::random(), Identity::generate().recipient(), sample_binding());
  const std::size_t size = file.size();
  append(file, as_bytes("---\npayload"));
  const Header header = parsed(file);
  EXPECT_EQ(header.size, size);
  EXPECT_TRUE(as_text(header.covered).ends_with("\n---"));
}

// Whoever changes one bit gets no key out of it: not one of them is outside the MAC.
TEST(AgeHeader, RefusesEveryChangedBit) {
  const Identity owner = Identity::generate();
  const Bytes header = make_header(FileKey::random(), owner.recipient(), sample_binding());
  for (std::size_t at = 0; at < header.size() * 8; ++at) {
    Bytes changed = header;
    changed[at / 8] = static_cast<std::uint8_t>(changed[at / 8] ^ (1U << (at % 8)));
    const auto read = parse_header(changed);
    EXPECT_FALSE(read && unwrap(*read, std::span(&owner, 1))) << "bit " << at;
  }
}

TEST(AgeHeader, IsNotReadBeforeItIsComplete) {
  const Bytes header =
      make_header(FileKey::random(), Identity::generate().recipient(), sample_binding());
  for (std::size_t size = 0; size < header.size(); ++size) {
    const ByteView begin = ByteView(header).first(size);
    EXPECT_EQ(header_complete(begin), false) << size;
    EXPECT_EQ(parse_header(begin).error(), Errc::malformed) << size;
  }
  EXPECT_EQ(header_complete(header), true);
}

TEST(AgeHeader, GivesUpOnWhatIsNoHeader) {
  EXPECT_EQ(header_complete(as_bytes("age-encryption.com")), tl::unexpected(Errc::malformed));
  Bytes endless = to_bytes(as_bytes("age-encryption.org/v1\n-> "));
  endless.resize(kMaxHeaderSize - 1, 'a');
  EXPECT_EQ(header_complete(endless), false);
  endless.push_back('a');
  EXPECT_EQ(header_complete(endless), tl::unexpected(Errc::malformed));
  EXPECT_EQ(parse_header(endless).error(), Errc::malformed);
  append(endless, as_bytes("\n\n--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n"));
  EXPECT_EQ(header_complete(endless), tl::unexpected(Errc::malformed));
  EXPECT_EQ(parse_header(endless).error(), Errc::malformed);
}

struct Grammar {
  const char* name;
  std::string_view text;
  Errc error;
};
constexpr std::string_view kEnd = "--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n";
class AgeHeaderGrammar : public testing::TestWithParam<Grammar> {};

TEST_P(AgeHeaderGrammar, IsStrict) {
  Bytes file = to_bytes(as_bytes(GetParam().text));
  append(file, as_bytes(kEnd));
  EXPECT_EQ(parse_header(file).error(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Refuses, AgeHeaderGrammar,
    testing::Values(
        Grammar{"NoStanza", "age-encryption.org/v1\n", Errc::malformed},
        Grammar{"LaterVersion", "age-encryption.org/v2\n-> a\n\n", Errc::unsupported},
        Grammar{"VersionWithReturn", "age-encryption.org/v1\r\n-> a\n\n", Errc::malformed},
        Grammar{"AnotherOrigin", "age-encryption.com/v1\n-> a\n\n", Errc::malformed},
        Grammar{"NoArgument", "age-encryption.org/v1\n-> \n\n", Errc::malformed},
        Grammar{"TwoSpaces", "age-encryption.org/v1\n-> a  b\n\n", Errc::malformed},
        Grammar{"SpaceAtEnd", "age-encryption.org/v1\n-> a \n\n", Errc::malformed},
        Grammar{"NotAscii", "age-encryption.org/v1\n-> \xc3\xa9\n\n", Errc::malformed},
        Grammar{"NoBody", "age-encryption.org/v1\n-> a\n", Errc::malformed},
        Grammar{"BodyWithPadding", "age-encryption.org/v1\n-> a\nAA==\n", Errc::malformed},
        Grammar{"BodyWithSpareBits", "age-encryption.org/v1\n-> a\nAB\n", Errc::malformed},
        Grammar{"FullLineIsNoEnd",
                "age-encryption.org/v1\n-> a\n"
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                Errc::malformed},
        Grammar{
            "ShortX25519Body",
            "age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\nAAAA\n",
            Errc::malformed},
        Grammar{"X25519WithoutShare",
                "age-encryption.org/v1\n-> X25519\nhjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE\n",
                Errc::malformed},
        Grammar{"ScryptIsNotAlone",
                "age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ 10\n"
                "gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n-> a\n\n",
                Errc::malformed},
        Grammar{"ScryptFactorTooLargeForANumber",
                "age-encryption.org/v1\n-> scrypt rF0/NwblUHHTpgQgRpe5CQ 4294967306\n"
                "gUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n",
                Errc::malformed}),
    [](const auto& row) { return row.param.name; });

TEST(AgeHeader, ReadsBodiesOfEveryLength) {
  for (std::size_t lines = 0; lines < 3; ++lines) {
    for (std::string_view last : {"", "AA", "AAA", "AAAA"}) {
      std::string text = "age-encryption.org/v1\n-> some thing!\n";
      for (std::size_t i = 0; i < lines; ++i) text += std::string(64, 'A') + "\n";
      text.append(last).append("\n").append(kEnd);
      const auto header = parse_header(as_bytes(text));
      ASSERT_TRUE(header);
      EXPECT_EQ(header->stanzas[0].type, "some");
      EXPECT_THAT(header->stanzas[0].args, ElementsAre("thing!"));
      EXPECT_EQ(header->stanzas[0].body, Bytes(lines * 48 + last.size() * 3 / 4));
    }
  }
}

TEST(AgePassphrase, OpensWithTheSameWordsOnly) {
  const FileKey key = FileKey::random();
  const Header header = parsed(make_passphrase_header(key, secret_of("kunci rumah"), 6));
  EXPECT_TRUE(is_passphrase_header(header));
  const auto unwrapped = unwrap_with_passphrase(header, secret_of("kunci rumah"));
  ASSERT_TRUE(unwrapped);
  EXPECT_TRUE(same(*unwrapped, key));
  EXPECT_EQ(unwrap_with_passphrase(header, secret_of("kunci rumaj")).error(),
            Errc::no_matching_identity);
  EXPECT_EQ(unwrap_with_passphrase(header, {}).error(), Errc::no_matching_identity);
  const Identity identity = Identity::generate();
  EXPECT_EQ(unwrap(header, std::span(&identity, 1)).error(), Errc::no_matching_identity);
}

TEST(AgePassphrase, IsNotTriedAboveTheWorkThatIsAccepted) {
  const Header header = parsed(make_passphrase_header(FileKey::random(), secret_of("kata"), 6));
  EXPECT_EQ(unwrap_with_passphrase(header, secret_of("kata"), 5).error(), Errc::excessive_work);
  EXPECT_TRUE(unwrap_with_passphrase(header, secret_of("kata"), 6));
}

TEST(AgePassphrase, DoesNotOpenWhatIsSealedToKeys) {
  const Header header =
      parsed(make_header(FileKey::random(), Identity::generate().recipient(), sample_binding()));
  EXPECT_FALSE(is_passphrase_header(header));
  EXPECT_EQ(unwrap_with_passphrase(header, secret_of("kata")).error(), Errc::no_matching_identity);
}

TEST(AgeBinding, ReadsWhatItWrites) {
  for (const Kind kind :
       {Kind::document, Kind::manifest, Kind::lockbox, Kind::previous, Kind::challenge}) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
      Binding binding = sample_binding();
      binding.kind = kind;
      binding.version = number;
      EXPECT_EQ(Binding::parse(binding.stanza()), binding);
    }
  }
  // FORMAT.md, "Binding": these words for ever.
  const Stanza stanza = sample_binding().stanza();
  EXPECT_EQ(stanza.type, "segel/v1");
  EXPECT_THAT(stanza.args, ElementsAre("document", "01020304-0506-7708-890a-0b0c0d0e0f10", "3",
                                       "18446744073709551615"));
  EXPECT_THAT(stanza.body, IsEmpty());
}

TEST(AgeBinding, HasOneTextOnly) {
  const auto changed = [](auto change) {
    Stanza stanza = sample_binding().stanza();
    change(stanza);
    return Binding::parse(stanza);
  };
  const auto malformed = tl::unexpected(Errc::malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.type = "segel/v2"; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[0] = "Document"; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[1] = "01020304-0506-7708-890A-0B0C0D0E0F10"; }),
            malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[2] = "03"; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[2] = "+3"; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[2] = ""; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args[3] = "18446744073709551616"; }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args.pop_back(); }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.args.emplace_back("5"); }), malformed);
  EXPECT_EQ(changed([](Stanza& s) { s.body.push_back(0); }), malformed);
}

// Whoever holds the disk puts one object in the place of another: each part of the binding counts.
TEST(AgeBinding, IsComparedOnEveryOpen) {
  const Identity owner = Identity::generate();
  const Header header = parsed(make_header(FileKey::random(), owner.recipient(), sample_binding()));
  const auto with = [&](auto change) {
    Binding binding = sample_binding();
    change(binding);
    return unwrap(header, owner, binding).error();
  };
  EXPECT_TRUE(unwrap(header, owner, sample_binding()));
  EXPECT_EQ(with([](Binding& b) { b.kind = Kind::manifest; }), Errc::wrong_binding);
  EXPECT_EQ(with([](Binding& b) { b.id.bytes[15] ^= 1; }), Errc::wrong_binding);
  EXPECT_EQ(with([](Binding& b) { b.version = 4; }), Errc::wrong_binding);
  EXPECT_EQ(with([](Binding& b) { b.generation = 0; }), Errc::wrong_binding);
}

TEST(AgeBinding, IsWantedOfAHeaderThatHasNone) {
  const Identity owner = Identity::generate();
  const Recipient recipient = owner.recipient();
  const Header plain =
      parsed(make_header(FileKey::random(), std::span(&recipient, 1), std::nullopt));
  EXPECT_TRUE(unwrap(plain, std::span(&owner, 1)));
  EXPECT_EQ(unwrap(plain, owner, sample_binding()).error(), Errc::wrong_binding);
}

// FORMAT.md, "Commitment": this value for ever (computed with Python's hmac).
TEST(AgeCommitment, IsOneValueAKey) {
  Block<16> zeros{};
  EXPECT_EQ(to_hex(commitment(FileKey::take(zeros))),
            "074b58f6b09d4a4cc4b27f2ec3ee50de7319ce74b973b59e13ee025f3d1af25e");
  const FileKey key = FileKey::random();
  EXPECT_EQ(commitment(key), commitment(key));
  EXPECT_NE(commitment(key), commitment(FileKey::random()));
}

}  // namespace
}  // namespace crypto::age
