#include "cli/commands/cases.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "cli/case_ref.h"
#include "cli/commands/case_shares.h"
#include "cli/commands/case_team.h"
#include "cli/now.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

using nlohmann::json;

struct CreateOptions {
  std::string category;
  std::vector<std::string> flags;
  bool minor = false;
};

std::string flags_of(const json& found) {
  std::string text;
  const auto flags = found.find("flags");
  if (flags == found.end() || !flags->is_array()) return text;
  for (const json& flag : *flags) {
    if (flag.is_string()) text += (text.empty() ? "" : " ") + flag.get<std::string>();
  }
  return text;
}

bool is_minor(const json& found) { return found.value("minor", json()) == true; }

void show(const json& found, Output& output) {
  output.show({
      {"id", Text::label_id, text_of(found, "id")},
      {"code", Text::label_case_code, text_of(found, "code")},
      {"category", Text::label_category, text_of(found, "category")},
      {"flags", Text::label_flags, flags_of(found)},
      {"minor", Text::label_minor,
       std::string(text_in(output.language(), is_minor(found) ? Text::yes : Text::no))},
      {"agency", Text::label_agency, text_of(found, "agency")},
      {"creator", Text::label_creator, text_of(found, "creator")},
      {"created", Text::label_created, text_of(found, "created")},
      {"place", Text::label_place, text_of(found, "place")},
  });
}

// The first generation of the case's key, for her agency and herself.
Result<crypto::GenerationSubmission> draw_key(SealedSession& session, const crypto::Id& id) {
  api::KeyRing& ring = session.ring();
  const auto agency = session.graph().node(ring.agency(), 0);
  if (!agency && agency.error().type == "not-found") {
    return refuse(Text::case_agency_without_key, Text::case_agency_without_key_advice);
  }
  if (!agency) return tl::unexpected(session.graph().explain(agency.error()));
  const crypto::GenerationRecord& held = agency->record;
  return ring.first_generation(
      id, crypto::NodeKind::case_file, ring.agency(),
      {{crypto::HolderKind::node, ring.agency(), held.generation, held.recipient},
       {crypto::HolderKind::access_key, ring.key(), 0, ring.identity().recipient()}});
}

// Its label, on her word.
std::string sign_label(const CreateOptions& options, const api::KeyRing& ring,
                       const crypto::Id& id) {
  return ring.sign(crypto::to_statement(crypto::CaseLabelRecord{
      id, ring.agency(), options.category, options.flags, options.minor, ring.key(), ring.via()}));
}

Result<void> create(const CreateOptions& options, Context& context) {
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const crypto::Id id = crypto::Id::make(now_ms());
  const auto drawn = draw_key(**session, id);
  if (!drawn) return tl::unexpected(drawn.error());
  const std::string label = sign_label(options, (*session)->ring(), id);
  const auto made = (*session)->remote().post("/v1/cases", {{"category", options.category},
                                                            {"flags", options.flags},
                                                            {"minor", options.minor},
                                                            {"generation", api::wire::of(*drawn)},
                                                            {"statement", label}});
  if (!made) return tl::unexpected(made.error());
  show(*made, context.output);
  return {};
}

// All pages, however many.
Result<std::vector<json>> all_cases(Remote& remote) {
  std::vector<json> cases;
  std::string after;
  do {
    const auto page =
        remote.get("/v1/cases?limit=200" + (after.empty() ? after : "&after=" + after));
    if (!page) return tl::unexpected(page.error());
    for (const json& one : items_of(*page)) cases.push_back(one);
    after = encoded(text_of(*page, "next"));
  } while (!after.empty());
  return cases;
}

Result<void> list(bool codes_only, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto cases = all_cases(*remote);
  if (!cases) return tl::unexpected(cases.error());
  std::vector<Column> columns = {{"code", Text::label_case_code}};
  if (!codes_only) {
    columns.insert(columns.end(), {{"category", Text::label_category},
                                   {"flags", Text::label_flags},
                                   {"place", Text::label_place},
                                   {"created", Text::label_created},
                                   {"id", Text::label_id}});
  }
  std::vector<std::vector<std::string>> rows;
  for (const json& one : *cases) {
    rows.push_back({text_of(one, "code")});
    if (codes_only) continue;
    for (const char* name : {"category", "flags", "place", "created", "id"}) {
      rows.back().push_back(name == std::string_view("flags") ? flags_of(one) : text_of(one, name));
    }
  }
  if (codes_only && !context.output.is_json()) {
    for (const auto& row : rows) context.output.raw(printable(row[0]) + "\n");
    return {};
  }
  context.output.show(columns, rows);
  if (rows.empty()) context.output.note(Text::case_list_empty);
  return {};
}

Result<void> show_one(const std::string& named, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto id = find_case(*remote, named);
  if (!id) return tl::unexpected(id.error());
  const auto found = remote->get("/v1/cases/" + id->text());
  if (!found) return tl::unexpected(found.error());
  show(*found, context.output);
  return {};
}

void add_create(CLI::App& group, Context& context) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App& command =
      add_command(group, context, "create", Text::case_create_about, Text::case_create_examples);
  command.add_option("--category", options->category, context.say(Text::case_create_category))
      ->required();
  command.add_option("--flag", options->flags, context.say(Text::case_create_flag))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_flag("--minor", options->minor, context.say(Text::case_create_minor));
  runs(command, context, [options, &context] { return create(*options, context); });
}

}  // namespace

void add_case(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "case", Text::case_about);
  add_create(group, context);
  const auto codes_only = std::make_shared<bool>(false);
  CLI::App& listing =
      add_command(group, context, "list", Text::case_list_about, Text::case_list_examples);
  listing.add_flag("--code", *codes_only, context.say(Text::case_list_code));
  runs(listing, context, [codes_only, &context] { return list(*codes_only, context); });
  const auto named = std::make_shared<std::string>();
  CLI::App& showing =
      add_command(group, context, "show", Text::case_show_about, Text::case_show_examples);
  showing.add_option("case", *named, context.say(Text::case_named))->type_name("")->required();
  runs(showing, context, [named, &context] { return show_one(*named, context); });
  add_case_team(group, context);
  add_case_shares(group, context);
}

}  // namespace cli
