#include "api/head_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using api::HeadErrc;
using api::HeadScanner;

tl::expected<api::RequestHead, HeadErrc> scan(std::string_view bytes) {
  HeadScanner scanner("https");
  const auto complete = scanner.scan(crypto::as_bytes(bytes));
  if (!complete) return tl::unexpected(complete.error());
  if (!*complete) ADD_FAILURE() << "more bytes wanted";
  return std::move(scanner.head());
}

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: segel\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields) {
  return "POST /v1/x HTTP/1.1\r\nHost: segel\r\n" + fields + "\r\n";
}

struct Row {
  const char* name;
  std::string bytes;
  HeadErrc error;
  int status;
};

class HeadRefused : public testing::TestWithParam<Row> {};

TEST_P(HeadRefused, WithItsReason) {
  const auto head = scan(GetParam().bytes);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error(), GetParam().error);
  EXPECT_EQ(api::refusal_for(head.error()).status, GetParam().status);
}

// However the bytes are cut, the answer is the same: no reading rests on where a packet ends.
TEST_P(HeadRefused, ByteByByteAsWell) {
  const std::string& bytes = GetParam().bytes;
  HeadScanner scanner("https");
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const auto complete = scanner.scan(crypto::as_bytes(std::string_view(bytes).substr(0, size)));
    if (complete) {
      ASSERT_FALSE(*complete);
      continue;
    }
    EXPECT_EQ(complete.error(), GetParam().error);
    return;
  }
  FAIL() << "never refused";
}

using std::string;
using namespace std::string_literals;

const Row kRefusals[] = {
    // The request line.
    {"Http09", "GET /\r\n\r\n", HeadErrc::malformed, 400},
    {"Http10", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", HeadErrc::old_version, 426},
    {"Http10Chunked", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
     HeadErrc::old_version, 426},
    {"Http20", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", HeadErrc::unsupported_version, 505},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HeadErrc::unsupported_version, 505},
    {"Http01", "GET / HTTP/0.1\r\nHost: a\r\n\r\n", HeadErrc::unsupported_version, 505},
    {"VersionLowerCase", "GET / http/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"VersionTwoDigits", "GET / HTTP/1.11\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"VersionMissingDigit", "GET / HTTP/1.\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"VersionOfAnother", "GET / SIP/2.0..\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"TwoSpacesAfterMethod", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::bad_target, 400},
    {"TwoSpacesBeforeVersion", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::bad_target, 400},
    {"SpaceAfterVersion", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"TabInsteadOfSpace", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"SpaceBeforeMethod", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"MethodNoToken", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"MethodTooLong", string(40, 'G') + " / HTTP/1.1\r\nHost: a\r\n\r\n",
     HeadErrc::unsupported_method, 501},
    {"Connect", "CONNECT segel:443 HTTP/1.1\r\nHost: segel:443\r\n\r\n",
     HeadErrc::unsupported_method, 501},
    {"Trace", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::unsupported_method, 501},
    {"TwoEmptyLinesBefore", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    {"NoTarget", "GET HTTP/1.1\r\nHost: a\r\n\r\n", HeadErrc::malformed, 400},
    // Lines.
    {"BareLf", "GET / HTTP/1.1\nHost: a\n\n", HeadErrc::malformed, 400},
    {"BareLfInField", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", HeadErrc::malformed, 400},
    {"BareCr", "GET / HTTP/1.1\rHost: a\r\r", HeadErrc::malformed, 400},
    {"BareCrInValue", get("/", "X: a\rb\r\n"), HeadErrc::malformed, 400},
    {"CrCrLf", get("/", "X: a\r\r\n"), HeadErrc::malformed, 400},
    {"Nul", get("/", "X: a\0b\r\n"s), HeadErrc::malformed, 400},
    {"NulInTarget", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"s, HeadErrc::malformed, 400},
    {"Control", get("/", "X: a\x01\r\n"), HeadErrc::malformed, 400},
    {"Escape", get("/", "X: a\x1b[2J\r\n"), HeadErrc::malformed, 400},
    {"Delete", get("/", "X: a\x7f\r\n"), HeadErrc::malformed, 400},
    {"TlsRecord", "\x16\x03\x01\x02\x00\x01\x00"s, HeadErrc::malformed, 400},
    // Fields.
    {"SpaceBeforeColon", get("/", "X : a\r\n"), HeadErrc::malformed, 400},
    {"TabBeforeColon", get("/", "X\t: a\r\n"), HeadErrc::malformed, 400},
    {"SpaceInName", get("/", "X Y: a\r\n"), HeadErrc::malformed, 400},
    {"FoldedBySpace", get("/", "X: a\r\n b\r\n"), HeadErrc::malformed, 400},
    {"FoldedByTab", get("/", "X: a\r\n\tb\r\n"), HeadErrc::malformed, 400},
    {"FoldedWithColon", get("/", "X: a\r\n Y: b\r\n"), HeadErrc::malformed, 400},
    {"SpaceAfterRequestLine", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", HeadErrc::malformed, 400},
    {"NoColon", get("/", "nonsense\r\n"), HeadErrc::malformed, 400},
    {"EmptyName", get("/", ": a\r\n"), HeadErrc::malformed, 400},
    {"Latin1Name", get("/", "X\xe9: a\r\n"), HeadErrc::malformed, 400},
    // Host.
    {"NoHost", "GET / HTTP/1.1\r\n\r\n", HeadErrc::bad_host, 400},
    {"TwoHosts", get("/", "Host: b\r\n"), HeadErrc::bad_host, 400},
    {"TwoEqualHosts", get("/", "Host: segel\r\n"), HeadErrc::bad_host, 400},
    {"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", HeadErrc::bad_host, 400},
    {"HostWithUser", "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", HeadErrc::bad_host, 400},
    {"HostWithPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HeadErrc::bad_host, 400},
    {"HostWithSpace", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HeadErrc::bad_host, 400},
    {"HostPortNoNumber", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", HeadErrc::bad_host, 400},
    {"TwoHostsInOne", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HeadErrc::bad_host, 400},
    // Length of the body.
    {"CodingAndLength", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"),
     HeadErrc::bad_framing, 400},
    {"LengthAndCoding", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
     HeadErrc::bad_framing, 400},
    {"TwoLengths", post("Content-Length: 3\r\nContent-Length: 4\r\n"), HeadErrc::bad_framing, 400},
    {"TwoEqualLengths", post("Content-Length: 3\r\nContent-Length: 3\r\n"), HeadErrc::bad_framing,
     400},
    {"LengthList", post("Content-Length: 3, 3\r\n"), HeadErrc::bad_framing, 400},
    {"LengthNegative", post("Content-Length: -3\r\n"), HeadErrc::bad_framing, 400},
    {"LengthSigned", post("Content-Length: +3\r\n"), HeadErrc::bad_framing, 400},
    {"LengthHex", post("Content-Length: 0x3\r\n"), HeadErrc::bad_framing, 400},
    {"LengthFraction", post("Content-Length: 3.0\r\n"), HeadErrc::bad_framing, 400},
    {"LengthEmpty", post("Content-Length:\r\n"), HeadErrc::bad_framing, 400},
    {"LengthWord", post("Content-Length: three\r\n"), HeadErrc::bad_framing, 400},
    {"LengthTwoWords", post("Content-Length: 3 4\r\n"), HeadErrc::bad_framing, 400},
    {"LengthAbove63Bits", post("Content-Length: 9223372036854775808\r\n"), HeadErrc::body_too_large,
     413},
    {"LengthAbove64Bits", post("Content-Length: 18446744073709551619\r\n"),
     HeadErrc::body_too_large, 413},
    {"CodingUnknown", post("Transfer-Encoding: xchunked\r\n"), HeadErrc::unsupported_coding, 501},
    {"CodingGzip", post("Transfer-Encoding: gzip, chunked\r\n"), HeadErrc::unsupported_coding, 501},
    {"CodingIdentity", post("Transfer-Encoding: identity\r\n"), HeadErrc::unsupported_coding, 501},
    {"CodingVerticalTab",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n"),
     HeadErrc::malformed, 400},
    {"CodingTwice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
     HeadErrc::bad_framing, 400},
    {"CodingChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n"),
     HeadErrc::unsupported_coding, 501},
    {"CodingEmpty", post("Transfer-Encoding:\r\n"), HeadErrc::bad_framing, 400},
    {"CodingQuoted", post("Transfer-Encoding: \"chunked\"\r\n"), HeadErrc::unsupported_coding, 501},
    // Other fields.
    {"ExpectUnknown", post("Content-Length: 3\r\nExpect: tea\r\n"), HeadErrc::unsupported_expect,
     417},
    {"ExpectTwice", post("Content-Length: 3\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n"),
     HeadErrc::unsupported_expect, 417},
    // Sizes.
    {"TargetTooLong", get("/" + string(8192, 'a')), HeadErrc::target_too_long, 414},
    {"RequestLineWithoutEnd", "GET /" + string(9000, 'a'), HeadErrc::target_too_long, 414},
    {"HeadTooLarge", get("/", "X: " + string(65536, 'a') + "\r\n"), HeadErrc::head_too_large, 431},
    {"HeadWithoutEnd", "GET / HTTP/1.1\r\nX: " + string(65536, 'a'), HeadErrc::head_too_large, 431},
    {"TooManyFields",
     get("/",
         [] {
           string fields;
           for (int i = 0; i < 100; ++i) fields += "X: a\r\n";
           return fields;
         }()),
     HeadErrc::head_too_large, 431},
    // Targets.
    {"TargetAuthority", get("segel:443"), HeadErrc::bad_target, 400},
    {"TargetRelative", get("v1/cases"), HeadErrc::bad_target, 400},
    {"TargetStarWithGet", get("*"), HeadErrc::bad_target, 400},
    {"TargetFragment", get("/a#b"), HeadErrc::bad_target, 400},
    {"TargetRawUtf8", get("/\xc3\xa9"), HeadErrc::bad_target, 400},
    {"TargetBackslash", get("/a\\b"), HeadErrc::bad_target, 400},
    {"TargetQuote", get("/a\"b"), HeadErrc::bad_target, 400},
    {"AbsoluteOtherScheme", get("http://segel/v1"), HeadErrc::misdirected, 421},
    {"AbsoluteWithUser", get("https://me:pw@segel/v1"), HeadErrc::bad_target, 400},
    {"AbsoluteNoHost", get("https:///v1"), HeadErrc::bad_target, 400},
    {"AbsoluteQueryOnly", get("https://segel?a=b"), HeadErrc::bad_target, 400},
    {"PathEncodedSlash", get("/a%2Fb"), HeadErrc::bad_target, 400},
    {"PathEncodedSlashLower", get("/a%2fb"), HeadErrc::bad_target, 400},
    {"PathEncodedNul", get("/a%00"), HeadErrc::bad_target, 400},
    {"PathEncodedLineEnd", get("/a%0d%0ab"), HeadErrc::bad_target, 400},
    {"PathEncodedDelete", get("/a%7f"), HeadErrc::bad_target, 400},
    {"PathC1Control", get("/a%c2%85"), HeadErrc::bad_target, 400},
    {"PathOverlongSlash", get("/a%c0%afb"), HeadErrc::bad_target, 400},
    {"PathOverlong3", get("/a%e0%80%afb"), HeadErrc::bad_target, 400},
    {"PathSurrogate", get("/%ed%a0%80"), HeadErrc::bad_target, 400},
    {"PathAboveUnicode", get("/%f4%90%80%80"), HeadErrc::bad_target, 400},
    {"PathCutUtf8", get("/%e2%82"), HeadErrc::bad_target, 400},
    {"PathStrayContinuation", get("/%80"), HeadErrc::bad_target, 400},
    {"PathLatin1", get("/%e9"), HeadErrc::bad_target, 400},
    {"PathDot", get("/a/./b"), HeadErrc::bad_target, 400},
    {"PathDotDot", get("/a/../b"), HeadErrc::bad_target, 400},
    {"PathDotDotAtEnd", get("/a/.."), HeadErrc::bad_target, 400},
    {"PathEncodedDotDot", get("/a/%2e%2E/b"), HeadErrc::bad_target, 400},
    {"PathEmptySegment", get("/a//b"), HeadErrc::bad_target, 400},
    {"PathTwoSlashes", get("//"), HeadErrc::bad_target, 400},
    {"PathTrailingSlash", get("/a/"), HeadErrc::bad_target, 400},
    {"EscapeCut", get("/a%4"), HeadErrc::bad_target, 400},
    {"EscapeAlone", get("/a%"), HeadErrc::bad_target, 400},
    {"EscapeNoHex", get("/a%zz"), HeadErrc::bad_target, 400},
    {"EscapeUnicode", get("/a%u0041"), HeadErrc::bad_target, 400},
    {"QueryTwice", get("/a?x=1&x=2"), HeadErrc::bad_target, 400},
    {"QueryTwiceByEncoding", get("/a?x=1&%78=2"), HeadErrc::bad_target, 400},
    {"QueryNoName", get("/a?=1"), HeadErrc::bad_target, 400},
    {"QueryEmptyPair", get("/a?x=1&&y=2"), HeadErrc::bad_target, 400},
    {"QueryNul", get("/a?x=%00"), HeadErrc::bad_target, 400},
    {"QueryBadEscape", get("/a?x=%g1"), HeadErrc::bad_target, 400},
    {"QueryOverlong", get("/a?x=%c0%80"), HeadErrc::bad_target, 400},
};
INSTANTIATE_TEST_SUITE_P(HeadScanner, HeadRefused, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return row.param.name; });

TEST(HeadScanner, KnowsThatItIsToHeadWhateverIsWrongWithTheRest) {
  for (const std::string line : {"HEAD /%zz HTTP/1.1\r\n", "HEAD / HTTP/1.0\r\n", "HEAD /\n",
                                 "\r\nHEAD / HTTP/1.1\r\nHost : a\r\n"}) {
    HeadScanner scanner("https");
    EXPECT_FALSE(scanner.scan(crypto::as_bytes(line))) << line;
    EXPECT_TRUE(scanner.is_to_head()) << line;
  }
  HeadScanner scanner("https");
  EXPECT_FALSE(scanner.scan(crypto::as_bytes("GET HEAD /\n")));
  EXPECT_FALSE(scanner.is_to_head());
}

TEST(HeadScanner, ReadsARequest) {
  const auto head = scan(
      "POST /v1/cases/KKR-7F3K/documents?type=VER&q=a%20b+c HTTP/1.1\r\nHost: segel:8443\r\n"
      "Content-Length: 12\r\nAccept:  a/b \t\r\nACCEPT: c/d\r\n\r\nbody");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target.origin, "/v1/cases/KKR-7F3K/documents?type=VER&q=a%20b+c");
  EXPECT_EQ(head->target.path, "/v1/cases/KKR-7F3K/documents");
  EXPECT_EQ(head->target.segments,
            (std::vector<std::string>{"v1", "cases", "KKR-7F3K", "documents"}));
  EXPECT_EQ(head->target.query,
            (std::map<std::string, std::string>{{"type", "VER"}, {"q", "a b c"}}));
  EXPECT_EQ(head->headers.count("accept"), 2u);
  EXPECT_FALSE(head->headers.one("accept"));
  EXPECT_EQ(head->headers.all()[2].second, "a/b");
  EXPECT_EQ(head->framing.length, 12u);
  EXPECT_FALSE(head->close);
}

TEST(HeadScanner, IsCompleteAtTheEmptyLineAndNotBefore) {
  const std::string bytes = get("/a", "X: b\r\n") + "GET /next";
  const std::size_t end = bytes.find("GET /next");
  HeadScanner scanner("https");
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    if (size > end) break;
    const auto complete = scanner.scan(crypto::as_bytes(std::string_view(bytes).substr(0, size)));
    ASSERT_TRUE(complete) << size;
    EXPECT_EQ(*complete, size == end) << size;
  }
  EXPECT_EQ(scanner.size(), end);
}

TEST(HeadScanner, LeavesWhatFollowsTheHead) {
  const std::string first = get("/a");
  HeadScanner scanner("https");
  ASSERT_EQ(scanner.scan(crypto::as_bytes(first + get("/b"))), true);
  EXPECT_EQ(scanner.size(), first.size());
  EXPECT_EQ(scanner.head().target.path, "/a");
}

TEST(HeadScanner, PassesOverOneEmptyLineBeforeARequest) {
  const auto head = scan("\r\n" + get("/a"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->target.path, "/a");
}

TEST(HeadScanner, DecodesAPathOnce) {
  const auto head = scan(get("/a%2541/%c3%a9%20b;c=d"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->target.segments, (std::vector<std::string>{"a%41", "\xc3\xa9 b;c=d"}));
}

TEST(HeadScanner, TakesTheAbsoluteFormOfItsOwnScheme) {
  const auto head = scan(get("HTTPS://segel.example:8443/v1/cases?a=b"));
  ASSERT_TRUE(head);
  EXPECT_EQ(head->target.origin, "/v1/cases?a=b");
  EXPECT_EQ(head->target.path, "/v1/cases");
  const auto root = scan(get("https://segel.example"));
  ASSERT_TRUE(root);
  EXPECT_EQ(root->target.path, "/");
  EXPECT_TRUE(root->target.segments.empty());
}

TEST(HeadScanner, TakesOptionsOfTheWholeServer) {
  const auto head = scan("OPTIONS * HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->target.path, "*");
}

TEST(HeadScanner, KnowsChunksExpectationsAndTheEndOfTheConnection) {
  const auto head =
      scan(post("Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\nConnection: x, Close\r\n"));
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->framing.chunked);
  EXPECT_FALSE(head->framing.length);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_TRUE(head->close);
}

TEST(HeadScanner, ExpectsNothingWithoutABody) {
  const auto head = scan(post("Content-Length: 0\r\nExpect: 100-continue\r\n"));
  ASSERT_TRUE(head);
  EXPECT_FALSE(head->expects_continue);
}

TEST(HeadScanner, TakesALaterMinorVersionAs11) {
  EXPECT_TRUE(scan("GET / HTTP/1.2\r\nHost: a\r\n\r\n"));
}

TEST(HeadScanner, TakesTheLargestOfEverything) {
  EXPECT_TRUE(scan(get("/" + std::string(8191, 'a'))));
  EXPECT_TRUE(scan(post("Content-Length: 9223372036854775807\r\n")));
  std::string fields;
  for (int i = 0; i < 99; ++i) fields += "X: a\r\n";
  EXPECT_TRUE(scan(get("/", fields)));
  const std::string frame = get("/", "X: \r\n");
  const std::string full = get("/", "X: " + std::string(65536 - frame.size(), 'a') + "\r\n");
  ASSERT_EQ(full.size(), 65536u);
  EXPECT_TRUE(scan(full));
}

}  // namespace
