#include "cli/commands/show.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/opened_version.h"
#include "crypto/encoding.h"
#include "crypto/timestamp.h"

namespace cli {
namespace {

using nlohmann::json;

void show_one(const OpenedVersion& opened, Context& context) {
  const json said = opened.describe();
  const auto fact = [&](const char* name, Text label) {
    return Fact{name, label, text_of(said, name)};
  };
  context.output.show({
      fact("id", Text::label_document),
      fact("case", Text::label_case),
      fact("title", Text::label_title),
      fact("file_name", Text::label_file),
      fact("media_type", Text::label_media_type),
      fact("type", Text::label_type),
      fact("class", Text::label_class),
      {"minor", Text::label_concerns_minor,
       context.say(opened.sealed.label.minor ? Text::yes : Text::no)},
      fact("version", Text::label_version),
      fact("size", Text::label_bytes),
      fact("sha256", Text::label_sha256),
      fact("depositor", Text::label_depositor),
      fact("via", Text::label_via),
      fact("created", Text::label_created),
  });
}

Result<void> show(const std::string& name, Context& context) {
  const auto document = parse_document(name);
  if (!document) return tl::unexpected(document.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto versions = open_versions(**session, *document);
  if (!versions) return tl::unexpected(versions.error());

  json whole = versions->back().describe();
  whole["versions"] = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const OpenedVersion& one : *versions) {
    whole["versions"].push_back(one.describe());
    rows.push_back({std::to_string(one.sealed.version), crypto::time_text(one.sealed.created),
                    one.sealed.depositor.text(), crypto::to_hex(one.manifest.sha256)});
  }
  if (context.output.is_json()) {
    context.output.json(whole);
    return {};
  }
  show_one(versions->back(), context);
  if (rows.size() == 1) return {};
  context.output.show({{"version", Text::label_version},
                       {"created", Text::label_created},
                       {"depositor", Text::label_depositor},
                       {"sha256", Text::label_sha256}},
                      rows);
  return {};
}

}  // namespace

void add_show(CLI::App& app, Context& context) {
  const auto named = std::make_shared<std::string>();
  CLI::App& command = add_command(app, context, "show", Text::show_about, Text::show_examples);
  command.add_option("document", *named, context.say(Text::document_argument))
      ->type_name("")
      ->required();
  runs(command, context, [named, &context] { return show(*named, context); });
}

}  // namespace cli
