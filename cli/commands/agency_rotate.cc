#include "cli/commands/agency_rotate.h"

#include <CLI/App.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/rotation_run.h"
#include "cli/agencies.h"
#include "cli/now.h"
#include "cli/progress.h"
#include "cli/sealed_session.h"
#include "cli/session_facts.h"

namespace cli {
namespace {

struct Options {
  std::string agency;
  std::string rotation;  // id of one that was interrupted
};

// Says the rotation's id as soon as there is one, so that it can be gone on with whatever happens.
class AnnouncedRotation : public api::RotationPort {
 public:
  AnnouncedRotation(api::RotationPort& port, Output& output) : port_(port), output_(output) {}

  api::Outcome<api::RotationState> start(const crypto::Id& node,
                                         const crypto::GenerationSubmission& next) override {
    auto state = port_.start(node, next);
    if (state) announce(state->id);
    return state;
  }
  api::Outcome<api::RotationState> batch(
      const crypto::Id& rotation, const std::vector<crypto::GenerationSubmission>& next) override {
    return port_.batch(rotation, next);
  }
  api::Outcome<void> complete(const crypto::Id& rotation, const std::string& note) override {
    return port_.complete(rotation, note);
  }
  void announce(const crypto::Id& rotation) {
    rotation_ = rotation.text();
    output_.note(Message(Text::rotate_running, rotation_));
  }
  const std::string& rotation() const { return rotation_; }  // empty: none was begun

 private:
  api::RotationPort& port_;
  Output& output_;
  std::string rotation_;
};

Result<void> order(const Agency& agency, SealedSession& session, Output& output) {
  const crypto::OrderRecord record{crypto::Id::make(now_ms()), "rotate", agency.id,
                                   session.ring().key(), session.ring().via()};
  const auto answer =
      session.remote().post("/v1/nodes/" + agency.id.text() + "/rotations",
                            {{"order", session.ring().sign(crypto::to_statement(record))}});
  if (!answer) return tl::unexpected(answer.error());
  output.show({{"order", Text::label_order, text_of(*answer, "order")},
               {"agency", Text::label_agency, agency.id.text()}});
  output.say(Message(Text::rotate_ordered, agency.code));
  return {};
}

void show(const api::RotationState& state, Output& output) {
  output.show({
      {"id", Text::label_rotation, state.id.text()},
      {"agency", Text::label_agency, state.node.text()},
      {"from", Text::label_from_generation, std::to_string(state.from)},
      {"to", Text::label_to_generation, std::to_string(state.to)},
      {"cases", Text::label_cases_replaced, std::to_string(state.replaced)},
      {"documents", Text::label_documents_left, std::to_string(state.documents)},
  });
  output.say(Text::rotate_done);
}

Result<void> perform(const Options& options, const Agency& agency, SealedSession& session,
                     Context& context) {
  AnnouncedRotation port(session.graph(), context.output);
  std::optional<api::RotationState> running;
  if (!options.rotation.empty()) {
    const auto id = crypto::Id::parse(options.rotation);
    if (!id) return misused(Message(Text::id_malformed, options.rotation));
    auto state = session.result(session.graph().rotation(*id));
    if (!state) return tl::unexpected(state.error());
    if (state->node != agency.id) return refuse(Message(Text::rotate_of_another, agency.code));
    port.announce(*id);
    running = std::move(*state);
  }
  Progress progress(context.terminal, context.language, context.say(Text::rotate_progress),
                    std::nullopt, context.output.is_json(), Unit::things);
  std::uint64_t seen = running ? running->replaced : 0;
  auto outcome = session.result(api::run_rotation(
      session.ring(), session.graph(), port, agency.id,
      [&](std::uint64_t replaced) {
        progress.advance(replaced - seen);
        seen = replaced;
      },
      running ? &*running : nullptr));
  if (!outcome) {
    Failure failure = outcome.error();
    if (!port.rotation().empty()) {
      failure.advice = Message(Text::rotate_go_on, agency.code, port.rotation());
    }
    return tl::unexpected(failure);
  }
  progress.finish();
  show(*outcome, context.output);
  return {};
}

Result<void> rotate(const Options& options, Context& context) {
  const auto session = SealedSession::open(context);
  if (!session) return tl::unexpected(session.error());
  const auto facts = SessionFacts::ask((*session)->remote());
  if (!facts) return tl::unexpected(facts.error());
  const auto agency = find_agency((*session)->remote(), options.agency);
  if (!agency) return tl::unexpected(agency.error());
  if (facts->role == "KUSTODIAN") return perform(options, *agency, **session, context);
  if (!options.rotation.empty()) return misused(Text::rotate_custodian_only);
  return order(*agency, **session, context.output);
}

}  // namespace

void add_agency_rotate(CLI::App& group, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      add_command(group, context, "rotate", Text::rotate_about, Text::rotate_examples);
  command.add_option("agency", options->agency, context.say(Text::agency_named))
      ->type_name("")
      ->required();
  command.add_option("--rotation", options->rotation, context.say(Text::rotate_rotation))
      ->type_name("ID");
  runs(command, context, [options, &context] { return rotate(*options, context); });
}

}  // namespace cli
