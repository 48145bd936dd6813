#include "cli/commands/log_verify.h"

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/descriptor_stream.h"
#include "cli/log_judgement.h"
#include "cli/log_key.h"
#include "crypto/log_verify.h"

namespace cli {
namespace {

using crypto::HeadMatch;
using crypto::LogExportReport;

struct Options {
  std::string file;
  LogKeyOptions key;
  std::string head;
};

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
  if (!context.output.is_json()) show_export(*report, context);
  if (report->bad) return tl::unexpected(explain_bad(*report));
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
