#include "cli/commands/ls.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/case_ref.h"
#include "cli/display.h"
#include "cli/opened_version.h"
#include "crypto/timestamp.h"

namespace cli {
namespace {

using nlohmann::json;

json row_of(const OpenedVersion& opened) {
  json row = opened.describe();
  for (const char* beside : {"versions", "case", "media_type", "sha256", "depositor", "via"}) {
    row.erase(beside);
  }
  return row;
}

// Of all pages, in the order of the ids.
Result<std::vector<OpenedVersion>> list(SealedSession& session, const crypto::Id& case_id) {
  std::vector<OpenedVersion> all;
  std::string after;
  do {
    const auto page = session.remote().get("/v1/cases/" + case_id.text() + "/documents" + after);
    if (!page) return tl::unexpected(page.error());
    for (const json& item : items_of(*page)) {
      auto opened = open_listed(session, item);
      if (!opened) return tl::unexpected(opened.error());
      all.push_back(std::move(*opened));
    }
    const std::string next = text_of(*page, "next");
    after = next.empty() ? std::string() : "?after=" + next;
  } while (!after.empty());
  return all;
}

Result<void> ls(const std::string& case_name, Context& context) {
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto case_id = find_case((*session)->remote(), case_name);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto all = list(**session, *case_id);
  if (!all) return tl::unexpected(all.error());

  std::vector<std::vector<std::string>> rows;
  for (const OpenedVersion& one : *all) {
    context.output.json(row_of(one));
    rows.push_back({one.sealed.document.text(), std::to_string(one.sealed.version),
                    one.sealed.label.type, one.sealed.label.classification, one.manifest.title,
                    shown_size(one.manifest.size, context.language),
                    crypto::time_text(one.sealed.created)});
  }
  if (context.output.is_json()) return {};
  context.output.show({{"id", Text::label_document},
                       {"version", Text::label_version},
                       {"type", Text::label_type},
                       {"class", Text::label_class},
                       {"title", Text::label_title},
                       {"size", Text::label_size},
                       {"created", Text::label_created}},
                      rows);
  if (rows.empty()) context.output.note(Text::ls_empty);
  return {};
}

}  // namespace

void add_ls(CLI::App& app, Context& context) {
  const auto named = std::make_shared<std::string>();
  CLI::App& command = add_command(app, context, "ls", Text::ls_about, Text::ls_examples);
  command.add_option("case", *named, context.say(Text::case_named))->type_name("")->required();
  runs(command, context, [named, &context] { return ls(*named, context); });
}

}  // namespace cli
