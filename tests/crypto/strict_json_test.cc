#include "crypto/strict_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace crypto {
namespace {

using namespace std::string_literals;

struct Row {
  const char* name;
  std::string text;
};

class JsonRefused : public testing::TestWithParam<Row> {};
TEST_P(JsonRefused, BecauseTwoReadersCouldTakeItForTwoThings) {
  EXPECT_FALSE(parse_json(GetParam().text));
}

const Row kRefused[] = {
    {"KeyTwice", R"({"a":1,"a":1})"},
    {"KeyTwiceByEscape", R"({"a":1,"\u0061":1})"},
    {"KeyTwiceFurtherIn", R"([{"b":{"a":1,"a":2}}])"},
    {"Fraction", "[1.5]"},
    {"Beyond64Bits", "[18446744073709551616]"},
    {"NotUtf8", "[\"\xff\"]"},
    {"OverlongUtf8", "[\"\xc0\xaf\"]"},
    {"DepthOf17", std::string(17, '[') + std::string(17, ']')},
    {"DepthOf100000", std::string(100'000, '[')},
    {"TextBehindNul", "{}\0{\"a\":1}"s},
    {"NulAtTheEnd", "{}\0"s},
    {"ByteOrderMark", "\xef\xbb\xbf{}"},
    {"SecondValue", "{}{}"},
    {"Nothing", ""},
};
INSTANTIATE_TEST_SUITE_P(StrictJson, JsonRefused, testing::ValuesIn(kRefused),
                         [](const auto& row) { return row.param.name; });

TEST(StrictJson, TakesWhatHasOneMeaning) {
  EXPECT_TRUE(parse_json(" { \"a\" : [ -9223372036854775808 , 18446744073709551615 ] }\r\n"));
  EXPECT_TRUE(parse_json(std::string(16, '[') + std::string(16, ']')));
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":2}])"));
  EXPECT_EQ(*parse_json(R"({"a":"\u0000"})"), nlohmann::json({{"a", "\0"s}}));
}

}  // namespace
}  // namespace crypto
