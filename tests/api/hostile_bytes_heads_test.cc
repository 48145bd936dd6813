// Heads that are no head of HTTP/1.1, or of no end.
#include "api/hostile_bytes.h"

namespace {

using hostile::get;
using hostile::HostileBytes;
using hostile::Row;
using hostile::Then;
using namespace std::string_literals;

constexpr const char* kBad = "400 bad-request";

TEST_F(HostileBytes, WithALineThatIsNone) {
  try_all({
      {"Sound", get("/readyz", "X: y\r\n"), "200", Then::serves_on},
      {"Http09", "GET /readyz\r\n", kBad},
      {"Http09WithoutEnd", "GET /readyz\n", kBad},
      {"Http10", "GET /readyz HTTP/1.0\r\nHost: segel\r\n\r\n", "426 upgrade-required"},
      {"Http20", "GET /readyz HTTP/2.0\r\nHost: segel\r\n\r\n", "505 http-version"},
      {"VersionOfTwoDigits", "GET /readyz HTTP/1.11\r\nHost: segel\r\n\r\n", kBad},
      {"VersionInSmallLetters", "GET /readyz http/1.1\r\nHost: segel\r\n\r\n", kBad},
      {"TwoSpaces", "GET  /readyz HTTP/1.1\r\nHost: segel\r\n\r\n", kBad},
      {"Tab", "GET\t/readyz HTTP/1.1\r\nHost: segel\r\n\r\n", kBad},
      {"SpaceBehindVersion", "GET /readyz HTTP/1.1 \r\nHost: segel\r\n\r\n", kBad},
      {"BareLf", "GET /readyz HTTP/1.1\nHost: segel\n\n", kBad},
      {"BareLfInFields", get("/readyz", "X: y\nZ: z\r\n"), kBad},
      {"BareLfAtTheEnd", "GET /readyz HTTP/1.1\r\nHost: segel\r\n\n", kBad},
      {"BareCr", "GET /readyz HTTP/1.1\rHost: segel\r\r", kBad},
      {"BareCrInFields", get("/readyz", "X: y\rZ: z\r\n"), kBad},
      {"CrCrLf", get("/readyz", "X: y\r\r\n"), kBad},
      {"Folded", get("/readyz", "X: y\r\n z\r\n"), kBad},
      {"FoldedByTab", get("/readyz", "X: y\r\n\tz\r\n"), kBad},
      {"FoldedAtTheFirst", "GET /readyz HTTP/1.1\r\n Host: segel\r\n\r\n", kBad},
      {"SpaceBeforeColon", get("/readyz", "X : y\r\n"), kBad},
      {"TabBeforeColon", get("/readyz", "X\t: y\r\n"), kBad},
      {"SpaceInName", get("/readyz", "X Y: z\r\n"), kBad},
      {"NoColon", get("/readyz", "nonsense\r\n"), kBad},
      {"NoName", get("/readyz", ": y\r\n"), kBad},
      {"NulInValue", get("/readyz", "X: a\0b\r\n"s), kBad},
      {"NulInName", get("/readyz", "X\0Y: a\r\n"s), kBad},
      {"NulInTarget", get("/ready\0z"s), kBad},
      {"ControlInValue", get("/readyz", "X: a\x01\r\n"), kBad},
      {"EscapeInValue", get("/readyz", "X: \x1b[2J\r\n"), kBad},
      {"TlsInTls", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, kBad},
  });
}

TEST_F(HostileBytes, WithoutOneHost) {
  const std::string line = "GET /readyz HTTP/1.1\r\n";
  try_all({
      {"None", line + "\r\n", kBad},
      {"Two", line + "Host: segel\r\nHost: other\r\n\r\n", kBad},
      {"TwoEqual", line + "Host: segel\r\nHost: segel\r\n\r\n", kBad},
      {"TwoInOne", line + "Host: segel, other\r\n\r\n", kBad},
      {"Empty", line + "Host:\r\n\r\n", kBad},
      {"WithAUser", line + "Host: me@segel\r\n\r\n", kBad},
      {"WithAPath", line + "Host: segel/v1\r\n\r\n", kBad},
      {"WithAPort", line + "Host: segel:8443\r\n\r\n", "200", Then::serves_on},
      {"OfIpv6", line + "Host: [::1]:8443\r\n\r\n", "200", Then::serves_on},
  });
}

TEST_F(HostileBytes, WithoutEnd) {
  const std::string ten_megabytes(std::size_t{10} << 20, 'a');
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  try_all({
      {"AFieldOf10MB", get("/readyz", "X: " + ten_megabytes + "\r\n"), "431 head-too-large"},
      {"ANameOf10MB", get("/readyz", ten_megabytes + ": y\r\n"), "431 head-too-large"},
      {"TenThousandFields", get("/readyz", fields), "431 head-too-large"},
      {"ATargetOf10MB", get("/" + ten_megabytes), "414 uri-too-long"},
      {"AMethodOf10MB", ten_megabytes + " / HTTP/1.1\r\nHost: segel\r\n\r\n", "414 uri-too-long"},
      {"ATokenOf60KB",
       get("/v1/session", "Authorization: Bearer " + std::string(60'000, 'a') + "\r\n"),
       "401 session-ended", Then::serves_on},
  });
}

// What refuses a HEAD has no body: the client would take it for the next answer.
TEST_F(HostileBytes, ToHead) {
  const std::string head = "HEAD /readyz HTTP/1.1\r\n";
  try_all({
      {"NoSuchMethod", head + "Host: segel\r\n\r\n", "405", Then::serves_on},
      {"NoHost", head + "\r\n", "400"},
      {"NoField", head + "Host: segel\r\nnonsense\r\n\r\n", "400"},
      {"NoTarget", "HEAD /%zz HTTP/1.1\r\nHost: segel\r\n\r\n", "400"},
      {"OldVersion", "HEAD /readyz HTTP/1.0\r\n\r\n", "426"},
      {"BareLf", "HEAD /readyz HTTP/1.1\nHost: segel\n\n", "400"},
      {"TwoLengths", head + "Host: segel\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
      {"LongTarget", "HEAD /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: segel\r\n\r\n", "414"},
      {"LongHead", head + "Host: segel\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n", "431"},
  });
}

}  // namespace
