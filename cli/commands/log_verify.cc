#include "cli/commands/log_verify.h"

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/descriptor_stream.h"
#include "cli/log_key.h"
#include "crypto/encoding.h"
#include "crypto/log_verify.h"

namespace cli {
namespace {

using crypto::HeadMatch;
using crypto::LogDamage;
using crypto::LogExportReport;

struct Options {
  std::string file;
  LogKeyOptions key;
  std::string head;
};

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

// For a person: what the export says it is, as far as it could be read.
void show(const LogExportReport& report, Context& context) {
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

Result<void> judge_remembered(const LogExportReport& report, const crypto::Checkpoint& remembered,
                              Context& context) {
  switch (*report.remembered) {
    case HeadMatch::continued:
      context.output.say(Message(Text::log_head_continued, remembered.size));
      return {};
    case HeadMatch::not_shown:
      return refuse(Message(Text::log_head_not_shown, remembered.size),
                    Message(Text::log_head_not_shown_advice, remembered.size, report.head.size));
    case HeadMatch::cut:
      return refuse(Message(Text::log_head_cut, report.head.size, remembered.size));
    case HeadMatch::rewritten:
      return refuse(Message(Text::log_head_rewritten, remembered.size));
  }
  return {};
}

Result<void> verify(const Options& options, Context& context) {
  const auto log = log_key(options.key, context);
  if (!log) return tl::unexpected(log.error());
  std::optional<crypto::Checkpoint> remembered;
  if (!options.head.empty()) {
    const auto head = read_head(options.head, *log);
    if (!head) return tl::unexpected(head.error());
    remembered = *head;
  }
  auto file = DescriptorIn::open(options.file);
  if (!file) return tl::unexpected(file.error());
  const auto report = crypto::verify_log_export(file->stream(), *log, remembered);
  if (!report) return refuse(Message(Text::file_unreadable, options.file, std::strerror(EIO)));

  context.output.json(json_of(*report));
  if (!context.output.is_json()) show(*report, context);
  if (report->bad) {
    const auto& bad = *report->bad;
    std::optional<Message> entry;
    if (bad.entry) entry = Message(Text::log_bad_entry, *bad.entry);
    return refuse(Message(text_of(bad.damage), bad.line), entry);
  }
  context.output.say(Text::log_sound);
  if (!remembered) return {};
  return judge_remembered(*report, *remembered, context);
}

}  // namespace

void add_log_verify(CLI::App& log, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(log, context, "verify", Text::log_verify_about, Text::log_verify_examples);
  command.add_option("file", options->file, context.say(Text::log_verify_file))
      ->type_name("FILE")
      ->required();
  add_log_key_options(command, context, options->key);
  command.add_option("--head", options->head, context.say(Text::head_option))->type_name("FILE");
  runs(command, context, [options, &context] { return verify(*options, context); });
}

}  // namespace cli
