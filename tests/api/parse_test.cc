#include "api/parse.h"

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "vault/case_code.h"

namespace api::parse {
namespace {

TEST(Number, IsDecimalDigitsAndNothingElse) {
  EXPECT_EQ(number("0"), 0U);
  EXPECT_EQ(number("9223372036854775807"), 9223372036854775807U);
  EXPECT_EQ(number("200", 200), 200U);
  for (const char* text : {"", "-1", "+1", "01", " 1", "1 ", "0x1", "1.0", "9223372036854775808",
                           "99999999999999999999999"}) {
    EXPECT_FALSE(number(text)) << text;
  }
  EXPECT_FALSE(number("201", 200));
}

TEST(Limit, IsOneToTheMost) {
  EXPECT_EQ(query_limit({}, 200), 200U);
  EXPECT_EQ(query_limit({{"limit", "7"}}, 200), 7U);
  EXPECT_FALSE(query_limit({{"limit", "0"}}, 200));
  EXPECT_FALSE(query_limit({{"limit", "201"}}, 200));
}

TEST(CaseCode, IsRefusedByItsCheckCharacter) {
  std::string code = vault::make_case_code("KKR");
  EXPECT_EQ(case_code(code), code);
  code.back() = code.back() == '7' ? '8' : '7';
  ASSERT_FALSE(case_code(code));
  EXPECT_EQ(case_code(code).error().type, "bad-code");
  EXPECT_EQ(case_code("KKR").error().type, "bad-code");
}

TEST(Bearer, IsATokenOfOursInAnyCaseOfTheScheme) {
  const std::string token = "sgl_" + std::string(43, 'a');
  EXPECT_EQ(bearer("Bearer " + token), token);
  EXPECT_EQ(bearer("bEARER " + token), token);
  const std::string from_challenge = "sgl_" + std::string(86, 'a');
  EXPECT_EQ(bearer("Bearer " + from_challenge), from_challenge);
  for (const std::string& text :
       {token, "Basic " + token, "Bearer  " + token, "Bearer " + token + "a",
        "Bearer " + token + " ", "Bearer sgl_" + std::string(42, 'a') + "=", std::string("Bearer "),
        std::string()}) {
    EXPECT_FALSE(bearer(text)) << text;
  }
}

TEST(MediaType, IsLowerCaseWithoutItsParameters) {
  EXPECT_EQ(media_type("Application/JSON; charset=utf-8"), "application/json");
  for (const char* text : {"", "json", "/json", "application/", "a b/c", "application/json/x"}) {
    EXPECT_EQ(media_type(text), "") << text;
  }
}

TEST(Accept, NamesATypeWithAWeight) {
  EXPECT_TRUE(names_type("text/html, application/vnd.age;q=0.5", "application/vnd.age"));
  EXPECT_FALSE(names_type("*/*", "application/vnd.age"));
  EXPECT_FALSE(names_type("application/vnd.age;q=0", "application/vnd.age"));
  EXPECT_FALSE(names_type("application/vnd.age;q=7", "application/vnd.age"));
}

struct Language {
  const char* header;
  bool english;
};
constexpr Language kLanguages[] = {
    {"", false},       {"en", true},           {"en-GB", true},        {"id", false},
    {"id, en", false}, {"en, id", false},      {"id;q=0.5, en", true}, {"en;q=0.5, id", false},
    {"fr, en", true},  {"*, en;q=0.9", false}, {"en;q=0", false},      {"fr", false},
    {"en;q=x", false},
};
TEST(AcceptLanguage, PrefersEnglishOnlyWhenItComesBeforeIndonesian) {
  for (const Language& row : kLanguages) {
    EXPECT_EQ(prefers_english(row.header), row.english) << row.header;
  }
}

std::string encoded(std::string_view text) { return crypto::base64(crypto::as_bytes(text)); }

TEST(UploadMetadata, IsReadByItsKeys) {
  const auto read =
      upload_metadata("title " + encoded("Visum é") + ",filename " + encoded("visum.pdf") +
                      ", filetype " + encoded("application/pdf") + ",type " + encoded("VER") +
                      ",class " + encoded("K3") + ",minor");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->title, "Visum é");
  EXPECT_EQ(read->filename, "visum.pdf");
  EXPECT_EQ(read->filetype, "application/pdf");
  EXPECT_EQ(read->type, "VER");
  EXPECT_EQ(read->classification, "K3");
  EXPECT_TRUE(read->minor);
  EXPECT_FALSE(upload_metadata("")->minor);
}

TEST(UploadMetadata, IsRefusedWhenAnyOfItIsNotItsForm) {
  const std::string rows[] = {
      "title",                                             // no value
      "title " + encoded("a") + ",title " + encoded("b"),  // twice
      "owner " + encoded("a"),                             // unknown
      "minor " + encoded("yes"),                           // has a value
      "title !!!!",                                        // no base64
      "title " + encoded("a\nb"),                          // a control character
      "title " + encoded("\xff\xfe"),                      // no UTF-8
      "title " + encoded(std::string(1025, 'a')),          // too long
      "title " + encoded("a") + ",",                       // an empty member
      "filetype " + encoded("pdf"),                        // no media type
      "title  " + encoded("a"),                            // two spaces
  };
  for (const std::string& row : rows) EXPECT_FALSE(upload_metadata(row)) << row;
}

struct RangeRow {
  const char* text;
  std::uint64_t size;
  int kind;  // of the variant
  std::uint64_t begin, end;
};
constexpr RangeRow kRanges[] = {
    {"bytes=0-0", 10, 2, 0, 1},
    {"bytes=0-", 10, 2, 0, 10},
    {"bytes=5-100", 10, 2, 5, 10},
    {"bytes=9-9", 10, 2, 9, 10},
    {"bytes=-3", 10, 2, 7, 10},
    {"bytes=-30", 10, 2, 0, 10},
    {"bytes=10-", 10, 1, 0, 0},
    {"bytes=10-12", 10, 1, 0, 0},
    {"bytes=-0", 10, 1, 0, 0},
    {"bytes=0-0", 0, 1, 0, 0},
    {"bytes=-1", 0, 1, 0, 0},
    {"bytes=5-4", 10, 0, 0, 0},
    {"bytes=0-1,3-4", 10, 0, 0, 0},
    {"bytes=", 10, 0, 0, 0},
    {"bytes=-", 10, 0, 0, 0},
    {"bytes=a-b", 10, 0, 0, 0},
    {"chunks=0-1", 10, 0, 0, 0},
    {"", 10, 0, 0, 0},
    {"bytes=0-18446744073709551615", 10, 2, 0, 10},
    {"bytes=99999999999999999999-", 10, 0, 0, 0},
};
TEST(RangeField, IsOneRangeOrIgnored) {
  for (const RangeRow& row : kRanges) {
    SCOPED_TRACE(row.text);
    const Range read = range(row.text, row.size);
    ASSERT_EQ(read.index(), static_cast<std::size_t>(row.kind));
    if (row.kind != 2) continue;
    EXPECT_EQ(std::get<ByteRange>(read).begin, row.begin);
    EXPECT_EQ(std::get<ByteRange>(read).end, row.end);
  }
}

TEST(EntityTag, ComparesStronglyAndWeakly) {
  const auto tags = entity_tags("\"a.1\", W/\"b.2\"");
  ASSERT_TRUE(tags);
  EXPECT_TRUE(tags->has_strong("a.1"));
  EXPECT_FALSE(tags->has_strong("b.2"));
  EXPECT_TRUE(tags->has_weak("b.2"));
  EXPECT_FALSE(tags->has_weak("c"));
  EXPECT_TRUE(entity_tags("*")->has_strong("anything"));
  for (const char* text : {"", "a", "\"a", "a\"", "\"a\"b\"", "\"a\",", "w/\"a\""}) {
    EXPECT_FALSE(entity_tags(text)) << text;
  }
}

TEST(ReprDigest, IsTheSha256AmongItsMembers) {
  const auto digest = crypto::sha256(crypto::as_bytes("x"));
  const std::string field = to_repr_digest(digest);
  EXPECT_EQ(repr_digest(field).value(), digest);
  EXPECT_EQ(repr_digest("sha-512=:AAAA:, " + field).value(), digest);
  EXPECT_EQ(repr_digest("sha-512=:AAAA:").value(), std::nullopt);
  for (const char* text : {"", "sha-256", "sha-256=AAAA",
                           "sha-256=:AAAA:", "sha-256=:!:", "=:AAAA:", "sha-256=:AAAA:,"}) {
    EXPECT_FALSE(repr_digest(text)) << text;
  }
}

TEST(OnlyMember, IsFoundInPlace) {
  const std::string_view text = " { \"identity\" :\t\"AGE-SECRET\" }\n";
  const auto member = only_member(text);
  ASSERT_TRUE(member);
  EXPECT_EQ(member->name, "identity");
  EXPECT_EQ(member->value, "AGE-SECRET");
  EXPECT_EQ(member->value.data(), text.data() + text.find("AGE"));
  for (const char* bad :
       {"", "{}", "[]", "{\"a\":1}", "{\"a\":\"b\",\"c\":\"d\"}", "{\"a\":\"b\"} x",
        "{\"a\":\"\\u0041\"}", "{\"a\":\"b\"", "{\"a\" \"b\"}", "\"a\":\"b\""}) {
    EXPECT_FALSE(only_member(bad)) << bad;
  }
}

}  // namespace
}  // namespace api::parse
