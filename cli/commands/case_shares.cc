#include "cli/commands/case_shares.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "cli/agencies.h"
#include "cli/case_ref.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

struct Options {
  std::string named;
  std::string agency;
};

Result<void> share(const Options& options, Context& context) {
  const auto opened = SealedSession::open(context);
  if (!opened) return tl::unexpected(opened.error());
  SealedSession& session = **opened;
  const auto case_id = find_case(session.remote(), options.named);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto agency = find_agency(session.remote(), options.agency);
  if (!agency) return tl::unexpected(agency.error());
  if (agency->generation == 0) {
    return refuse(Text::agency_without_key, Text::case_agency_without_key_advice);
  }

  const auto node = session.result(session.graph().node(agency->id, 0));
  if (!node) return tl::unexpected(node.error());
  const auto state = session.result(session.ring().fresh(*case_id));
  if (!state) return tl::unexpected(state.error());
  const auto holder = session.result(session.ring().add_holder(
      *state,
      {crypto::HolderKind::node, agency->id, node->record.generation, node->record.recipient}));
  if (!holder) return tl::unexpected(holder.error());
  const auto offered =
      session.remote().post("/v1/cases/" + case_id->text() + "/shares",
                            {{"agency", agency->id.text()}, {"holder", api::wire::of(*holder)}});
  if (!offered) return tl::unexpected(offered.error());
  context.output.show({
      {"id", Text::label_share, text_of(*offered, "id")},
      {"case", Text::label_case, case_id->text()},
      {"agency", Text::label_agency, agency->id.text()},
      {"state", Text::label_state, text_of(*offered, "state")},
  });
  context.output.say(Message(Text::share_offered, agency->name));
  return {};
}

Result<void> list(const std::string& named, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto case_id = find_case(*remote, named);
  if (!case_id) return tl::unexpected(case_id.error());
  const auto shares = remote->get("/v1/cases/" + case_id->text() + "/shares");
  if (!shares) return tl::unexpected(shares.error());
  std::vector<std::vector<std::string>> rows;
  for (const nlohmann::json& one : items_of(*shares)) {
    rows.push_back({text_of(one, "state"), text_of(one, "agency"), text_of(one, "by"),
                    text_of(one, "created"), text_of(one, "id")});
  }
  context.output.show({{"state", Text::label_state},
                       {"agency", Text::label_agency},
                       {"by", Text::label_by},
                       {"created", Text::label_created},
                       {"id", Text::label_share}},
                      rows);
  return {};
}

}  // namespace

void add_case_shares(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(group, context, "share", Text::case_share_about, Text::case_share_examples);
  command.add_option("case", options->named, context.say(Text::case_named))
      ->type_name("")
      ->required();
  command.add_option("agency", options->agency, context.say(Text::agency_named))
      ->type_name("")
      ->required();
  runs(command, context, [options, &context] { return share(*options, context); });

  const auto named = std::make_shared<std::string>();
  CLI::App& listing =
      add_command(group, context, "shares", Text::case_shares_about, Text::case_shares_examples);
  listing.add_option("case", *named, context.say(Text::case_named))->type_name("")->required();
  runs(listing, context, [named, &context] { return list(*named, context); });
}

}  // namespace cli
