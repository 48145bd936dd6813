#include "faults/machine.h"

#include <algorithm>
#include <exception>
#include <stdexcept>

#include "vault/lmdb_meta.h"
#include "vault/log.h"

namespace faults {
namespace {

std::vector<std::string> by_env(const std::vector<std::string>& environment) {
  if (environment.empty()) return {};
  std::vector<std::string> words{"env"};
  words.insert(words.end(), environment.begin(), environment.end());
  return words;
}

}  // namespace

Machine::Machine(const std::vector<std::string>& environment)
    : environment_(by_env(environment)), house_(environment_) {
  reconnect();
}

void Machine::restart() {
  house_.serve(environment_);
  reconnect();
}

void Machine::reconnect() {
  desk_.reset();
  remote_.emplace(house_.address());
  desk_.emplace(*remote_);
  desk_->token = token_;
}

bool Machine::log_in(const support::Person& person) {
  try {
    const bool done = desk_->lend_key(person);
    token_ = desk_->token;
    return done;
  } catch (const std::runtime_error&) {
    return false;
  }
}

Answer Machine::call(const std::string& method, const std::string& target, const std::string& body,
                     const std::string& type) {
  try {
    return desk_->call(method, target, body, type);
  } catch (const std::runtime_error&) {
    reconnect();
    return {};
  }
}

Answer Machine::deposit(const std::string& content) {
  desk_->headers = {{"upload-metadata", support::upload_metadata({{"title", "Laporan awal"},
                                                                  {"filename", "laporan.pdf"},
                                                                  {"filetype", "application/pdf"},
                                                                  {"type", "LAP-ADU"}})}};
  Answer answer = call("POST", "/v1/cases/" + house_.case_id().text() + "/documents", content,
                       "application/pdf");
  desk_->headers.clear();
  return answer;
}

Answer Machine::read(const std::string& id) { return get("/v1/documents/" + id + "/content"); }

std::vector<crypto::LogEntry> Machine::entries() const {
  const auto meta = vault::open_lmdb_meta(house_.data() + "/meta", {.read_only = true});
  if (!meta) throw std::runtime_error("the store does not open");
  const vault::Log log(**meta);
  std::vector<crypto::LogEntry> entries;
  const auto read =
      log.lines(0, log.head().value().size, [&](std::uint64_t, std::string_view line) {
        entries.push_back(crypto::LogEntry::parse(line).value());
        return true;
      });
  if (!read) throw std::runtime_error("the log does not read");
  return entries;
}

std::string Machine::damage() const {
  const auto verified = support::run({{std::string(SEGEL_BIN) + "/segel", "verify-store", "--json",
                                       house_.data(), "--log-key", house_.log_verifier()}});
  return verified.exit_code == 0 ? "" : verified.out + verified.err;
}

std::size_t count(const std::vector<crypto::LogEntry>& entries, std::string_view action) {
  return static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [&](const auto& entry) { return entry.action == action; }));
}

}  // namespace faults
