#include "crypto/key_records.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/strict_json.h"

namespace crypto {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxHolders = 256;
constexpr std::size_t kMaxAdministrators = 16;
constexpr std::size_t kMaxFlags = 64;

std::string digest_text(const Digest& digest) { return base64(digest); }

json json_of(const AccessKeyRecord& record) {
  return {{"key", record.key.text()},
          {"agency", record.agency.text()},
          {"role", record.role},
          {"recipient", record.recipient.text()},
          {"signing", record.signing.text()},
          {"person", digest_text(record.person)},
          {"enrolment", digest_text(record.enrolment)}};
}

AccessKeyRecord read_access_key(ObjectReader& in) {
  return {in.id("key"),
          in.id("agency"),
          in.text("role"),
          in.recipient("recipient"),
          in.verify_key("signing"),
          in.block<32>("person"),
          in.block<32>("enrolment")};
}

json json_of(const Holder& holder) {
  return {{"kind", holder.kind == HolderKind::node ? "node" : "access-key"},
          {"id", holder.id.text()},
          {"generation", holder.generation},
          {"recipient", holder.recipient.text()}};
}

Holder read_holder(ObjectReader& in) {
  Holder holder;
  const std::string kind = in.text("kind");
  if (kind == "node") {
    holder.kind = HolderKind::node;
  } else if (kind != "access-key") {
    in.refuse();
  }
  holder.id = in.id("id");
  holder.generation = in.number("generation");
  holder.recipient = in.recipient("recipient");
  // A node is held by generations from 1; a person's key has none.
  if ((holder.kind == HolderKind::node) != (holder.generation > 0)) in.refuse();
  return holder;
}

std::string read_via(ObjectReader& in) {
  std::string via = in.text("via");
  if (via != "opened" && via != "sealed") in.refuse();
  return via;
}

// Runs `read` over the body of a statement of this type; half-read records don't get out.
template <typename Record, typename Read>
Result<Record> read_record(const Statement& statement, const Read& read) {
  if (statement.type() != Record::kType) return tl::unexpected(Errc::malformed);
  const json body = statement.body();
  ObjectReader in(body);
  Record record = read(in);
  if (!in.complete()) return tl::unexpected(Errc::malformed);
  return record;
}

}  // namespace

Statement to_statement(const AccessKeyRecord& record) {
  return {AccessKeyRecord::kType, json_of(record)};
}

Statement to_statement(const FoundingRecord& record) {
  json administrators = json::array();
  for (const auto& one : record.administrators) administrators.push_back(json_of(one));
  return {FoundingRecord::kType, json{{"vault", record.vault.text()},
                                      {"prefix", record.prefix},
                                      {"quorum", record.quorum},
                                      {"log", record.log_verifier},
                                      {"administrators", std::move(administrators)}}};
}

Statement to_statement(const AgencyRecord& record) {
  return {AgencyRecord::kType, json{{"agency", record.agency.text()},
                                    {"code", record.code},
                                    {"name", record.name},
                                    {"custodian", json_of(record.custodian)}}};
}

Statement to_statement(const GenerationRecord& record) {
  json holders = json::array();
  for (const auto& holder : record.holders) holders.push_back(json_of(holder));
  json body{{"node", record.node.text()},
            {"kind", name_of(record.kind)},
            {"agency", record.agency.text()},
            {"generation", record.generation},
            {"recipient", record.recipient.text()},
            {"signing", record.signing.text()},
            {"holders", std::move(holders)},
            {"signer", record.signer.text()},
            {"via", record.via}};
  if (record.previous) body["previous"] = digest_text(*record.previous);
  return {GenerationRecord::kType, body};
}

Statement to_statement(const HolderRecord& record) {
  return {HolderRecord::kType, json{{"node", record.node.text()},
                                    {"generation", record.generation},
                                    {"holder", json_of(record.holder)},
                                    {"signer", record.signer.text()},
                                    {"via", record.via}}};
}

Statement to_statement(const CaseLabelRecord& record) {
  return {CaseLabelRecord::kType, json{{"case", record.case_id.text()},
                                       {"agency", record.agency.text()},
                                       {"category", record.category},
                                       {"flags", record.flags},
                                       {"minor", record.minor},
                                       {"signer", record.signer.text()},
                                       {"via", record.via}}};
}

Statement to_statement(const OrderRecord& record) {
  return {OrderRecord::kType, json{{"order", record.order.text()},
                                   {"verb", record.verb},
                                   {"node", record.node.text()},
                                   {"signer", record.signer.text()},
                                   {"via", record.via}}};
}

Statement to_statement(const ShareRecord& record) {
  return {ShareRecord::kType, json{{"share", record.share.text()},
                                   {"case", record.case_id.text()},
                                   {"agency", record.agency.text()},
                                   {"signer", record.signer.text()},
                                   {"via", record.via}}};
}

Statement to_statement(const RotationRecord& record) {
  return {RotationRecord::kType, json{{"rotation", record.rotation.text()},
                                      {"node", record.node.text()},
                                      {"from", record.from},
                                      {"to", record.to},
                                      {"nodes", record.nodes},
                                      {"documents", record.documents},
                                      {"signer", record.signer.text()},
                                      {"via", record.via}}};
}

template <>
Result<AccessKeyRecord> record_of(const Statement& statement) {
  return read_record<AccessKeyRecord>(statement, read_access_key);
}

template <>
Result<FoundingRecord> record_of(const Statement& statement) {
  return read_record<FoundingRecord>(statement, [](ObjectReader& in) {
    FoundingRecord record;
    record.vault = in.id("vault");
    record.prefix = in.text("prefix");
    record.quorum = in.number("quorum");
    record.log_verifier = in.text("log");
    const json& administrators = in.array("administrators");
    if (administrators.empty() || administrators.size() > kMaxAdministrators) in.refuse();
    for (const json& one : administrators) {
      ObjectReader each(one);
      record.administrators.push_back(read_access_key(each));
      if (!each.complete()) in.refuse();
    }
    return record;
  });
}

template <>
Result<AgencyRecord> record_of(const Statement& statement) {
  return read_record<AgencyRecord>(statement, [](ObjectReader& in) {
    AgencyRecord record{in.id("agency"), in.text("code"), in.text("name"), {}};
    ObjectReader custodian(in.object("custodian"));
    record.custodian = read_access_key(custodian);
    if (!custodian.complete()) in.refuse();
    return record;
  });
}

template <>
Result<GenerationRecord> record_of(const Statement& statement) {
  return read_record<GenerationRecord>(statement, [](ObjectReader& in) {
    GenerationRecord record;
    record.node = in.id("node");
    const auto kind = parse_node_kind(in.text("kind"));
    if (!kind) in.refuse();
    record.kind = kind.value_or(NodeKind::agency);
    record.agency = in.id("agency");
    record.generation = in.number("generation");
    record.recipient = in.recipient("recipient");
    record.signing = in.verify_key("signing");
    if (in.has("previous")) record.previous = in.block<32>("previous");
    const json& holders = in.array("holders");
    if (holders.empty() || holders.size() > kMaxHolders) in.refuse();
    for (const json& one : holders) {
      ObjectReader each(one);
      record.holders.push_back(read_holder(each));
      if (!each.complete()) in.refuse();
    }
    record.signer = in.id("signer");
    record.via = read_via(in);
    // The chain begins at 1 and names its predecessor from 2 on.
    if (record.generation == 0 || record.previous.has_value() != (record.generation > 1)) {
      in.refuse();
    }
    return record;
  });
}

template <>
Result<HolderRecord> record_of(const Statement& statement) {
  return read_record<HolderRecord>(statement, [](ObjectReader& in) {
    HolderRecord record{in.id("node"), in.number("generation"), {}, in.id("signer"), read_via(in)};
    ObjectReader holder(in.object("holder"));
    record.holder = read_holder(holder);
    if (!holder.complete()) in.refuse();
    return record;
  });
}

template <>
Result<CaseLabelRecord> record_of(const Statement& statement) {
  return read_record<CaseLabelRecord>(statement, [](ObjectReader& in) {
    CaseLabelRecord record{in.id("case"), in.id("agency"), in.text("category"), {}, false, {}, {}};
    const json& flags = in.array("flags");
    if (flags.size() > kMaxFlags) in.refuse();
    for (const json& one : flags) {
      if (one.is_string()) {
        record.flags.push_back(one.get<std::string>());
      } else {
        in.refuse();
      }
    }
    record.minor = in.flag("minor");
    record.signer = in.id("signer");
    record.via = read_via(in);
    return record;
  });
}

template <>
Result<OrderRecord> record_of(const Statement& statement) {
  return read_record<OrderRecord>(statement, [](ObjectReader& in) {
    return OrderRecord{in.id("order"), in.text("verb"), in.id("node"), in.id("signer"),
                       read_via(in)};
  });
}

template <>
Result<ShareRecord> record_of(const Statement& statement) {
  return read_record<ShareRecord>(statement, [](ObjectReader& in) {
    return ShareRecord{in.id("share"), in.id("case"), in.id("agency"), in.id("signer"),
                       read_via(in)};
  });
}

template <>
Result<RotationRecord> record_of(const Statement& statement) {
  return read_record<RotationRecord>(statement, [](ObjectReader& in) {
    return RotationRecord{in.id("rotation"), in.id("node"),      in.number("from"),
                          in.number("to"),   in.number("nodes"), in.number("documents"),
                          in.id("signer"),   read_via(in)};
  });
}

}  // namespace crypto
