#include "cli/log_judgement.h"

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"

namespace cli {
namespace {

using crypto::HeadMatch;
using crypto::LogDamage;
using crypto::LogExportReport;

Text text_of(LogDamage damage) {
  switch (damage) {
    case LogDamage::no_export:
      return Text::log_bad_no_export;
    case LogDamage::edited:
      return Text::log_bad_edited;
    case LogDamage::deleted:
      return Text::log_bad_deleted;
    case LogDamage::inserted:
      return Text::log_bad_inserted;
    case LogDamage::swapped:
      return Text::log_bad_swapped;
    case LogDamage::cut:
      return Text::log_bad_cut;
    case LogDamage::untrusted:
      return Text::log_bad_untrusted;
    case LogDamage::contradictory:
      return Text::log_bad_contradictory;
  }
  return Text::log_bad_edited;
}

const char* name_of(HeadMatch match) {
  switch (match) {
    case HeadMatch::continued:
      return "continued";
    case HeadMatch::not_shown:
      return "not_shown";
    case HeadMatch::cut:
      return "cut";
    case HeadMatch::rewritten:
      return "rewritten";
  }
  return "";
}

}  // namespace

nlohmann::json json_of(const LogExportReport& report) {
  nlohmann::json object = {{"sound", !report.bad},         {"origin", report.origin},
                           {"from", report.from},          {"to", report.to},
                           {"entries", report.entries},    {"first_time", report.first_time},
                           {"last_time", report.last_time}};
  if (!report.case_id.is_nil()) object["case"] = report.case_id.text();
  if (!report.head.origin.empty()) {
    object["size"] = report.head.size;
    object["root"] = crypto::base64(report.head.root);
  }
  if (report.bad) {
    object["bad"] = {{"line", report.bad->line}, {"damage", crypto::to_text(report.bad->damage)}};
    if (report.bad->entry) object["bad"]["entry"] = *report.bad->entry;
  }
  if (report.remembered) object["remembered"] = name_of(*report.remembered);
  return object;
}

void show_export(const LogExportReport& report, Context& context) {
  if (report.origin.empty()) return;
  std::vector<Fact> facts{{"origin", Text::label_origin, report.origin}};
  if (!report.case_id.is_nil()) {
    facts.push_back({"case", Text::label_case, report.case_id.text()});
  }
  facts.push_back({"entries", Text::label_entries, std::to_string(report.entries)});
  if (report.to > report.from) {
    const Message range(Text::from_to, report.from, report.to - 1);
    facts.push_back({"range", Text::label_range, range.in(context.language)});
  }
  if (!report.first_time.empty()) {
    facts.push_back({"first_time", Text::label_first_time, report.first_time});
    facts.push_back({"last_time", Text::label_last_time, report.last_time});
  }
  if (!report.head.origin.empty()) {
    facts.push_back({"size", Text::label_head_size, std::to_string(report.head.size)});
    facts.push_back({"root", Text::label_root, crypto::base64(report.head.root)});
  }
  context.output.show(facts);
}

Failure explain_bad(const LogExportReport& report) {
  std::optional<Message> entry;
  if (report.bad->entry) entry = Message(Text::log_bad_entry, *report.bad->entry);
  return {Message(text_of(report.bad->damage), report.bad->line), entry};
}

}  // namespace cli
