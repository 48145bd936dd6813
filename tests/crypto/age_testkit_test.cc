// Every file of the C2SP test kit behaves as its header says (tests/vectors/age-testkit).
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "crypto/age.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace crypto::age {
namespace {

constexpr std::string_view kHybridPrefix = "AGE-SECRET-KEY-PQ-1";
constexpr std::string_view kHashOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct Vector {
  std::multimap<std::string, std::string> fields;
  std::string file;

  std::string field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? "" : found->second;
  }
};

std::string inflated(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit(&stream), Z_OK);
  std::string copy = packed;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  std::string out;
  for (int state = Z_OK; state == Z_OK;) {
    std::string block(std::size_t{1} << 20, '\0');
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    state = inflate(&stream, Z_NO_FLUSH);
    EXPECT_TRUE(state == Z_OK || state == Z_STREAM_END);
    out.append(block, 0, block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

Vector read_vector(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  Vector vector;
  for (std::string line; std::getline(in, line) && !line.empty();) {
    const auto colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    vector.fields.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  vector.file.assign(std::istreambuf_iterator<char>(in), {});
  if (vector.field("compressed") == "zlib") vector.file = inflated(vector.file);
  return vector;
}

std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(SEGEL_VECTORS "/age-testkit")) {
    if (entry.path().extension() != ".md") names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Outcome {
  Result<void> result;
  std::string payload_hash;  // of all that was let out
};

Outcome open_with_its_keys(const Vector& vector) {
  std::vector<Identity> identities;
  const auto [first, last] = vector.fields.equal_range("identity");
  for (auto at = first; at != last; ++at) {
    if (auto identity = Identity::parse(at->second)) identities.push_back(std::move(*identity));
  }
  std::string typed = vector.field("passphrase");
  const SecretBytes passphrase =
      SecretBytes::take({reinterpret_cast<std::uint8_t*>(typed.data()), typed.size()});

  std::istringstream sealed(vector.file);
  std::ostringstream plain;
  const Openers openers{identities, vector.fields.contains("passphrase") ? &passphrase : nullptr};
  const auto result = open(sealed, openers, plain);
  return {result, to_hex(sha256(as_bytes(plain.str())))};
}

// Reads all of the armor, whatever is in it.
bool armor_is_malformed(const std::string& file) {
  std::istringstream text(file);
  ArmorReader reader(text);
  std::ostringstream binary;
  binary << reader.stream().rdbuf();
  return reader.malformed();
}

class AgeTestkit : public testing::TestWithParam<std::string> {};

TEST_P(AgeTestkit, BehavesAsItsHeaderSays) {
  const Vector vector =
      read_vector(std::filesystem::path(SEGEL_VECTORS "/age-testkit") / GetParam());
  const std::string expected = vector.field("expect");
  const bool armored = vector.field("armored") == "yes";
  const auto [result, payload_hash] = open_with_its_keys(vector);

  if (vector.field("identity").starts_with(kHybridPrefix)) {
    // A recipient type that is not ours: refused, in whatever way, and nothing let out.
    ASSERT_FALSE(result);
    EXPECT_EQ(payload_hash, kHashOfNothing);
    return;
  }
  if (armored) {
    EXPECT_EQ(armor_is_malformed(vector.file), expected == "armor failure");
  }

  if (expected == "success") {
    EXPECT_TRUE(result);
    EXPECT_EQ(payload_hash, vector.field("payload"));
  } else if (expected == "payload failure") {
    EXPECT_EQ(result, tl::unexpected(Errc::tampered));
    EXPECT_EQ(payload_hash, vector.field("payload"));
  } else if (expected == "header failure") {
    EXPECT_TRUE(result == tl::unexpected(Errc::malformed) ||
                result == tl::unexpected(Errc::unsupported) ||
                result == tl::unexpected(Errc::excessive_work));
    EXPECT_EQ(payload_hash, kHashOfNothing);
  } else if (expected == "HMAC failure") {
    EXPECT_EQ(result, tl::unexpected(Errc::tampered));
    EXPECT_EQ(payload_hash, kHashOfNothing);
  } else if (expected == "armor failure") {
    EXPECT_EQ(result, tl::unexpected(Errc::malformed));
  } else if (expected == "no match") {
    EXPECT_EQ(result, tl::unexpected(Errc::no_matching_identity));
    EXPECT_EQ(payload_hash, kHashOfNothing);
  } else {
    FAIL() << "expects " << expected;
  }
}

INSTANTIATE_TEST_SUITE_P(C2sp, AgeTestkit, testing::ValuesIn(vector_names()),
                         [](const auto& row) { return row.param; });

TEST(AgeTestkitFolder, HasItsHundredVectors) { EXPECT_EQ(vector_names().size(), 100U); }

}  // namespace
}  // namespace crypto::age
