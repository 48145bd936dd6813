#include "edited/everybody.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "support/desk.h"

namespace edited {
namespace {

using support::Answer;
using support::Desk;

std::string digest_of(const std::string& text) {
  return crypto::to_hex(crypto::sha256(crypto::as_bytes(text)));
}

// A day's work of one person.
class Day {
 public:
  Day(api::ConnectionHandler& service, const Cast& cast, const Player& player, Seen& seen)
      : desk_(service), cast_(cast), player_(player), seen_(seen) {}

  void run() {
    const Answer begun =
        call("POST", "/v1/sessions", nlohmann::json{{"identity", player_.identity}}.dump());
    if (begun.status != 201) return;
    if (player_.name == "attacker") complain("POST /v1/sessions", "was let in");
    desk_.token = begun.json().at("token");
    look_around();
    for (std::size_t i = 0; i < cast_.cases.size(); ++i) work_on(cast_.cases[i], cast_.codes[i]);
    for (const Document& document : cast_.documents) read(document);
    for (const std::string& case_id : cast_.cases) deposit(case_id);
    call("DELETE", "/v1/session");
  }

 private:
  void look_around() {
    for (const char* target : {"/v1/session", "/v1/agencies", "/v1/orders", "/v1/cases",
                               "/v1/log/checkpoint", "/v1/log/entries?from=0&to=20"}) {
      call("GET", target);
    }
    for (const std::string& agency : cast_.agencies) {
      call("GET", "/v1/agencies/" + agency + "/access-keys");
      look_at_node(agency);
    }
    for (const Player& player : cast_.people) call("GET", "/v1/access-keys/" + player.key);
    for (const std::string& rotation : cast_.rotations) call("GET", "/v1/rotations/" + rotation);
  }
  void look_at_node(const std::string& node) {
    call("GET", "/v1/nodes/" + node);
    call("GET", "/v1/nodes/" + node + "/lockboxes");
  }
  void work_on(const std::string& case_id, const std::string& code) {
    const std::string path = "/v1/cases/" + case_id;
    call("GET", "/v1/cases?code=" + code);
    for (const char* what : {"", "/team", "/shares", "/documents"}) call("GET", path + what);
    look_at_node(case_id);
  }
  void read(const Document& document) {
    const std::string path = "/v1/documents/" + document.id;
    call("GET", path);
    call("GET", path + "/versions");
    read_bytes(path + "/content", document.versions);
    for (std::size_t i = 0; i < document.versions.size(); ++i) {
      read_bytes(path + "/content?version=" + std::to_string(i + 1), {document.versions[i]});
    }
  }
  void read_bytes(const std::string& target, const std::vector<std::string>& wanted) {
    const Answer answer = call("GET", target, {}, "content");
    if (answer.status != 200) return;
    const std::string digest = digest_of(answer.body);
    if (std::find(wanted.begin(), wanted.end(), digest) == wanted.end()) {
      complain("GET " + target, "other bytes");
    }
  }
  void deposit(const std::string& case_id) {
    const std::string text = "written by " + player_.name + " for " + case_id;
    desk_.headers = {{"upload-metadata", "type " + crypto::base64(crypto::as_bytes("LAP-ADU"))}};
    const Answer made = call("POST", "/v1/cases/" + case_id + "/documents", text);
    desk_.headers.clear();
    if (made.status != 201) return;
    const std::string id = made.json().at("id");
    const Answer back = desk_.get("/v1/documents/" + id + "/content");
    note("GET what was deposited in " + case_id, back, "content");
    if (back.status == 200 && back.body != text) complain("GET a deposit", "other bytes");
  }

  Answer call(const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& kind = {}) {
    const bool json = body.empty() || body.front() == '{';
    Answer answer = desk_.call(method, target, body, json ? "application/json" : "text/plain");
    note(method + " " + target, answer, kind);
    return answer;
  }
  void note(const std::string& what, const Answer& answer, const std::string& kind) {
    const std::string problem = answer.problem();
    std::string line = player_.name + " " + what + ": " + std::to_string(answer.status);
    if (!problem.empty()) line += " " + problem;
    if (answer.status == 200 && kind == "content") line += " " + digest_of(answer.body);
    seen_.answers.push_back(line);
    // What is stored is at fault, and the answer says so.
    if (answer.status >= 500 && problem != "damaged") complain(what, line);
  }
  void complain(const std::string& what, const std::string& why) {
    seen_.wrong.push_back(player_.name + " " + what + ": " + why);
  }

  Desk desk_;
  const Cast& cast_;
  const Player& player_;
  Seen& seen_;
};

}  // namespace

Seen use_everything(api::ConnectionHandler& service, const Cast& cast) {
  Seen seen;
  for (const Player& player : cast.people) {
    try {
      Day(service, cast, player, seen).run();
    } catch (const std::exception& error) {
      seen.wrong.push_back(player.name + ": " + error.what());
    }
  }
  return seen;
}

}  // namespace edited
