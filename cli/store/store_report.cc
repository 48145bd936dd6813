#include "cli/store/store_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/encoding.h"

namespace cli {
namespace {

using nlohmann::json;
using vault::Damage;

std::optional<Damage> damage_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Damage::document_incomplete); ++i) {
    const auto damage = static_cast<Damage>(i);
    if (name == vault::to_text(damage)) return damage;
  }
  return std::nullopt;
}

std::optional<crypto::Checkpoint> read_head(const json& object) {
  const auto root = crypto::from_base64(object.at("root").get<std::string>());
  crypto::Checkpoint head;
  if (!root || root->size() != head.root.size()) return std::nullopt;
  head.origin = object.at("origin").get<std::string>();
  head.size = object.at("size").get<std::uint64_t>();
  std::copy(root->begin(), root->end(), head.root.begin());
  return head;
}

}  // namespace

json json_of(const vault::StoreReport& report) {
  json findings = json::array();
  for (const auto& finding : report.findings) {
    findings.push_back({{"damage", vault::to_text(finding.damage)}, {"id", finding.id}});
  }
  json object = {{"sound", report.sound()},         {"entries", report.entries},
                 {"records", report.records},       {"pending", report.pending},
                 {"findings", std::move(findings)}, {"more", report.more_findings}};
  if (report.head) {
    object["origin"] = report.head->origin;
    object["size"] = report.head->size;
    object["root"] = crypto::base64(report.head->root);
  }
  return object;
}

std::optional<vault::StoreReport> read_report(const json& object) {
  vault::StoreReport report;
  try {
    report.entries = object.at("entries").get<std::uint64_t>();
    report.records = object.at("records").get<std::uint64_t>();
    report.pending = object.at("pending").get<std::uint64_t>();
    report.more_findings = object.at("more").get<bool>();
    for (const json& finding : object.at("findings")) {
      const auto damage = damage_named(finding.at("damage").get<std::string>());
      if (!damage) return std::nullopt;
      report.findings.push_back({*damage, finding.at("id").get<std::string>()});
    }
    if (object.contains("root")) report.head = read_head(object);
  } catch (const json::exception&) {
    return std::nullopt;
  }
  return report;
}

Text text_of(vault::Damage damage) {
  switch (damage) {
    case Damage::head_missing:
      return Text::damage_head_missing;
    case Damage::head_untrusted:
      return Text::damage_head_untrusted;
    case Damage::head_differs:
      return Text::damage_head_differs;
    case Damage::log_cut:
      return Text::damage_log_cut;
    case Damage::log_rewritten:
      return Text::damage_log_rewritten;
    case Damage::entry_missing:
      return Text::damage_entry_missing;
    case Damage::entry_altered:
      return Text::damage_entry_altered;
    case Damage::entry_misplaced:
      return Text::damage_entry_misplaced;
    case Damage::entry_extra:
      return Text::damage_entry_extra;
    case Damage::time_goes_back:
      return Text::damage_time_goes_back;
    case Damage::chain_broken:
      return Text::damage_chain_broken;
    case Damage::hashes_wrong:
      return Text::damage_hashes_wrong;
    case Damage::change_missing:
      return Text::damage_change_missing;
    case Damage::change_altered:
      return Text::damage_change_altered;
    case Damage::change_extra:
      return Text::damage_change_extra;
    case Damage::record_missing:
      return Text::damage_record_missing;
    case Damage::record_altered:
      return Text::damage_record_altered;
    case Damage::record_rolled_back:
      return Text::damage_record_rolled_back;
    case Damage::record_extra:
      return Text::damage_record_extra;
    case Damage::mark_wrong:
      return Text::damage_mark_wrong;
    case Damage::row_unknown:
      return Text::damage_row_unknown;
    case Damage::mark_of_living:
      return Text::damage_mark_of_living;
    case Damage::slot_missing:
      return Text::damage_slot_missing;
    case Damage::slot_wrong:
      return Text::damage_slot_wrong;
    case Damage::slot_count_wrong:
      return Text::damage_slot_count_wrong;
    case Damage::record_untrusted:
      return Text::damage_record_untrusted;
    case Damage::payload_missing:
      return Text::damage_payload_missing;
    case Damage::payload_altered:
      return Text::damage_payload_altered;
    case Damage::document_incomplete:
      return Text::damage_document_incomplete;
  }
  return Text::damage_row_unknown;
}

}  // namespace cli
