#include "cli/commands/key.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/wire.h"
#include "cli/agencies.h"
#include "cli/enrolled.h"
#include "cli/registration.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

using crypto::AccessKeyRecord;

struct AddOptions {
  std::string enrolment;
  std::string role;
  std::string agency;
  std::string fingerprint;
};

Result<void> add(const AddOptions& options, Context& context) {
  const auto person = read_compared(context, options.enrolment, options.fingerprint);
  if (!person) return tl::unexpected(person.error());
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());

  crypto::Id agency;
  std::string target = "/v1/access-keys";
  if (!options.agency.empty()) {
    const auto found = find_agency((*session)->remote(), options.agency);
    if (!found) return tl::unexpected(found.error());
    agency = found->id;
    target = "/v1/agencies/" + agency.text() + "/access-keys";
  }
  return register_statement(context, **session, target,
                            crypto::to_statement(enrolled(*person, agency, options.role)), *person);
}

// Of the keys themselves: what the service says beside them is not what is compared aloud.
std::string fingerprint_of(const AccessKeyRecord& record) {
  return crypto::fingerprint(record.recipient, record.signing);
}

Result<crypto::Id> agency_to_list(Remote& remote, const std::string& named, Context& context) {
  if (!named.empty()) {
    const auto agency = find_agency(remote, named);
    if (!agency) return tl::unexpected(agency.error());
    return agency->id;
  }
  const auto profile = context.open_profile();
  if (!profile) return tl::unexpected(profile.error());
  const auto own = crypto::Id::parse((*profile)->settings().agency);
  if (!own) return misused(Text::key_list_agency_needed);
  return *own;
}

Result<void> list(const std::string& named, Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto agency = agency_to_list(*remote, named, context);
  if (!agency) return tl::unexpected(agency.error());
  const auto answer = remote->get("/v1/agencies/" + agency->text() + "/access-keys");
  if (!answer) return tl::unexpected(answer.error());
  const auto records = api::wire::read_list<AccessKeyRecord>(items_of(*answer));
  if (!records) return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  std::vector<std::vector<std::string>> rows;
  for (const AccessKeyRecord& record : *records) {
    rows.push_back({record.role, fingerprint_of(record), record.key.text()});
  }
  context.output.show({{"role", Text::label_role},
                       {"fingerprint", Text::label_fingerprint},
                       {"id", Text::label_id}},
                      rows);
  return {};
}

Result<void> show(const std::string& text, Context& context) {
  const auto id = crypto::Id::parse(text);
  if (!id) return misused(Message(Text::id_malformed, text));
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  RemoteGraph graph(*remote);
  const auto record = graph.access_key(*id);
  if (!record) return tl::unexpected(graph.explain(record.error()));
  context.output.show({
      {"id", Text::label_id, record->key.text()},
      {"agency", Text::label_agency,
       record->agency.is_nil() ? std::string() : record->agency.text()},
      {"role", Text::label_role, record->role},
      {"fingerprint", Text::label_fingerprint, fingerprint_of(*record)},
      {"recipient", Text::label_recipient, record->recipient.text()},
      {"signing", Text::label_signing, record->signing.text()},
  });
  return {};
}

void add_add(CLI::App& group, Context& context) {
  const auto options = std::make_shared<AddOptions>();
  CLI::App& command =
      add_command(group, context, "add", Text::key_add_about, Text::key_add_examples);
  command.add_option("enrolment", options->enrolment, context.say(Text::key_add_enrolment))
      ->type_name("FILE")
      ->required();
  command.add_option("--role", options->role, context.say(Text::key_add_role))->required();
  command.add_option("--agency", options->agency, context.say(Text::key_add_agency));
  command.add_option("--fingerprint", options->fingerprint, context.say(Text::fingerprint_option));
  runs(command, context, [options, &context] { return add(*options, context); });
}

}  // namespace

void add_key(CLI::App& app, Context& context) {
  CLI::App& group = add_group(app, context, "key", Text::key_about);
  add_add(group, context);
  const auto agency = std::make_shared<std::string>();
  CLI::App& listing =
      add_command(group, context, "list", Text::key_list_about, Text::key_list_examples);
  listing.add_option("--agency", *agency, context.say(Text::key_list_agency));
  runs(listing, context, [agency, &context] { return list(*agency, context); });
  const auto id = std::make_shared<std::string>();
  CLI::App& showing =
      add_command(group, context, "show", Text::key_show_about, Text::key_show_examples);
  showing.add_option("id", *id, context.say(Text::key_show_id))->type_name("")->required();
  runs(showing, context, [id, &context] { return show(*id, context); });
}

}  // namespace cli
