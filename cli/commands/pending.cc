#include "cli/commands/pending.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/fingerprint_check.h"
#include "cli/first_generation.h"
#include "cli/orders.h"
#include "cli/registration.h"
#include "cli/sealed_session.h"

namespace cli {
namespace {

struct ConfirmOptions {
  std::string id;
  std::string fingerprint;
};

void show_as_json(const Order& order, Output& output) {
  nlohmann::json object = {{"kind", order.kind},
                           {"id", order.id.text()},
                           {"what", order.meaning().in(output.language())},
                           {"created", order.created}};
  if (!order.node.is_nil()) object["node"] = order.node.text();
  if (order.kind == "approve") {
    if (const auto wanted = order.registration()) object["fingerprint"] = wanted->fingerprint();
  }
  output.json(object);
}

Result<void> list(Context& context) {
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto orders = list_orders(*remote);
  if (!orders) return tl::unexpected(orders.error());
  if (context.output.is_json()) {
    for (const Order& order : *orders) show_as_json(order, context.output);
    return {};
  }
  std::vector<std::vector<std::string>> rows;
  for (const Order& order : *orders) {
    rows.push_back({order.id.text(), order.meaning().in(context.language)});
  }
  context.output.show({{"id", Text::label_id}, {"what", Text::label_what}}, rows);
  context.output.say(orders->empty() ? Text::pending_none : Text::pending_next);
  return {};
}

// The second administrator's signature. She compares what the first one compared.
Result<void> approve(const ConfirmOptions& options, const Order& order, SealedSession& session,
                     Context& context) {
  const auto wanted = order.registration();
  if (!wanted) return tl::unexpected(wanted.error());
  context.output.say(order.meaning());
  const auto compared =
      check_fingerprint(context, wanted->person.role, wanted->fingerprint(), options.fingerprint);
  if (!compared) return compared;
  const auto statement = crypto::Statement::parse(order.note);
  if (!statement) return refuse(Text::answer_unreadable, Text::service_malformed_advice);
  const auto answer = session.remote().post("/v1/orders/" + order.id.text() + "/signatures",
                                            {{"statement", session.ring().sign(*statement)}});
  if (!answer) return tl::unexpected(answer.error());
  show_registered(context.output, *answer, wanted->fingerprint());
  return {};
}

Result<void> accept(const Order& order, SealedSession& session, Output& output) {
  const crypto::ShareRecord share{order.id, order.node, session.ring().agency(),
                                  session.ring().key(), session.ring().via()};
  const auto answer =
      session.remote().post("/v1/shares/" + order.id.text() + "/acceptance",
                            {{"statement", session.ring().sign(crypto::to_statement(share))}});
  if (!answer) return tl::unexpected(answer.error());
  output.show({{"id", Text::label_share, order.id.text()},
               {"case", Text::label_case, order.node.text()},
               {"entry", Text::label_entry, text_of(*answer, "entry")}});
  output.say(Text::share_accepted);
  return {};
}

Result<void> begin_agency(SealedSession& session, Output& output) {
  if (const auto made = make_first_generation(session); !made) return made;
  output.show({{"agency", Text::label_agency, session.ring().agency().text()},
               {"generation", Text::label_generation, "1"}});
  output.say(Text::login_first_generation);
  return {};
}

Result<void> confirm(const ConfirmOptions& options, Context& context) {
  // Looked at before the key is opened, which may ask for a passphrase.
  auto remote = context.open_remote();
  if (!remote) return tl::unexpected(remote.error());
  const auto order = find_order(*remote, options.id);
  if (!order) return tl::unexpected(order.error());
  if (order->kind == "rotate") {
    return refuse(Text::pending_is_rotation,
                  Message(Text::pending_is_rotation_advice, order->node.text()));
  }
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  if (order->kind == "approve") return approve(options, *order, **session, context);
  if (order->kind == "share") return accept(*order, **session, context.output);
  if (order->kind == "first-generation") return begin_agency(**session, context.output);
  return refuse(Text::answer_unreadable, Text::service_malformed_advice);
}

}  // namespace

void add_pending(CLI::App& app, Context& context) {
  CLI::App& command =
      add_command(app, context, "pending", Text::pending_about, Text::pending_examples);
  runs(command, context, [&context] { return list(context); });
  const auto options = std::make_shared<ConfirmOptions>();
  CLI::App& confirming = add_command(command, context, "confirm", Text::pending_confirm_about,
                                     Text::pending_confirm_examples);
  confirming.add_option("id", options->id, context.say(Text::pending_confirm_id))
      ->type_name("")
      ->required();
  confirming.add_option("--fingerprint", options->fingerprint,
                        context.say(Text::fingerprint_option));
  runs(confirming, context, [options, &context] { return confirm(*options, context); });
}

}  // namespace cli
