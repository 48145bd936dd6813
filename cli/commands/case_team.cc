#include "cli/commands/case_team.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "cli/case_ref.h"
#include "cli/fingerprint_check.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

using nlohmann::json;

constexpr std::string_view kDepositorRole = "PENERIMA";  // deposits, and reads nothing back

struct Options {
  std::string named;  // the case whose team is shown
  std::string added_to;
  std::string key;
  std::string fingerprint;
};

Result<void> list(const Options& options, Context& context) {
  if (options.named.empty()) {
    return misused(Message(Text::argument_missing, "case"), Message(Text::see_help, "case team "));
  }
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto id = find_case(*remote, options.named);
  if (!id) return tl::unexpected(id.error());
  const auto team = remote->get("/v1/cases/" + id->text() + "/team");
  if (!team) return tl::unexpected(team.error());
  std::vector<std::vector<std::string>> rows;
  for (const json& member : items_of(*team)) {
    rows.push_back({text_of(member, "role"), text_of(member, "key"), text_of(member, "agency"),
                    text_of(member, "by"), text_of(member, "since")});
  }
  context.output.show({{"role", Text::label_role},
                       {"key", Text::label_access_key},
                       {"agency", Text::label_agency},
                       {"by", Text::label_by},
                       {"since", Text::label_since}},
                      rows);
  return {};
}

// The case's secret, sealed to the colleague: from then on the case opens for her key.
Result<crypto::HolderSubmission> seal_to(SealedSession& session, const crypto::Id& case_id,
                                         const crypto::AccessKeyRecord& colleague) {
  const auto state = session.result(session.ring().fresh(case_id));
  if (!state) return tl::unexpected(state.error());
  return session.result(session.ring().add_holder(
      *state, {crypto::HolderKind::access_key, colleague.key, 0, colleague.recipient}));
}

Result<void> add(const Options& options, Context& context) {
  if (!options.named.empty()) return misused(Message(Text::argument_unknown, options.named));
  const auto key = crypto::Id::parse(options.key);
  if (!key) return misused(Message(Text::id_malformed, options.key));
  const auto opened = SealedSession::open(context);
  if (!opened) return tl::unexpected(opened.error());
  SealedSession& session = **opened;
  const auto case_id = find_case(session.remote(), options.added_to);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto record = session.result(session.graph().access_key(*key));
  if (!record) return tl::unexpected(record.error());

  // What the service hands out as her key could be anybody's: people compare.
  const std::string fingerprint = crypto::fingerprint(record->recipient, record->signing);
  const auto compared = check_fingerprint(context, record->role, fingerprint, options.fingerprint);
  if (!compared) return compared;
  json body = {{"key", key->text()}};
  if (record->role != kDepositorRole) {
    const auto holder = seal_to(session, *case_id, *record);
    if (!holder) return tl::unexpected(holder.error());
    body["holder"] = api::wire::of(*holder);
  }
  const auto added = session.remote().post("/v1/cases/" + case_id->text() + "/team", body);
  if (!added) return tl::unexpected(added.error());
  context.output.show({
      {"case", Text::label_case, case_id->text()},
      {"key", Text::label_access_key, key->text()},
      {"role", Text::label_role, record->role},
      {"fingerprint", Text::label_fingerprint, fingerprint},
      {"entry", Text::label_entry, text_of(*added, "entry")},
  });
  if (record->role == kDepositorRole) context.output.say(Text::team_depositor);
  return {};
}

}  // namespace

void add_case_team(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(group, context, "team", Text::case_team_about, Text::case_team_examples);
  command.add_option("case", options->named, context.say(Text::case_named))->type_name("");
  runs(command, context, [options, &context] { return list(*options, context); });

  CLI::App& adding =
      add_command(command, context, "add", Text::case_team_add_about, Text::case_team_add_examples);
  adding.add_option("case", options->added_to, context.say(Text::case_named))
      ->type_name("")
      ->required();
  adding.add_option("key", options->key, context.say(Text::case_team_key))
      ->type_name("")
      ->required();
  adding.add_option("--fingerprint", options->fingerprint, context.say(Text::fingerprint_option));
  runs(adding, context, [options, &context] { return add(*options, context); });
}

}  // namespace cli
