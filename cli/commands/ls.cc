#include "cli/commands/ls.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

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

struct Listing {
  std::vector<OpenedVersion> all;  // in the order of the ids
  std::optional<Failure> bad;      // the first that does not open: it does not hide the others
};

// Of all pages.
Result<Listing> list(SealedSession& session, const crypto::Id& case_id) {
  Listing listing;
  std::string after;
  do {
    const auto page = session.remote().get("/v1/cases/" + case_id.text() + "/documents" + after);
    if (!page) return tl::unexpected(page.error());
    for (const json& item : items_of(*page)) {
      auto opened = open_listed(session, item);
      const bool refused = !opened && opened.error().status != 0;
      if (refused) return tl::unexpected(opened.error());
      if (opened)
        listing.all.push_back(std::move(*opened));
      else if (!listing.bad)
        listing.bad = Failure{Message(Text::ls_damaged, text_of(item, "id")), opened.error().what};
    }
    const std::string next = text_of(*page, "next");
    after = next.empty() ? std::string() : "?after=" + next;
  } while (!after.empty());
  return listing;
}

void show(const std::vector<std::vector<std::string>>& rows, Context& context) {
  context.output.show({{"id", Text::label_document},
                       {"version", Text::label_version},
                       {"type", Text::label_type},
                       {"class", Text::label_class},
                       {"title", Text::label_title},
                       {"size", Text::label_size},
                       {"created", Text::label_created}},
                      rows);
  if (rows.empty()) context.output.note(Text::ls_empty);
}

Result<void> ls(const std::string& case_name, Context& context) {
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto case_id = find_case((*session)->remote(), case_name);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto listing = list(**session, *case_id);
  if (!listing) return tl::unexpected(listing.error());

  std::vector<std::vector<std::string>> rows;
  for (const OpenedVersion& one : listing->all) {
    context.output.json(row_of(one));
    rows.push_back({one.sealed.document.text(), std::to_string(one.sealed.version),
                    one.sealed.label.type, one.sealed.label.classification, one.manifest.title,
                    shown_size(one.manifest.size, context.language),
                    crypto::time_text(one.sealed.created)});
  }
  if (!context.output.is_json()) show(rows, context);
  if (listing->bad) return tl::unexpected(*listing->bad);
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
