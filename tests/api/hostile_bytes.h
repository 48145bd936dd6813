// Raw bytes against a real service over TLS: what is answered, whether the connection serves on,
// and that nothing was stored.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/desk.h"
#include "support/house.h"
#include "support/raw_tls.h"
#include "support/remote.h"

namespace hostile {

// What becomes of the connection. The harness sends a probe, a harmless request, behind the bytes:
// `serves_on` wants it answered as itself, `ends` wants no answer to it and the end.
enum class Then {
  serves_on,
  ends,
  cut_politely,  // no probe: our direction ends behind the bytes, with TLS's alert; and then theirs
  cut,           // the same without the alert: what is answered then, no one can trust
};

struct Row {
  const char* name;
  // In it, @TOKEN@ is an opened session of the case's manager and @CASE@ her case.
  std::string bytes;
  // "404 not-found, 200": each answer's status, and its problem's type. "?": no answer of HTTP/1.1.
  std::string answers;
  Then then = Then::ends;
  std::size_t documents = 0, cases = 0;  // that are made by it
};

// Heads and requests that are sound but for what a row puts into them. `fields` end with CRLF each.
std::string get(const std::string& target, const std::string& fields = "");
// A request with a body of JSON that makes a case if it is sound.
std::string new_case(const std::string& json, const std::string& fields = "");
// A deposit. `framing`: the fields that say how long its body is.
std::string deposit(const std::string& framing, const std::string& body);
std::string length(std::size_t size);  // "Content-Length: SIZE\r\n"
inline constexpr const char* kChunked = "Transfer-Encoding: chunked\r\n";

class HostileBytes : public ::testing::Test {
 protected:
  HostileBytes();

  // Sends each row on a connection of its own and compares all that it brought about. Once: the
  // service is stopped at the end, for what its log says of each row.
  void try_all(const std::vector<Row>& rows);
  support::RawTls connect() const { return support::RawTls(house_.address().port); }
  std::string filled_in(std::string bytes) const;

 private:
  struct Stored {
    std::size_t documents = 0, cases = 0;
  };
  // What can be seen from outside; to look is an entry itself.
  Stored stored();
  std::uint64_t log_size();
  void try_one(const Row& row);

  support::House house_;
  support::RemoteService remote_;
  support::Desk desk_;
};

// The answers in `bytes`, as rows write them. The first has no body if it is `to_head`.
std::vector<std::string> answers_in(std::string_view bytes, bool to_head);

}  // namespace hostile
