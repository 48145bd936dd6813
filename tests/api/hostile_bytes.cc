#include "api/hostile_bytes.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "vault/actions.h"

namespace hostile {
namespace {

const std::string kHost = "Host: segel\r\n";
const std::string kSession = "Authorization: Bearer @TOKEN@\r\n";
// Answered 200 with this query alone, so that it is no row's answer.
const std::string kProbe =
    "GET /livez?probe=1 HTTP/1.1\r\nHost: segel\r\nConnection: close\r\n\r\n";
constexpr const char* kProbed = "200 ok\n";

// The value of a field of a head, which the service writes in one way.
std::string_view field_of(std::string_view head, std::string_view name) {
  const auto at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  head.remove_prefix(at + name.size() + 4);
  return head.substr(0, head.find("\r\n"));
}

std::string kind_of(std::string_view head, std::string_view body) {
  if (field_of(head, "Content-Type") != "application/problem+json") {
    return body == "ok\n" ? " ok\n" : "";
  }
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  if (!problem.is_object() || !problem.contains("type")) return body.empty() ? "" : " ?";
  const std::string type = problem["type"];
  return " " + type.substr(type.rfind('/') + 1);
}

std::string in_line(const std::vector<std::string>& answers) {
  std::string line;
  for (const std::string& answer : answers) line += (line.empty() ? "" : ", ") + answer;
  return line;
}

bool is_refusal(const std::string& line) {
  const std::string action = "\"action\":\"" + std::string(vault::action::kRefused) + "\"";
  return line.find(action) != std::string::npos;
}

}  // namespace

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\n" + kHost + fields + "\r\n";
}

std::string new_case(const std::string& json, const std::string& fields) {
  return "POST /v1/cases HTTP/1.1\r\n" + kHost + kSession + "Content-Type: application/json\r\n" +
         fields + length(json.size()) + "\r\n" + json;
}

std::string deposit(const std::string& framing, const std::string& body) {
  return "POST /v1/cases/@CASE@/documents HTTP/1.1\r\n" + kHost + kSession +
         "Upload-Metadata: " + support::upload_metadata({{"type", "LAP-ADU"}}) + "\r\n" + framing +
         "\r\n" + body;
}

std::string length(std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n"; }

std::vector<std::string> answers_in(std::string_view bytes, bool to_head) {
  std::vector<std::string> answers;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.1 ")) return {"?"};
    const auto head = bytes.substr(0, end + 2);
    bytes.remove_prefix(end + 4);
    const std::string status(head.substr(9, 3));
    const auto size_text = field_of(head, "Content-Length");
    std::size_t size = 0;
    std::from_chars(size_text.data(), size_text.data() + size_text.size(), size);
    if (to_head && status != "100") size = 0;
    if (size > bytes.size()) return {"? cut short"};
    answers.push_back(status + kind_of(head, bytes.substr(0, size)));
    bytes.remove_prefix(size);
    if (status != "100") to_head = false;
  }
  return answers;
}

HostileBytes::HostileBytes() : remote_(house_.address()), desk_(remote_) {
  if (!desk_.lend_key(house_.manager())) throw std::runtime_error("no session");
}

std::string HostileBytes::filled_in(std::string bytes) const {
  const auto fill = [&](std::string_view mark, const std::string& value) {
    for (auto at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at)) {
      bytes.replace(at, mark.size(), value);
    }
  };
  fill("@TOKEN@", desk_.token);
  fill("@CASE@", house_.case_id().text());
  return bytes;
}

HostileBytes::Stored HostileBytes::stored() {
  Stored now;
  const auto documents = desk_.get("/v1/cases/" + house_.case_id().text() + "/documents");
  now.documents = documents.json().at("items").size();
  now.cases = desk_.get("/v1/cases").json().at("items").size();
  return now;
}

std::uint64_t HostileBytes::log_size() {
  // The second line of a checkpoint.
  const std::string checkpoint = desk_.get("/v1/log/checkpoint").body;
  return std::stoull(checkpoint.substr(checkpoint.find('\n') + 1));
}

void HostileBytes::try_one(const Row& row) {
  const bool probed = row.then == Then::serves_on || row.then == Then::ends;
  support::RawTls client = connect();
  const std::string bytes = filled_in(row.bytes) + (probed ? kProbe : "");
  // Of a large row the service takes only as much as it needs to refuse it.
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  for (std::size_t at = 0; at < bytes.size() && (at == 0 || !client.is_answered()); at += kPiece) {
    if (!client.send(std::string_view(bytes).substr(at, kPiece))) break;
  }
  if (row.then == Then::cut_politely) client.finish();
  if (row.then == Then::cut) client.cut();

  const std::string came = client.read_all();
  EXPECT_TRUE(client.ended()) << "the connection stayed open";
  if (row.then == Then::cut) return;
  auto answers = answers_in(came, row.bytes.starts_with("HEAD "));
  const bool serves_on = !answers.empty() && answers.back() == kProbed;
  EXPECT_EQ(serves_on, row.then == Then::serves_on);
  if (serves_on) answers.pop_back();
  EXPECT_EQ(in_line(answers), row.answers) << came.substr(0, 2000);
}

void HostileBytes::try_all(const std::vector<Row>& rows) {
  struct Entries {
    std::uint64_t from, to;
  };
  std::vector<Entries> entered;
  Stored before = stored();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const std::uint64_t from = log_size();
    try_one(row);
    entered.push_back({from, log_size()});
    const Stored after = stored();
    EXPECT_EQ(after.documents, before.documents + row.documents);
    EXPECT_EQ(after.cases, before.cases + row.cases);
    before = after;
  }

  ASSERT_TRUE(house_.stop());
  const auto lines = house_.log_lines();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    ASSERT_LE(entered[i].to, lines.size());
    std::size_t changes = 0;
    for (auto at = entered[i].from; at < entered[i].to; ++at) {
      if (!is_refusal(lines[at])) ++changes;
    }
    EXPECT_EQ(changes, rows[i].documents + rows[i].cases);
  }
}

}  // namespace hostile
