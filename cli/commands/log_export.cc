#include "cli/commands/log_export.h"

#include <CLI/App.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "cli/case_ref.h"
#include "cli/file_out.h"
#include "cli/log_judgement.h"
#include "cli/remote_log.h"
#include "cli/tee_in.h"
#include "crypto/log_export.h"
#include "crypto/strict_json.h"

namespace cli {
namespace {

using crypto::LogExportReport;
using nlohmann::json;

struct Options {
  LogKeyOptions key;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> to;
  std::string case_name;
  std::string output;
};

// Entries of one case with their proofs, as those get them who do not read the whole log.
struct CaseEntries {
  std::vector<std::string> lines;
  std::vector<crypto::log_export::Inclusion> inclusions;
  std::string checkpoint;
  std::uint64_t next = 0;  // where to go on; 0: that is all
};

tl::unexpected<Failure> unreadable() {
  return refuse(Text::answer_unreadable, Text::service_malformed_advice);
}

Result<CaseEntries> read_entries(const json& answer) {
  CaseEntries entries;
  for (const json& item : items_of(answer)) {
    if (!item.is_object()) return unreadable();
    auto proof = read_proof(item);
    if (!proof) return tl::unexpected(proof.error());
    const auto index = item.find("index");
    if (index == item.end() || !index->is_number_unsigned()) return unreadable();
    entries.lines.push_back(text_of(item, "line"));
    entries.inclusions.push_back({index->get<std::uint64_t>(),
                                  crypto::merkle::leaf_hash(crypto::as_bytes(entries.lines.back())),
                                  std::move(*proof)});
  }
  entries.checkpoint = text_of(answer, "checkpoint");
  const auto next = answer.find("next");
  if (next != answer.end() && next->is_number_unsigned()) entries.next = next->get<std::uint64_t>();
  return entries;
}

// The same file that an auditor gets of a case, made of its entries here.
std::string export_of(const CaseEntries& entries, const crypto::Id& case_id, std::uint64_t from,
                      const std::string& origin) {
  std::string text;
  const auto sink = [&](std::string_view line) {
    text += line;
    return true;
  };
  crypto::log_export::Writer writer(sink, {origin, case_id, from, from + entries.lines.size()});
  writer.begin();
  for (const std::string& line : entries.lines) writer.entry(line);
  writer.finish_case(entries.inclusions, entries.checkpoint);
  return text;
}

struct Exporting {
  const Options& options;
  Context& context;
  Remote& remote;
  crypto::NoteVerifier log;
  crypto::Id case_id;  // nil: the whole log
  std::uint64_t next = 0;

  std::string target() const {
    std::string query;
    const auto add = [&](const char* name, const std::string& value) {
      query += (query.empty() ? "?" : "&") + std::string(name) + "=" + value;
    };
    if (options.from) add("from", std::to_string(*options.from));
    if (options.to) add("to", std::to_string(*options.to));
    if (!case_id.is_nil()) add("case", case_id.text());
    return "/v1/log/entries" + query;
  }

  // The export as it comes, judged while it is written.
  Result<LogExportReport> take_export(api::BodyReader& body, FileOut& file) const {
    TeeIn tee(body, file.stream());
    std::istream in(&tee);
    const auto report = crypto::verify_log_export(in, log);
    if (tee.failed()) return tl::unexpected(remote.explain(*tee.failed()));
    if (tee.copy_failed()) {
      return refuse(Message(Text::file_unwritable, options.output, std::strerror(errno)));
    }
    if (!report) return unreadable();
    return *report;
  }

  Result<LogExportReport> take_entries(const api::ClientResponse& response, FileOut& file) {
    if (case_id.is_nil()) return refuse(Text::log_export_of_case, Text::log_export_of_case_advice);
    const auto text = response.text(std::size_t{64} << 20);
    if (!text) return unreadable();
    const auto answer = crypto::parse_json(*text);
    if (!answer || !answer->is_object()) return unreadable();
    const auto entries = read_entries(*answer);
    if (!entries) return tl::unexpected(entries.error());
    next = entries->next;
    const std::string whole = export_of(*entries, case_id, options.from.value_or(1), log.name);
    file.stream() << whole;
    std::istringstream in(whole);
    const auto report = crypto::verify_log_export(in, log);
    if (!report) return unreadable();
    return *report;
  }

  Result<void> run() {
    auto file = FileOut::create(options.output, FileKind::secret);
    if (!file) return tl::unexpected(file.error());
    api::ClientRequest request;
    request.method = "GET";
    request.target = target();
    const auto response = remote.send(std::move(request));
    if (!response) return tl::unexpected(response.error());
    const bool whole =
        response->headers.one("content-type").value_or("").starts_with("application/jsonl");
    const auto report =
        whole ? take_export(*response->body, *file) : take_entries(*response, *file);
    if (!report) return tl::unexpected(report.error());
    // What does not hold is not kept: it would be shown around as if it did.
    if (report->bad) return tl::unexpected(explain_bad(*report));
    if (auto kept = std::move(*file).commit(); !kept) return kept;

    json said = json_of(*report);
    said["file"] = options.output;
    if (next != 0) said["next"] = next;
    context.output.json(said);
    if (!context.output.is_json()) show_export(*report, context);
    context.output.say(Text::log_sound);
    if (next != 0) context.output.note(Message(Text::log_export_more, next));
    return {};
  }
};

Result<void> export_log(const Options& options, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto log = log_key(options.key, context);
  if (!log) return tl::unexpected(log.error());
  // Before anything is read: a key that is not this log's would find everything forged.
  const auto head = fetch_head(*remote, *log, context);
  if (!head) return tl::unexpected(head.error());
  crypto::Id case_id;
  if (!options.case_name.empty()) {
    const auto found = find_case(*remote, options.case_name);
    if (!found) return tl::unexpected(found.error());
    case_id = *found;
  }
  return Exporting{options, context, *remote, *log, case_id}.run();
}

}  // namespace

void add_log_export(CLI::App& log, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(log, context, "export", Text::log_export_about, Text::log_export_examples);
  command.add_option("--from", options->from, context.say(Text::log_export_from))->type_name("N");
  command.add_option("--to", options->to, context.say(Text::log_export_to))->type_name("N");
  command.add_option("--case", options->case_name, context.say(Text::case_named))
      ->type_name("CASE");
  command.add_option("-o,--output", options->output, context.say(Text::log_export_output))
      ->type_name("FILE")
      ->required();
  add_log_key_options(command, context, options->key);
  runs(command, context, [options, &context] { return export_log(*options, context); });
}

}  // namespace cli
