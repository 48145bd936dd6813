// Requests whose bodies end where two readers could disagree, or do not end at all.
#include "api/hostile_bytes.h"

namespace {

using hostile::deposit;
using hostile::get;
using hostile::HostileBytes;
using hostile::kChunked;
using hostile::length;
using hostile::new_case;
using hostile::Row;
using hostile::Then;
using namespace std::string_literals;

const std::string kHello = "5\r\nhello\r\n0\r\n\r\n";  // as chunks

std::string chunks(const std::string& bytes) { return deposit(kChunked, bytes); }

// A request that no route answers, and so without a reader of its body.
std::string unread(const std::string& framing, const std::string& body) {
  return "POST /v1/nothing HTTP/1.1\r\nHost: segel\r\n" + framing + "\r\n" + body;
}

TEST_F(HostileBytes, WithABodyThatIsCutShort) {
  try_all({
      {"Sound", deposit(length(5), "hello"), "201", Then::serves_on, 1},
      {"SoundChunks", chunks(kHello), "201", Then::serves_on, 1},
      {"Length", deposit(length(10), "hello"), "400 cut-short", Then::cut_politely},
      {"LengthAndNothing", deposit(length(10), ""), "400 cut-short", Then::cut_politely},
      {"LastByte", deposit(length(300'000), std::string(299'999, 'x')), "400 cut-short",
       Then::cut_politely},
      {"Chunk", chunks("5\r\nhel"), "400 cut-short", Then::cut_politely},
      {"ChunkSize", chunks("5"), "400 cut-short", Then::cut_politely},
      {"NoLastChunk", chunks("5\r\nhello\r\n"), "400 cut-short", Then::cut_politely},
      {"LastChunkWithoutItsEnd", chunks("5\r\nhello\r\n0\r\n"), "400 cut-short",
       Then::cut_politely},
      {"Trailer", chunks("5\r\nhello\r\n0\r\nX: y\r\n"), "400 cut-short", Then::cut_politely},
      {"Json", new_case("{}", "").substr(0, new_case("{}").size() - 1), "400 cut-short",
       Then::cut_politely},
      {"Head", "GET /readyz HTTP/1.1\r\nHost: segel\r\n", "", Then::cut_politely},
      {"LengthWithoutAlert", deposit(length(10), "hello"), "", Then::cut},
      {"ChunksWithoutAlert", chunks("5\r\nhello\r\n"), "", Then::cut},
      {"LastChunkWithoutAlert", chunks("5\r\nhello\r\n0\r\n"), "", Then::cut},
  });
}

TEST_F(HostileBytes, WithARequestInABodyThatNobodyReads) {
  const std::string smuggled = deposit(length(5), "hello");
  const auto in_chunk = [](const std::string& bytes) {
    char size[17];
    (void)std::snprintf(size, sizeof size, "%zx", bytes.size());
    return size + "\r\n"s + bytes + "\r\n0\r\n\r\n";
  };
  // @TOKEN@ and @CASE@ are filled in afterwards: what stands in a body is said without them.
  const std::string plain = get("/v1/log/checkpoint");
  const std::string large(std::size_t{300} << 10, '\n');
  try_all({
      {"Length", unread(length(plain.size()), plain), "404 not-found", Then::serves_on},
      {"Chunks", unread(kChunked, in_chunk(plain)), "404 not-found", Then::serves_on},
      {"TooLargeToPassOver", unread(length(large.size() + plain.size()), large + plain),
       "404 not-found", Then::ends},
      {"ChunksTooLargeToPassOver", unread(kChunked, in_chunk(large + plain)), "404 not-found",
       Then::ends},
      {"BodyToGet",
       "GET /readyz HTTP/1.1\r\nHost: segel\r\n" + length(plain.size()) + "\r\n" + plain,
       "413 too-large", Then::serves_on},
      {"ChunksToGet",
       "GET /readyz HTTP/1.1\r\nHost: segel\r\n"s + kChunked + "\r\n" + in_chunk(plain), "200",
       Then::serves_on},
      {"BehindARefusedHead", "GET /readyz HTTP/1.1\r\n\r\n" + smuggled, "400 bad-request"},
      {"BehindABodyNotAskedFor", unread("Expect: 100-continue\r\n" + length(plain.size()), plain),
       "404 not-found", Then::ends},
  });
}

TEST_F(HostileBytes, WithALengthThatCouldBeReadInTwoWays) {
  const auto with_length = [](const std::string& value) {
    return deposit("Content-Length: " + value + "\r\n", "hello");
  };
  try_all({
      {"CodingAndLength", deposit(kChunked + length(5), kHello), "400 bad-request"},
      {"LengthAndCoding", deposit(length(5) + kChunked, kHello), "400 bad-request"},
      {"TwoEqualLengths", deposit(length(5) + length(5), "hello"), "400 bad-request"},
      {"TwoDifferentLengths", deposit(length(5) + length(3), "hello"), "400 bad-request"},
      {"List", with_length("5, 5"), "400 bad-request"},
      {"Negative", with_length("-5"), "400 bad-request"},
      {"Signed", with_length("+5"), "400 bad-request"},
      {"Hexadecimal", with_length("0x5"), "400 bad-request"},
      {"Fraction", with_length("5.0"), "400 bad-request"},
      {"Empty", with_length(""), "400 bad-request"},
      {"Word", with_length("five"), "400 bad-request"},
      {"InnerSpace", with_length("5 5"), "400 bad-request"},
      {"LeadingZeros", with_length("0000005"), "201", Then::serves_on, 1},
      {"LargestNumber", with_length("9223372036854775807"), "413 too-large"},
      {"Above63Bits", with_length("9223372036854775808"), "413 too-large"},
      {"Above64BitsBy5", with_length("18446744073709551621"), "413 too-large"},
      {"CodingUnknown", deposit("Transfer-Encoding: xchunked\r\n", kHello), "501 not-implemented"},
      {"CodingGzip", deposit("Transfer-Encoding: gzip, chunked\r\n", kHello),
       "501 not-implemented"},
      {"CodingIdentity", deposit("Transfer-Encoding: identity\r\n", kHello), "501 not-implemented"},
      {"CodingChunkedTwice", deposit("Transfer-Encoding: chunked, chunked\r\n", kHello),
       "501 not-implemented"},
      {"TwoCodings", deposit(kChunked + std::string(kChunked), kHello), "400 bad-request"},
      {"CodingEmpty", deposit("Transfer-Encoding:\r\n", kHello), "400 bad-request"},
      {"CodingInCapitals", deposit("TRANSFER-ENCODING: CHUNKED\r\n", kHello), "201",
       Then::serves_on, 1},
      {"ChunkedOn10", "POST /v1/sessions HTTP/1.0\r\nHost: segel\r\n"s + kChunked + "\r\n" + kHello,
       "426 upgrade-required"},
  });
}

TEST_F(HostileBytes, WithChunksThatAreNone) {
  try_all({
      {"SizeMissing", chunks("\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeNoNumber", chunks("g\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeSigned", chunks("+5\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeNegative", chunks("-5\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeWithPrefix", chunks("0x5\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeBehindSpace", chunks(" 5\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeBeforeSpace", chunks("5 \r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeOf64Bits", chunks("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"SizeThatOverflowsTo5", chunks("10000000000000005\r\nhello\r\n0\r\n\r\n"),
       "400 bad-request"},
      {"SizeTooLarge", chunks("ffffffffffffff\r\nhello\r\n0\r\n\r\n"), "413 too-large"},
      {"SizeInCapitals", chunks("A\r\nhellohello\r\n00\r\n\r\n"), "201", Then::serves_on, 1},
      {"BareLf", chunks("5\nhello\n0\n\n"), "400 bad-request"},
      {"BareLfBehindSize", chunks("5\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"BareCrBehindSize", chunks("5\rhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"LongerThanSaid", chunks("4\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"ShorterThanSaid", chunks("6\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"NoLineEndBehind", chunks("5\r\nhello0\r\n\r\n"), "400 bad-request"},
      {"Extension", chunks("5;a=b;c\r\nhello\r\n0;d=\"e;f\"\r\n\r\n"), "201", Then::serves_on, 1},
      {"ExtensionWithLf", chunks("5;a\nb\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"ExtensionWithCr", chunks("5;a\rb\r\nhello\r\n0\r\n\r\n"), "400 bad-request"},
      {"ExtensionWithNul", chunks("5;a\0b\r\nhello\r\n0\r\n\r\n"s), "400 bad-request"},
      {"ExtensionWithoutEnd", chunks("5;" + std::string(9000, 'a') + "\r\nhello\r\n0\r\n\r\n"),
       "400 bad-request"},
      {"Trailer", chunks("5\r\nhello\r\n0\r\nX: y\r\n\r\n"), "201", Then::serves_on, 1},
      {"TrailerThatSaysALength", chunks("5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n"), "201",
       Then::serves_on, 1},
      {"TrailerThatIsARequest", chunks("5\r\nhello\r\n0\r\nGET /readyz HTTP/1.1\r\n\r\n"),
       "400 bad-request"},
      {"TrailerWithSpaceBeforeColon", chunks("5\r\nhello\r\n0\r\nX : y\r\n\r\n"),
       "400 bad-request"},
      {"TrailerFolded", chunks("5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n"), "400 bad-request"},
      {"TrailerWithBareLf", chunks("5\r\nhello\r\n0\r\nX: y\n\r\n\r\n"), "400 bad-request"},
      {"TrailerWithoutEnd", chunks("5\r\nhello\r\n0\r\nX: " + std::string(9000, 'a') + "\r\n\r\n"),
       "400 bad-request"},
  });
}

TEST_F(HostileBytes, WithManyRequestsAtOnce) {
  std::string many, answers;
  for (int i = 0; i < 200; ++i) {
    many += get("/readyz");
    answers += i == 0 ? "200" : ", 200";
  }
  try_all({
      {"Pipelined", get("/readyz") + deposit(length(5), "hello") + get("/v1/nothing"),
       "200, 201, 404 not-found", Then::serves_on, 1},
      {"PipelinedBehindChunks", chunks(kHello) + chunks(kHello), "201, 201", Then::serves_on, 2},
      {"Many", many, answers, Then::serves_on},
      {"EmptyLineBetween", get("/readyz") + "\r\n" + get("/readyz"), "200, 200", Then::serves_on},
      {"TwoEmptyLinesBetween", get("/readyz") + "\r\n\r\n" + get("/readyz"),
       "200, 400 bad-request"},
      {"NothingBehindARefusal", get("/a b") + deposit(length(5), "hello"), "400 bad-request"},
      {"NothingBehindClose", get("/readyz", "Connection: close\r\n") + deposit(length(5), "hello"),
       "200"},
  });
}

TEST_F(HostileBytes, WithAnExpectationOrAnotherProtocol) {
  const std::string expects = "Expect: 100-continue\r\n";
  try_all({
      {"BodyAlreadySent", deposit(expects + length(5), "hello"), "201", Then::serves_on, 1},
      {"Unknown", deposit("Expect: tea\r\n" + length(5), "hello"), "417 unsupported-expectation"},
      {"Twice", deposit(expects + expects + length(5), "hello"), "417 unsupported-expectation"},
      {"WithoutBody", get("/readyz", expects), "200", Then::serves_on},
      {"OfTooMuch",
       "POST /v1/sessions HTTP/1.1\r\nHost: segel\r\n" + expects + length(std::size_t{2} << 20) +
           "\r\n",
       "413 too-large"},
      {"Upgrade", get("/readyz", "Connection: Upgrade\r\nUpgrade: websocket\r\n"), "200",
       Then::serves_on},
      {"UpgradeToHttp2",
       get("/readyz",
           "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n"),
       "200", Then::serves_on},
      {"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 http-version"},
      {"Connect", "CONNECT segel:443 HTTP/1.1\r\nHost: segel:443\r\n\r\n", "501 not-implemented"},
      {"Trace", "TRACE /readyz HTTP/1.1\r\nHost: segel\r\n\r\n", "501 not-implemented"},
      {"MethodUnknown", "BREW /readyz HTTP/1.1\r\nHost: segel\r\n\r\n", "405 method-not-allowed",
       Then::serves_on},
      {"MethodInSmallLetters", "get /readyz HTTP/1.1\r\nHost: segel\r\n\r\n",
       "405 method-not-allowed", Then::serves_on},
  });
}

}  // namespace
