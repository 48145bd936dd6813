// After every edit of its data folder the service starts or says why not, and everybody uses
// everything: no crash, no document of other bytes, no failure without a name.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "edited/edits.h"
#include "edited/prepared.h"
#include "support/process.h"
#include "vault/error.h"
#include "vault/records.h"

namespace edited {
namespace {

using nlohmann::json;

class UseEdits : public ::testing::Test {
 protected:
  UseEdits() {
    std::ofstream(cast_) << json_of(prepared().cast);
    as_it_is_ = use(prepared().image);
  }

  json use(const Image& image) {
    const Copy copy(image);
    const support::Command command{{std::string(SEGEL_BIN) + "/edited_use", cast_.string(),
                                    copy.data().string(), prepared().founded.log_key()}};
    const auto done = support::run(command);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    json said = json::parse(done.out, nullptr, false);
    return said.is_object() ? said : json::object();
  }
  void expect_orderly(const std::vector<Edit>& edits) {
    ASSERT_FALSE(edits.empty());
    std::size_t refused = 0;
    std::size_t noticed = 0;
    for (const Edit& edit : edits) {
      SCOPED_TRACE(edit.name);
      Image image = prepared().image;
      edit.apply(image);
      const json said = use(image);
      if (said.contains("refused")) {
        ++refused;
        using vault::Errc;
        EXPECT_THAT(static_cast<Errc>(said["refused"].get<int>()),
                    ::testing::AnyOf(Errc::corrupt, Errc::newer_format, Errc::untrusted));
        continue;
      }
      ASSERT_TRUE(said.contains("answers")) << said;
      EXPECT_EQ(said.at("wrong"), json::array());
      if (said.at("answers") != as_it_is_.at("answers")) ++noticed;
      EXPECT_TRUE(edit.harmless == nullptr || said.at("answers") == as_it_is_.at("answers"));
    }
    std::printf("%zu edits: %zu starts refused, %zu noticed in use\n", edits.size(), refused,
                noticed);
  }

  support::TempDir dir_;
  std::filesystem::path cast_ = dir_ / "cast.json";
  json as_it_is_;
};

// One bit in each field of the newest row of each kind.
std::vector<Edit> one_a_field() {
  std::vector<Edit> edits;
  for (const vault::Kind kind : kinds()) {
    const Bytes key = keys_of(prepared().image, kind).back();
    const Bytes& value = prepared().image.meta.at(key);
    for (const Field& field : fields_of_row(key, value)) {
      const std::size_t at = field.offset + field.size / 2;
      edits.push_back({name_of(kind) + " " + field.name,
                       [=](Image& to) { to.meta.at(key)[at] ^= std::uint8_t{1}; },
                       {}});
    }
  }
  return edits;
}

TEST_F(UseEdits, TheStoreAsItIsServesEverybody) {
  ASSERT_TRUE(as_it_is_.contains("answers"));
  EXPECT_EQ(as_it_is_.at("wrong"), json::array());
  EXPECT_EQ(use(prepared().image), as_it_is_);
  // It is a store in which much can be read.
  const auto& answers = as_it_is_.at("answers");
  const auto read = std::count_if(answers.begin(), answers.end(), [](const json& line) {
    return line.get<std::string>().find("/content: 200 ") != std::string::npos;
  });
  EXPECT_GE(read, 8);
}

// What is not where it must be is damage, and not a thing that one does not have: 404 would be
// taken for an answer.
TEST_F(UseEdits, AreNamedWhereTheyAreMet) {
  using vault::Key;
  using vault::Kind;
  const Cast& cast = prepared().cast;
  const auto id = [](const std::string& text) { return crypto::Id::parse(text).value(); };
  const auto manager = std::find_if(cast.people.begin(), cast.people.end(),
                                    [](const Player& one) { return one.name == "manager"; });
  const crypto::Id nobody = crypto::Id::make(1);
  const crypto::Id document = id(cast.documents[1].id);
  const Bytes version = Key(Kind::version).id(document).u64(1).raw();
  const Bytes header = Key(Kind::header).id(document).u64(1).id(id(cast.cases[0])).raw();
  auto beyond = vault::decode<vault::WrappedRecord>(prepared().image.meta.at(header)).value();
  beyond.slot = std::uint64_t{1} << 60;
  const Bytes chain = Key(Kind::log_case).id(id(cast.cases[0])).raw();
  const std::string case_path = "/v1/cases/" + cast.cases[0];
  const std::string document_path = "/v1/documents/" + cast.documents[1].id;
  const struct {
    const char* name;
    std::function<void(Image&)> apply;
    std::string line;
  } rows[] = {
      {"a case in her list that is none",
       [&](Image& to) {
         to.meta[Key(Kind::member_case).id(id(manager->key)).id(nobody).raw()] = {};
       },
       "GET /v1/cases"},
      {"a document in a case that is none",
       [&](Image& to) {
         to.meta[Key(Kind::case_document).id(id(cast.cases[0])).id(nobody).raw()] = {};
       },
       "GET " + case_path + "/documents"},
      {"a version that is gone", [&](Image& to) { to.meta.erase(version); },
       "GET " + document_path},
      {"a slot behind the file", [&](Image& to) { to.meta.at(header) = encode(beyond); },
       "GET " + document_path},
      {"a chain that leads nowhere",
       [&](Image& to) {
         for (auto& [key, value] : to.meta) {
           const auto size = std::min(key.size(), chain.size());
           if (std::ranges::equal(crypto::ByteView(key).first(size), chain)) value = {'x'};
         }
       },
       "POST " + case_path + "/documents"},
  };
  for (const auto& row : rows) {
    Image image = prepared().image;
    row.apply(image);
    const json said = use(image);
    ASSERT_TRUE(said.contains("answers")) << row.name;
    EXPECT_EQ(said.at("wrong"), json::array()) << row.name;
    EXPECT_THAT(said.at("answers").get<std::vector<std::string>>(),
                ::testing::Contains("manager " + row.line + ": 500 damaged"))
        << row.name;
  }
}

TEST_F(UseEdits, OfOneRowOfEachKindAreOrderly) { expect_orderly(one_a_kind()); }

TEST_F(UseEdits, OfEachFieldAreOrderly) { expect_orderly(one_a_field()); }

TEST_F(UseEdits, OfRowsExchangedAreOrderly) { expect_orderly(swaps()); }

TEST_F(UseEdits, OfRowsTakenAreOrderly) { expect_orderly(removals()); }

TEST_F(UseEdits, OfRowsAddedAreOrderly) { expect_orderly(additions()); }

TEST_F(UseEdits, OfValuesThatNoReleaseWroteAreOrderly) { expect_orderly(hostile_values()); }

TEST_F(UseEdits, OfWrappedHeadersAreOrderly) { expect_orderly(flips_inside_headers()); }

TEST_F(UseEdits, OfWhatWasPutBackAreOrderly) {
  expect_orderly(rolled_back());
  expect_orderly(cut_logs());
}

TEST_F(UseEdits, OfKeysAreOrderly) { expect_orderly(other_keys()); }

TEST_F(UseEdits, OfSealedBytesAreOrderly) {
  expect_orderly(blob_edits());
  expect_orderly(erase_key_edits());
}

}  // namespace
}  // namespace edited
