// Targets that could be read in two ways, and paths whose encoding hides what they mean.
#include "api/hostile_bytes.h"

namespace {

using hostile::get;
using hostile::HostileBytes;
using hostile::Row;
using hostile::Then;

constexpr const char* kBad = "400 bad-request";

// With a session, so that what is refused is refused for its target.
std::string seen(const std::string& target) {
  return get(target, "Authorization: Bearer @TOKEN@\r\n");
}

TEST_F(HostileBytes, WithATargetOfAnotherForm) {
  try_all({
      {"Absolute", get("https://segel/readyz"), "200", Then::serves_on},
      {"AbsoluteOfAnotherHost", get("https://other:1/readyz"), "200", Then::serves_on},
      {"AbsoluteWithoutPath", get("https://segel"), "404 not-found", Then::serves_on},
      {"AbsoluteOfAnotherScheme", get("http://segel/readyz"), "421 misdirected"},
      {"AbsoluteOfAFile", get("file:///etc/passwd"), "421 misdirected"},
      {"AbsoluteWithUser", get("https://me:pw@segel/readyz"), kBad},
      {"AbsoluteWithoutHost", get("https:///readyz"), kBad},
      {"Authority", get("segel:443"), kBad},
      {"AuthorityWithoutPort", get("segel"), kBad},
      {"Relative", get("readyz"), kBad},
      {"StarToGet", get("*"), kBad},
      {"StarToOptions", "OPTIONS * HTTP/1.1\r\nHost: segel\r\n\r\n", "404 not-found",
       Then::serves_on},
      {"TwoSlashes", get("//segel/readyz"), kBad},
      {"Fragment", get("/readyz#a"), kBad},
      {"Backslash", get("/v1\\readyz"), kBad},
      {"Quote", get("/readyz\""), kBad},
      {"Space", get("/ready z"), kBad},
      {"RawUtf8", get("/r\xc3\xa9"), kBad},
  });
}

TEST_F(HostileBytes, WithAPathThatIsEncodedToHideSomething) {
  try_all({
      {"Sound", seen("/v1/cases/@CASE@"), "200", Then::serves_on},
      {"Letter", get("/re%61dyz"), "200", Then::serves_on},
      {"Twice", get("/re%2561dyz"), "404 not-found", Then::serves_on},
      {"Slash", seen("/v1%2fcases/@CASE@"), kBad},
      {"SlashInCapitals", seen("/v1/cases%2F@CASE@"), kBad},
      {"Backslash", get("/v1%5ccases"), "404 not-found", Then::serves_on},
      {"Dot", get("/v1/./session"), kBad},
      {"DotDot", get("/v1/../readyz"), kBad},
      {"DotDotEncoded", get("/v1/%2e%2e/readyz"), kBad},
      {"DotDotEncodedTwice", get("/v1/%252e%252e/readyz"), "404 not-found", Then::serves_on},
      {"DotDotHalfEncoded", get("/v1/.%2E/readyz"), kBad},
      {"DotDotWithParameter", get("/v1/..;a/readyz"), "404 not-found", Then::serves_on},
      {"EmptySegment", get("/v1//session"), kBad},
      {"SlashAtTheEnd", get("/readyz/"), kBad},
      {"Nul", get("/readyz%00"), kBad},
      {"NulAndMore", seen("/v1/cases/@CASE@%00.txt"), kBad},
      {"LineEnd", get("/readyz%0d%0aX: y"), kBad},
      {"LineEndEncoded", get("/readyz%0d%0aX:y"), kBad},
      {"Escape", get("/%1b%5b2J"), kBad},
      {"EscapeCut", get("/readyz%4"), kBad},
      {"EscapeAlone", get("/readyz%"), kBad},
      {"EscapeNoNumber", get("/readyz%g1"), kBad},
      {"EscapeOfUnicode", get("/%u0072eadyz"), kBad},
      {"ParameterBehind", get("/readyz;a=b"), "404 not-found", Then::serves_on},
      {"OverlongSlash", get("/v1%c0%afsession"), kBad},
      {"OverlongSlashOf3", get("/v1%e0%80%afsession"), kBad},
      {"OverlongDot", get("/v1/%c0%ae%c0%ae/readyz"), kBad},
      {"OverlongNul", get("/readyz%c0%80"), kBad},
      {"OverlongOf4", get("/%f0%80%80%af"), kBad},
      {"Surrogate", get("/%ed%a0%80"), kBad},
      {"AboveUnicode", get("/%f4%90%80%80"), kBad},
      {"Utf8Cut", get("/%e2%82"), kBad},
      {"Latin1", get("/%e9"), kBad},
      {"Utf8", get("/%c3%a9"), "404 not-found", Then::serves_on},
  });
}

TEST_F(HostileBytes, WithAQueryThatCouldBeReadInTwoWays) {
  try_all({
      {"NameTwice", seen("/v1/log/proof?index=0&index=1"), kBad},
      {"NameTwiceByEncoding", seen("/v1/log/proof?index=0&%69ndex=1"), kBad},
      {"NameEmpty", seen("/v1/log/proof?=0"), kBad},
      {"PairEmpty", seen("/v1/log/proof?index=0&&a=b"), kBad},
      {"Nul", seen("/v1/log/proof?index=%00"), kBad},
      {"Overlong", seen("/v1/log/proof?index=%c0%b0"), kBad},
      {"Escape", seen("/v1/log/proof?index=%3"), kBad},
      {"NumberNegative", seen("/v1/log/proof?index=-1"), kBad, Then::serves_on},
      {"NumberSigned", seen("/v1/log/proof?index=%2b0"), kBad, Then::serves_on},
      {"NumberAbove64Bits", seen("/v1/log/proof?index=18446744073709551616"), kBad,
       Then::serves_on},
      {"NumberHexadecimal", seen("/v1/log/proof?index=0x0"), kBad, Then::serves_on},
  });
}

}  // namespace
