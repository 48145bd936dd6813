// The access log: its signed head, proofs, and entries to those who may read them.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/services.h"
#include "crypto/encoding.h"
#include "crypto/log_entry.h"
#include "crypto/merkle.h"
#include "vault/actions.h"
#include "vault/log_export.h"

namespace api {
namespace {

using crypto::Id;
using crypto::LogEntry;
using nlohmann::json;

constexpr std::size_t kMaxItems = 1000;
// Looked at in one call for a filtered list: a reader with few entries of his own pages on.
constexpr std::uint64_t kMaxLooked = 50'000;
constexpr std::uint64_t kMaxExport = 200'000;

json list_of(const crypto::merkle::Proof& proof) {
  json list = json::array();
  for (const auto& hash : proof) list.push_back(crypto::base64(hash));
  return list;
}

Outcome<Reply> checkpoint(Services& services, Incoming&) {
  const auto head = services.vault.log().head();
  if (!head) return refuse(head.error());
  Reply reply;
  reply.headers.set("content-type", "text/plain; charset=utf-8");
  reply.body = head->checkpoint;
  return reply;
}

Outcome<Reply> inclusion(Services& services, Incoming& in) {
  const auto index = parse::query_number(in.call.query, "index", 0);
  const auto size = parse::query_number(in.call.query, "size", 0);
  if (!index || !size) return refuse("bad-request");
  const auto proof = services.vault.log().prove_inclusion(*index, *size);
  if (!proof) return refuse(proof.error());
  const auto line = services.vault.log().line(*index);
  if (!line) return refuse(line.error());
  return json_reply(200,
                    {{"kind", "inclusion"},
                     {"index", *index},
                     {"size", *size},
                     {"leaf", crypto::base64(crypto::merkle::leaf_hash(crypto::as_bytes(*line)))},
                     {"proof", list_of(*proof)}});
}

Outcome<Reply> consistency(Services& services, Incoming& in) {
  const auto from = parse::query_number(in.call.query, "from", 0);
  const auto size = parse::query_number(in.call.query, "size", 0);
  if (!from || !size) return refuse("bad-request");
  const auto proof = services.vault.log().prove_consistency(*from, *size);
  if (!proof) return refuse(proof.error());
  return json_reply(
      200, {{"kind", "consistency"}, {"from", *from}, {"size", *size}, {"proof", list_of(*proof)}});
}

Outcome<Reply> prove(Services& services, Incoming& in) {
  const auto& query = in.call.query;
  if (!query.contains("size") || query.size() != 2) return refuse("bad-request");
  if (query.contains("index")) return inclusion(services, in);
  if (query.contains("from")) return consistency(services, in);
  return refuse("bad-request");
}

struct Wanted {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  // as asked for; 0: to the head
  Id case_id;            // nil: all
};

Outcome<Wanted> read_wanted(const Call& call) {
  const auto case_id = parse::query_id(call.query, "case");
  if (!case_id) return tl::unexpected(case_id.error());
  // A case's entries are numbered from 1, the log's from 0.
  const auto from = parse::query_number(call.query, "from", case_id->is_nil() ? 0 : 1);
  const auto to = parse::query_number(call.query, "to", 0);
  if (!from || !to || (*to != 0 && *to < *from)) return refuse("bad-request");
  return Wanted{*from, *to, *case_id};
}

// Before the reading is entered: an entry about a case that never was would begin a chain of it,
// which the next reader would find.
Outcome<void> check_case(Services& services, const Incoming& in, const Id& case_id, bool all) {
  const auto& cases = services.vault.cases();
  if (all) {
    const auto exists = cases.check_exists(case_id);
    if (!exists) return refuse(exists.error());
    return {};
  }
  const auto view = cases.get(in.actor, case_id);
  if (!view) return refuse(view.error());
  return {};
}

// That somebody reads the log is in the log before he has a line of it.
Outcome<vault::LogHead> enter_reading(Services& services, const Incoming& in,
                                      const Wanted& wanted) {
  vault::EntryDraft entry = in.actor.draft(vault::action::kLogRead);
  entry.case_id = wanted.case_id;
  entry.detail = "from=" + std::to_string(wanted.from);
  if (wanted.to != 0) entry.detail += " to=" + std::to_string(wanted.to);
  const auto entered = services.vault.committer().commit(entry);
  if (!entered) return refuse(entered.error());
  auto head = services.vault.log().head();
  if (!head) return refuse(head.error());
  return std::move(*head);
}

Outcome<Reply> export_entries(Services& services, const Wanted& wanted,
                              const vault::LogHead& head) {
  Reply reply;
  reply.headers.set("content-type", "application/jsonl");
  const auto sink = [&](std::string_view text) {
    reply.body += text;
    return true;
  };
  const vault::Log& log = services.vault.log();
  vault::Result<void> written;
  if (wanted.case_id.is_nil()) {
    const std::uint64_t to = wanted.to != 0 ? wanted.to : head.size;
    if (to > wanted.from && to - wanted.from > kMaxExport) return refuse("too-large");
    written = vault::export_log(log, wanted.from, to, sink);
  } else {
    const std::uint64_t most = wanted.to != 0 ? wanted.to - wanted.from : kMaxExport;
    written = vault::export_case(log, wanted.case_id, wanted.from,
                                 static_cast<std::size_t>(std::min(most, kMaxExport)), sink);
  }
  if (!written) return refuse(written.error());
  return reply;
}

// What one who does not read the whole log gets: single entries, each with its proof.
class EntryList {
 public:
  EntryList(const vault::Log& log, const vault::LogHead& head) : log_(log), head_(head) {}

  bool full() const { return items_.size() == kMaxItems; }
  vault::Result<void> add(std::uint64_t index, std::string_view line) {
    const auto proof = log_.prove_inclusion(index, head_.size);
    if (!proof) return tl::unexpected(proof.error());
    items_.push_back({{"index", index}, {"line", line}, {"proof", list_of(*proof)}});
    return {};
  }
  void go_on_at(std::uint64_t next) { next_ = next; }
  Reply reply() && {
    json body{{"items", std::move(items_)}, {"size", head_.size}, {"checkpoint", head_.checkpoint}};
    if (next_ != 0) body["next"] = next_;
    return json_reply(200, body);
  }

 private:
  const vault::Log& log_;
  const vault::LogHead& head_;
  json items_ = json::array();
  std::uint64_t next_ = 0;
};

Outcome<Reply> entries_of_case(Services& services, const Wanted& wanted,
                               const vault::LogHead& head) {
  const vault::Log& log = services.vault.log();
  std::size_t limit = kMaxItems;
  if (wanted.to != 0) limit = std::min<std::uint64_t>(limit, wanted.to - wanted.from);
  const auto indexes = log.of_case(wanted.case_id, wanted.from, limit);
  if (!indexes) return refuse(indexes.error());
  EntryList list(log, head);
  for (const std::uint64_t index : *indexes) {
    if (index >= head.size) break;  // entered after the head was read
    const auto line = log.line(index);
    if (!line) return refuse(line.error());
    if (const auto added = list.add(index, *line); !added) return refuse(added.error());
  }
  if (indexes->size() == kMaxItems) list.go_on_at(wanted.from + kMaxItems);
  return std::move(list).reply();
}

Outcome<Reply> filtered_entries(Services& services, const Wanted& wanted,
                                const vault::LogHead& head,
                                const std::function<bool(const LogEntry&)>& may_see) {
  const vault::Log& log = services.vault.log();
  std::uint64_t to = wanted.to != 0 ? std::min(wanted.to, head.size) : head.size;
  const std::uint64_t asked_to = to;
  to = std::min(to, wanted.from + kMaxLooked);
  EntryList list(log, head);
  std::uint64_t next = to;
  vault::Result<void> added;
  const auto visited = log.lines(wanted.from, to, [&](std::uint64_t index, std::string_view line) {
    if (list.full()) {
      next = index;
      return false;
    }
    const auto entry = LogEntry::parse(line);
    if (!entry)
      added = tl::unexpected(vault::Errc::corrupt);
    else if (may_see(*entry))
      added = list.add(index, line);
    return added.has_value();
  });
  if (!visited) return refuse(visited.error());
  if (!added) return refuse(added.error());
  if (next < asked_to) list.go_on_at(next);
  return std::move(list).reply();
}

Outcome<Reply> entries(Services& services, Incoming& in) {
  const auto wanted = read_wanted(in.call);
  if (!wanted) return tl::unexpected(wanted.error());
  const std::string scope(services.policy.scope(in.actor.role, "audit_read"));
  const bool all = scope == "all";
  if (scope == "own_case" && wanted->case_id.is_nil()) return refuse("bad-request");
  if (!wanted->case_id.is_nil()) {
    const auto seen = check_case(services, in, wanted->case_id, all);
    if (!seen) return tl::unexpected(seen.error());
  }
  const auto head = enter_reading(services, in, *wanted);
  if (!head) return tl::unexpected(head.error());
  if (all) return export_entries(services, *wanted, *head);
  if (!wanted->case_id.is_nil()) return entries_of_case(services, *wanted, *head);
  if (scope == "own_agency") {
    const Id agency = in.actor.agency;
    return filtered_entries(services, *wanted, *head,
                            [agency](const LogEntry& entry) { return entry.agency == agency; });
  }
  return filtered_entries(services, *wanted, *head,
                          [](const LogEntry& entry) { return entry.case_id.is_nil(); });
}

}  // namespace

void register_log_routes(Router& router, Services& services) {
  const auto add = routes_into(router, services);
  add("GET", "/v1/log/checkpoint", kNoBody, checkpoint);
  add("GET", "/v1/log/proof", kNoBody, prove);
  add("GET", "/v1/log/entries", kNoBody, entries);
}

}  // namespace api
