#include "crypto/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "crypto/strict_json.h"

namespace crypto {
namespace {

using nlohmann::json;

// A note whose text is `text`, signed by somebody.
std::string signed_text(std::string text) {
  Note note{std::move(text), {}};
  note.sign("segel/somebody", SigningKey::generate());
  return note.encode();
}

TEST(Statement, ReadsBackWhatWasSigned) {
  const Id one = Id::make(1);
  const Id two = Id::make(2);
  const SigningKey key_one = SigningKey::generate();
  const SigningKey key_two = SigningKey::generate();
  const json body = {{"b", {1, 2}}, {"a", "\u00e9"}, {"c", {{"y", true}, {"x", nullptr}}}};
  Statement statement("agency", body);
  statement.sign(one, key_one);
  statement.sign(two, key_two);

  const auto read = Statement::parse(statement.encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type(), "agency");
  EXPECT_EQ(read->body(), body);
  EXPECT_EQ(read->encode(), statement.encode());
  EXPECT_THAT(read->signers(), testing::ElementsAre(one, two));
  EXPECT_TRUE(read->verify(one, key_one.verify_key()));
  EXPECT_TRUE(read->verify(two, key_two.verify_key()));
}

TEST(Statement, IsTheseBytesForEver) {
  const Statement statement("order", {{"b", 1}, {"a", "x"}});
  EXPECT_EQ(statement.encode(), "segel/v1/order\n{\"a\":\"x\",\"b\":1}\n\n");
  EXPECT_EQ(statement.digest(), sha256(as_bytes("segel/v1/order\n{\"a\":\"x\",\"b\":1}\n")));
  EXPECT_EQ(signer_name(Id{}), "segel/00000000-0000-0000-0000-000000000000");
}

TEST(Statement, KeepsItsDigestWhateverIsSignedUnderIt) {
  Statement statement("order", {{"a", 1}});
  const Digest before = statement.digest();
  statement.sign(Id::make(1), SigningKey::generate());
  EXPECT_EQ(statement.digest(), before);
  EXPECT_EQ(Statement::parse(statement.encode())->digest(), before);
}

TEST(Statement, IsUntrustedUnderAnotherKeyAnotherIdOrAnotherType) {
  const Id id = Id::make(1);
  const SigningKey key = SigningKey::generate();
  Statement statement("order", {{"a", 1}});
  statement.sign(id, key);
  EXPECT_TRUE(statement.verify(id, key.verify_key()));
  EXPECT_EQ(statement.verify(Id::make(1), key.verify_key()), tl::unexpected(Errc::untrusted));
  EXPECT_EQ(statement.verify(id, SigningKey::generate().verify_key()),
            tl::unexpected(Errc::untrusted));

  std::string other_type = statement.encode();
  other_type.replace(other_type.find("order"), 5, "share");
  EXPECT_EQ(Statement::parse(other_type)->verify(id, key.verify_key()),
            tl::unexpected(Errc::untrusted));
  std::string other_body = statement.encode();
  other_body.replace(other_body.find(":1"), 2, ":2");
  EXPECT_EQ(Statement::parse(other_body)->verify(id, key.verify_key()),
            tl::unexpected(Errc::untrusted));
}

TEST(Statement, ListsOnlySignersThatAreAccessKeysAndEachOnce) {
  const Id id = Id::make(1);
  Note note{"segel/v1/order\n{}\n", {}};
  note.sign("example.com/witness", SigningKey::generate());
  note.sign(signer_name(id), SigningKey::generate());
  note.sign(signer_name(id), SigningKey::generate());
  note.sign("segel/not-an-id", SigningKey::generate());
  const auto statement = Statement::parse(note.encode());
  ASSERT_TRUE(statement);
  EXPECT_THAT(statement->signers(), testing::ElementsAre(id));
}

TEST(Statement, RefusesEveryOtherSpellingOfItsJson) {
  ASSERT_TRUE(Statement::parse(signed_text("segel/v1/order\n{\"a\":1,\"b\":[{}]}\n")));
  for (const std::string line : {"",
                                 "{}\n",
                                 " {}",
                                 "{} ",
                                 "{ }",
                                 "[]",
                                 "1",
                                 "null",
                                 "\"a\"",
                                 "{\"b\":1,\"a\":1}",
                                 "{\"a\":1,\"a\":1}",
                                 "{\"a\":1,\"a\":2}",
                                 "{\"a\": 1}",
                                 "{\"a\":01}",
                                 "{\"a\":1.0}",
                                 "{\"a\":1e3}",
                                 "{\"a\":-0}",
                                 "{\"a\":\"\\u0061\"}",
                                 "{\"a\":\"\\/\"}",
                                 "{\"a\":1,}",
                                 "{\"a\":18446744073709551616}",
                                 "{}{}",
                                 "{\"a\":NaN}",
                                 "{a:1}",
                                 "{\"a\":1}x",
                                 "// x"}) {
    const auto parsed = Statement::parse(signed_text("segel/v1/order\n" + line + "\n"));
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error(), Errc::malformed);
  }
}

TEST(Statement, RefusesOtherFirstLinesAndFurtherLines) {
  for (const std::string text :
       {"segel/v2/order\n{}\n", "segel/v1/\n{}\n", "segel/v1/Order\n{}\n", "segel/v1/order \n{}\n",
        "segel/v1/a-name-that-is-longer-than-thirty-two-letters\n{}\n", "order\n{}\n", "{}\n",
        "segel/v1/order\n", "segel/v1/order\n{}\n{}\n", "segel/v1/order\n\n{}\n",
        "segel/v1/order\n{}\nx\n"}) {
    EXPECT_FALSE(Statement::parse(signed_text(text))) << text;
  }
  EXPECT_FALSE(Statement::parse("segel/v1/order\n{}\n\n")) << "no signature at all";
}

TEST(Statement, RefusesDeepNestingAndGreatLength) {
  const auto nested = [](std::size_t depth) {
    return signed_text("segel/v1/order\n{\"a\":" + std::string(depth - 1, '[') +
                       std::string(depth - 1, ']') + "}\n");
  };
  EXPECT_TRUE(Statement::parse(nested(16)));
  EXPECT_FALSE(Statement::parse(nested(17)));
  EXPECT_FALSE(Statement::parse(nested(20000)));

  const auto long_text = [](std::size_t size) {
    return signed_text("segel/v1/order\n{\"a\":\"" + std::string(size, 'x') + "\"}\n");
  };
  const std::size_t rest = long_text(0).size();
  EXPECT_TRUE(Statement::parse(long_text(kMaxStatement - rest)));
  EXPECT_FALSE(Statement::parse(long_text(kMaxStatement - rest + 1)));
}

TEST(ParseJson, LetsNothingThroughThatTwoReadersCouldTakeDifferently) {
  EXPECT_TRUE(parse_json(R"( {"a": {"b": 1}, "b": [{"a": 2}, {"a": 3}]} )"));
  EXPECT_TRUE(parse_json("[18446744073709551615, -9223372036854775808]"));
  for (const auto* text :
       {R"({"a":1,"a":1})", R"({"x":{"a":1,"b":2,"a":3}})", R"([{"a":1,"\u0061":2}])", "1.5", "1e2",
        "18446744073709551616", "-9223372036854775809", "\"\xff\"", "", "{", "{}x"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error(), Errc::malformed);
  }
}

TEST(ObjectReader, ReadsWhatIsThereAndRefusesWhatIsNot) {
  const Id id = Id::make(1);
  const Recipient recipient = Identity::generate().recipient();
  const VerifyKey verify_key = SigningKey::generate().verify_key();
  const json made = {{"text", "t"},
                     {"number", 7},
                     {"flag", true},
                     {"id", id.text()},
                     {"bytes", "AAEC"},
                     {"to", recipient.text()},
                     {"by", verify_key.text()},
                     {"object", {{"x", 1}}},
                     {"array", {1, 2}}};
  const json object = parse_json(made.dump()).value();  // as it arrives
  ObjectReader in(object);
  EXPECT_EQ(in.text("text"), "t");
  EXPECT_EQ(in.number("number"), 7U);
  EXPECT_TRUE(in.flag("flag"));
  EXPECT_EQ(in.id("id"), id);
  EXPECT_EQ(in.block<3>("bytes"), (Block<3>{0, 1, 2}));
  EXPECT_EQ(in.recipient("to"), recipient);
  EXPECT_EQ(in.verify_key("by"), verify_key);
  EXPECT_EQ(in.object("object").size(), 1U);
  EXPECT_FALSE(in.complete()) << "\"array\" was not asked for";
  EXPECT_EQ(in.array("array").size(), 2U);
  EXPECT_TRUE(in.complete());
  in.refuse();
  EXPECT_FALSE(in.complete());
}

TEST(ObjectReader, IsIncompleteAfterAnyWrongField) {
  using Read = void (*)(ObjectReader&);
  const std::pair<json, Read> kWrong[] = {
      {json::object(), [](ObjectReader& in) { in.text("f"); }},
      {{{"f", ""}}, [](ObjectReader& in) { in.text("f"); }},
      {{{"f", "a\nb"}}, [](ObjectReader& in) { in.text("f"); }},
      {{{"f", 0}}, [](ObjectReader& in) { in.text("f"); }},
      {{{"f", -1}}, [](ObjectReader& in) { in.number("f"); }},
      {{{"f", "1"}}, [](ObjectReader& in) { in.number("f"); }},
      {{{"f", 0}}, [](ObjectReader& in) { in.flag("f"); }},
      {{{"f", "text"}}, [](ObjectReader& in) { in.id("f"); }},
      {{{"f", "AAE"}}, [](ObjectReader& in) { in.base64("f"); }},
      {{{"f", "AAEC"}}, [](ObjectReader& in) { in.block<4>("f"); }},
      {{{"f", "age1"}}, [](ObjectReader& in) { in.recipient("f"); }},
      {{{"f", "AAEC"}}, [](ObjectReader& in) { in.verify_key("f"); }},
      {{{"f", json::array()}}, [](ObjectReader& in) { in.object("f"); }},
      {{{"f", json::object()}}, [](ObjectReader& in) { in.array("f"); }},
  };
  for (const auto& [object, read] : kWrong) {
    ObjectReader in(object);
    read(in);
    EXPECT_FALSE(in.complete()) << object;
  }
  const json array = json::array();
  EXPECT_FALSE(ObjectReader(array).complete());
}

}  // namespace
}  // namespace crypto
