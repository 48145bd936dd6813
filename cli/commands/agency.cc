#include "cli/commands/agency.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/agencies.h"
#include "cli/commands/agency_rotate.h"
#include "cli/enrolled.h"
#include "cli/now.h"
#include "cli/registration.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

struct AddOptions {
  std::string code;
  std::string name;
  std::string custodian;  // path of her enrolment
  std::string fingerprint;
};

Result<void> add(const AddOptions& options, Context& context) {
  const auto person = read_compared(context, options.custodian, options.fingerprint);
  if (!person) return tl::unexpected(person.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());

  crypto::AgencyRecord agency;
  agency.agency = crypto::Id::make(now_ms());
  agency.code = options.code;
  agency.name = options.name;
  agency.custodian = enrolled(*person, agency.agency, "KUSTODIAN");
  return register_statement(context, **session, "/v1/agencies", crypto::to_statement(agency),
                            *person);
}

Result<void> list(Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto agencies = list_agencies(*remote);
  if (!agencies) return tl::unexpected(agencies.error());
  std::vector<std::vector<std::string>> rows;
  for (const Agency& agency : *agencies) {
    rows.push_back({agency.code, agency.name, std::to_string(agency.generation), agency.id.text()});
  }
  context.output.show({{"code", Text::label_code},
                       {"name", Text::label_name},
                       {"generation", Text::label_generation},
                       {"id", Text::label_id}},
                      rows);
  return {};
}

Result<void> show(const std::string& named, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto agency = find_agency(*remote, named);
  if (!agency) return tl::unexpected(agency.error());
  context.output.show({
      {"id", Text::label_id, agency->id.text()},
      {"code", Text::label_code, agency->code},
      {"name", Text::label_name, agency->name},
      {"custodian", Text::label_first_custodian, agency->custodian.text()},
      {"generation", Text::label_generation, std::to_string(agency->generation)},
      {"recipient", Text::label_recipient, agency->recipient},
  });
  if (agency->generation == 0) context.output.say(Text::agency_without_key);
  return {};
}

void add_add(CLI::App& group, Context& context) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& command =
      add_command(group, context, "add", Text::agency_add_about, Text::agency_add_examples);
  command.add_option("--code", options->code, context.say(Text::agency_add_code))->required();
  command.add_option("--name", options->name, context.say(Text::agency_add_name))->required();
  command.add_option("--custodian", options->custodian, context.say(Text::agency_add_custodian))
      ->type_name("FILE")
      ->required();
  command.add_option("--fingerprint", options->fingerprint, context.say(Text::fingerprint_option));
  runs(command, context, [options, &context] { return add(*options, context); });
}

}  // namespace

void add_agency(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "agency", Text::agency_about);
  add_add(group, context);
  CLI::App& listing =
      add_command(group, context, "list", Text::agency_list_about, Text::agency_list_examples);
  runs(listing, context, [&context] { return list(context); });
  const auto named = std::make_shared<std::string>();
  CLI::App& showing =
      add_command(group, context, "show", Text::agency_show_about, Text::agency_show_examples);
  showing.add_option("agency", *named, context.say(Text::agency_named))->type_name("")->required();
  runs(showing, context, [named, &context] { return show(*named, context); });
  add_agency_rotate(group, context);
}

}  // namespace cli
