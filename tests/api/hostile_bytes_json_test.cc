// Bodies of JSON that two readers would read differently, that no reader should get to its end, and
// that have none.
#include <gmock/gmock.h>

#include "api/hostile_bytes.h"

namespace {

using hostile::HostileBytes;
using hostile::kChunked;
using hostile::length;
using hostile::new_case;
using hostile::Row;
using hostile::Then;
using namespace std::string_literals;

constexpr const char* kBad = "400 bad-request";

// A case that would be made, were it not for what stands around or in it.
const std::string kCase = R"({"category":"KTP-FIS","flags":[],"minor":false})";
std::string with(const std::string& members) {
  return R"({"category":"KTP-FIS","flags":[],"minor":false,)" + members + "}";
}

Row row(const char* name, const std::string& json) {
  return {name, new_case(json), kBad, Then::serves_on};
}

std::string nested(std::size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST_F(HostileBytes, InJson) {
  const auto lists = nested(100'000, "[", "]"), objects = nested(100'000, R"({"a":)", "}");
  try_all({
      {"Sound", new_case(kCase), "201", Then::serves_on, 0, 1},
      row("KeyTwice", with(R"("category":"KTP-FIS")")),
      row("KeyTwiceByEscape", with(R"("\u0063ategory":"KTP-FIS")")),
      row("UnknownKey", with(R"("a":"b")")),
      row("KeyMissing", R"({"category":"KTP-FIS","flags":[]})"),
      row("NulAndMore", kCase + "\0{\"more\":1}"s),
      row("NulAtTheEnd", kCase + "\0"s),
      row("ByteOrderMark", "\xef\xbb\xbf" + kCase),
      row("MoreBehind", kCase + "{}"),
      row("CommaAtTheEnd", R"({"category":"KTP-FIS","flags":[],"minor":false,})"),
      row("Comment", kCase + "/* sound */"),
      row("SingleQuotes", R"({'category':'KTP-FIS','flags':[],'minor':false})"),
      row("List", "[" + kCase + "]"),
      row("String", R"("KTP-FIS")"),
      row("Null", "null"),
      row("WordForFlag", R"({"category":"KTP-FIS","flags":[],"minor":"false"})"),
      row("NumberForFlag", R"({"category":"KTP-FIS","flags":[],"minor":0})"),
      row("ListForText", R"({"category":["KTP-FIS"],"flags":[],"minor":false})"),
      row("NumberAbove64Bits", with(R"("a":18446744073709551616)")),
      row("NumberBelow64Bits", with(R"("a":-9223372036854775809)")),
      row("NumberOf1000Digits", with(R"("a":)" + std::string(1000, '9'))),
      row("NumberWithAHugeExponent", with(R"("a":1e999999)")),
      row("NotANumber", with(R"("a":NaN)")),
      row("InvalidUtf8", R"({"category":"KTP-FIS)"
                         "\xff"
                         R"(","flags":[],"minor":false})"),
      row("OverlongUtf8", R"({"category":"KTP)"
                          "\xc0\xad"
                          R"(FIS","flags":[],"minor":false})"),
      row("LoneSurrogate", R"({"category":"KTP-FIS\ud800","flags":[],"minor":false})"),
      row("ControlInString", "{\"category\":\"KTP-FIS\n\",\"flags\":[],\"minor\":false}"),
      row("NulInString", R"({"category":"KTP-FIS\u0000","flags":[],"minor":false})"),
      row("DepthOf100000Lists", lists),
      row("DepthOf100000Objects", objects),
      row("DepthOf100000InAValue", with("\"a\":" + lists)),
      row("DepthOf100000Unclosed", std::string(100'000, '[')),
      row("Utf16", "{\0}\0"s),
      {"ContentTypeOfText",
       "POST /v1/cases HTTP/1.1\r\nHost: segel\r\nAuthorization: Bearer @TOKEN@\r\n"
       "Content-Type: text/plain\r\n" +
           length(kCase.size()) + "\r\n" + kCase,
       "415 unsupported-media-type", Then::serves_on},
  });
}

TEST_F(HostileBytes, InTheJsonOfALogin) {
  const auto login = [](const char* name, const std::string& json) -> Row {
    return {name,
            "POST /v1/sessions HTTP/1.1\r\nHost: segel\r\nContent-Type: application/json\r\n" +
                length(json.size()) + "\r\n" + json,
            kBad, Then::serves_on};
  };
  const std::string key(40, 'A');
  try_all({
      login("KeyThatIsNone", R"({"identity":")" + key + R"("})"),
      login("TwoMembers", R"({"identity":")" + key + R"(","identity":")" + key + R"("})"),
      login("NulAndMore", R"({"recipient":"age1"})"
                          "\0{}"s),
      login("EscapeInIt", R"({"recipient":"age1\u0031"})"),
      login("Depth", nested(500, "[", "]")),
  });
}

// A gigabyte: the service says no when it knows enough, long before the end.
TEST_F(HostileBytes, InAGigabyteOfJson) {
  constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30;
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  const std::string head =
      "POST /v1/cases HTTP/1.1\r\nHost: segel\r\nAuthorization: Bearer @TOKEN@\r\n"
      "Content-Type: application/json\r\n";
  const std::string body = "{\"category\":\"" + std::string(kPiece, 'a');
  struct Framed {
    const char* name;
    std::string head, before, behind;  // of each piece
  };
  for (const Framed& framed : {Framed{"Length", head + length(kGigabyte) + "\r\n", "", ""},
                               Framed{"Chunks", head + kChunked + "\r\n", "10000\r\n", "\r\n"}}) {
    SCOPED_TRACE(framed.name);
    auto client = connect();
    ASSERT_TRUE(client.send(filled_in(framed.head)));
    const std::string piece = framed.before + body.substr(0, kPiece) + framed.behind;
    std::uint64_t sent = 0;
    while (sent < kGigabyte && !client.is_answered() && client.send(piece)) sent += kPiece;
    EXPECT_LT(sent, kGigabyte / 4);
    EXPECT_THAT(hostile::answers_in(client.read_all(), false),
                testing::ElementsAre("413 too-large"));
    EXPECT_TRUE(client.ended());
  }
  try_all({});
}

}  // namespace
