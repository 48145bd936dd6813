#include <gtest/gtest.h>

#include <istream>
#include <ostream>
#include <streambuf>

#include "crypto/age.h"
#include "support/age_samples.h"

namespace crypto::age {
namespace {

constexpr std::string_view kShort = "visum et repertum";

TEST(AgeStream, ComesBackAtEveryBorder) {
  const Identity owner = Identity::generate();
  for (const std::size_t size : kBorderSizes) {
    SCOPED_TRACE(size);
    const Bytes plain = sample(size);
    const auto [result, opened] = open_text(sealed_text(plain, owner.recipient()), owner);
    EXPECT_TRUE(result);
    EXPECT_TRUE(opened == as_text(plain));
  }
}

TEST(AgeStream, SealsSoThatEachRecipientAloneOpens) {
  const Identity owners[] = {Identity::generate(), Identity::generate()};
  const Recipient recipients[] = {owners[0].recipient(), owners[1].recipient()};
  std::istringstream in{std::string(kShort)};
  std::ostringstream out;
  ASSERT_TRUE(seal(in, recipients, out));
  EXPECT_EQ(open_text(out.str(), owners[0]).plain, kShort);
  EXPECT_EQ(open_text(out.str(), owners[1]).plain, kShort);
  EXPECT_EQ(open_text(out.str(), Identity::generate()).result,
            tl::unexpected(Errc::no_matching_identity));
}

TEST(AgeStream, RefusesAFileCutAtAnyByte) {
  const Identity owner = Identity::generate();
  const std::string sealed = sealed_text(as_bytes(kShort), owner.recipient());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto [result, plain] = open_text(sealed.substr(0, size), owner);
    EXPECT_FALSE(result) << size;
    EXPECT_EQ(plain, "") << size;
  }
  EXPECT_TRUE(open_text(sealed, owner).result);
}

TEST(AgeStream, RefusesAFileCutAroundAnyChunk) {
  const Identity owner = Identity::generate();
  const std::string sealed = sealed_text(sample(3 * kChunkSize), owner.recipient());
  for (std::size_t chunks = 1; chunks <= 3; ++chunks) {
    for (const std::size_t cut :
         {std::size_t{1}, kTagSize, kSealedChunkSize - 1, kSealedChunkSize}) {
      const auto kept = sealed.size() - (chunks - 1) * kSealedChunkSize - cut;
      EXPECT_EQ(open_text(sealed.substr(0, kept), owner).result, tl::unexpected(Errc::tampered));
    }
  }
}

TEST(AgeStream, RefusesEveryChangedByte) {
  const Identity owner = Identity::generate();
  const std::string sealed = sealed_text(as_bytes(kShort), owner.recipient());
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto [result, plain] = open_text(changed, owner);
    EXPECT_FALSE(result) << at;
    EXPECT_EQ(plain, "") << at;
  }
}

TEST(AgeStream, RefusesWhatIsAppended) {
  const Identity owner = Identity::generate();
  for (const std::size_t size : kBorderSizes) {
    const std::string sealed = sealed_text(sample(size), owner.recipient());
    EXPECT_EQ(open_text(sealed + "x", owner).result, tl::unexpected(Errc::tampered)) << size;
  }
}

TEST(AgeStream, RefusesAnEmptyFileAndWhiteSpace) {
  const Identity owner = Identity::generate();
  for (const std::string text : {"", "\n", " \n\n", "\n\nage-encryption.org/v1\n", " -----BEGIN"}) {
    EXPECT_EQ(open_text(text, owner).result, tl::unexpected(Errc::malformed)) << text;
  }
  EXPECT_EQ(open_text(std::string(5000, '\n'), owner).result, tl::unexpected(Errc::malformed));
}

TEST(AgeStream, OpensWithAPassphrase) {
  const SecretBytes passphrase = secret_of("kata sandi");
  std::istringstream in{std::string(kShort)};
  std::ostringstream out;
  ASSERT_TRUE(seal_with_passphrase(in, passphrase, 6, out));

  int asked = 0;
  const auto opened = [&](const Openers& openers) {
    std::istringstream sealed(out.str());
    std::ostringstream plain;
    const auto result = open(sealed, openers, plain);
    EXPECT_EQ(plain.str(), result ? kShort : "");
    return result;
  };
  const auto ask = [&](std::string answer) {
    return [&asked, answer]() -> std::optional<SecretBytes> {
      ++asked;
      if (answer.empty()) return std::nullopt;
      return secret_of(answer);
    };
  };
  const auto refused = tl::unexpected(Errc::no_matching_identity);
  EXPECT_TRUE(opened({{}, &passphrase, {}}));
  EXPECT_TRUE(opened({{}, &passphrase, ask("another")}));
  EXPECT_EQ(asked, 0);
  EXPECT_TRUE(opened({{}, nullptr, ask("kata sandi")}));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(opened({{}, nullptr, ask("another")}), refused);
  EXPECT_EQ(opened({{}, nullptr, ask("")}), refused);
  EXPECT_EQ(opened({{}, nullptr, {}}), refused);
}

TEST(AgeStream, DoesNotAskForAPassphraseThatNothingWants) {
  const Identity owner = Identity::generate();
  std::istringstream sealed(sealed_text(as_bytes(kShort), owner.recipient()));
  std::ostringstream plain;
  const Openers openers{std::span(&owner, 1), nullptr, []() -> std::optional<SecretBytes> {
                          ADD_FAILURE() << "asked";
                          return std::nullopt;
                        }};
  EXPECT_TRUE(open(sealed, openers, plain));
}

// What went through, shared by the two ends of a stream without a file behind it.
struct Flow {
  std::uint64_t length = 0;  // of what is to be read
  std::uint64_t read = 0;
  std::uint64_t written = 0;
  std::uint64_t most_held = 0;
};

// Gives zeros, and notes how far reading is ahead of writing.
class Spring : public std::streambuf {
 public:
  explicit Spring(Flow& flow) : flow_(flow) {}

 protected:
  int_type underflow() override {
    const auto size = std::min<std::uint64_t>(block_.size(), flow_.length - flow_.read);
    if (size == 0) return traits_type::eof();
    flow_.read += size;
    flow_.most_held = std::max(flow_.most_held, flow_.read - flow_.written);
    setg(block_.data(), block_.data(), block_.data() + size);
    return traits_type::to_int_type(*gptr());
  }

 private:
  Flow& flow_;
  std::array<char, 4096> block_{};
};

class Drain : public std::streambuf {
 public:
  explicit Drain(Flow& flow) : flow_(flow) {}

 protected:
  std::streamsize xsputn(const char*, std::streamsize size) override {
    flow_.written += static_cast<std::uint64_t>(size);
    return size;
  }
  int_type overflow(int_type c) override {
    ++flow_.written;
    return traits_type::not_eof(c);
  }

 private:
  Flow& flow_;
};

TEST(AgeStream, HoldsOneChunkAtATime) {
  Flow flow{64 * kChunkSize};
  Spring spring(flow);
  Drain drain(flow);
  std::istream in(&spring);
  std::ostream out(&drain);
  const Recipient recipient = Identity::generate().recipient();
  ASSERT_TRUE(seal(in, std::span(&recipient, 1), out));
  EXPECT_GT(flow.written, flow.length);
  EXPECT_LE(flow.most_held, kChunkSize + 4096);
}

class Broken : public std::streambuf {
 protected:
  int_type underflow() override { throw std::ios_base::failure("broken"); }
  int_type overflow(int_type) override { return traits_type::eof(); }
};

TEST(AgeStream, SaysWhichSideFailed) {
  const Identity owner = Identity::generate();
  const Recipient recipient = owner.recipient();
  Broken broken;
  std::istream broken_in(&broken);
  std::ostream broken_out(&broken);
  std::ostringstream sink;

  EXPECT_EQ(seal(broken_in, std::span(&recipient, 1), sink), tl::unexpected(Errc::read_failed));
  std::istringstream plain{std::string(kShort)};
  EXPECT_EQ(seal(plain, std::span(&recipient, 1), broken_out), tl::unexpected(Errc::write_failed));

  broken_in.clear();
  broken_out.clear();
  EXPECT_EQ(open(broken_in, Openers{std::span(&owner, 1)}, sink),
            tl::unexpected(Errc::read_failed));
  std::istringstream sealed(sealed_text(as_bytes(kShort), recipient));
  EXPECT_EQ(open(sealed, Openers{std::span(&owner, 1)}, broken_out),
            tl::unexpected(Errc::write_failed));
}

TEST(AgeObject, OpensOnlyAsTheObjectItWasSealedAs) {
  const Identity owner = Identity::generate();
  const Bytes sealed = seal(as_bytes(kShort), owner.recipient(), sample_binding());
  const auto opened = open(sealed, owner, sample_binding());
  ASSERT_TRUE(opened);
  EXPECT_TRUE(same(*opened, as_bytes(kShort)));

  Binding other = sample_binding();
  other.generation = 0;
  EXPECT_EQ(open(sealed, owner, other).error(), Errc::wrong_binding);
  EXPECT_EQ(open(sealed, Identity::generate(), sample_binding()).error(),
            Errc::no_matching_identity);
}

TEST(AgeObject, RefusesEveryCutAndEveryChangedByte) {
  const Identity owner = Identity::generate();
  const Bytes sealed = seal(as_bytes(kShort), owner.recipient(), sample_binding());
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    EXPECT_FALSE(open(ByteView(sealed).first(at), owner, sample_binding())) << at;
    Bytes changed = sealed;
    changed[at] ^= 0x80;
    EXPECT_FALSE(open(changed, owner, sample_binding())) << at;
  }
}

}  // namespace
}  // namespace crypto::age
