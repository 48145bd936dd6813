// Nodes of the key graph, their lockboxes and generations, and rotations.
#include <nlohmann/json.hpp>

#include "api/json_body.h"
#include "api/parse.h"
#include "api/problem.h"
#include "api/rotation_run.h"
#include "api/services.h"
#include "api/vault_port.h"
#include "api/wire.h"
#include "crypto/encoding.h"
#include "crypto/strict_json.h"

namespace api {
namespace {

using crypto::Holder;
using crypto::HolderKind;
using crypto::Id;
using crypto::ObjectReader;
using nlohmann::json;

constexpr std::size_t kBatch = vault::Rotations::kBatch;

Outcome<Reply> show_node(Services& services, Incoming& in) {
  const auto node = in.id("node");
  if (!node) return tl::unexpected(node.error());
  const auto generation = parse::query_number(in.call.query, "generation", 0);
  if (!generation) return tl::unexpected(generation.error());
  const auto state = services.vault.graph().node(in.actor, *node, *generation);
  if (!state) return refuse(state.error());
  return json_reply(200, wire::of(*state));
}

Outcome<Reply> show_lockboxes(Services& services, Incoming& in) {
  const auto node = in.id("node");
  if (!node) return tl::unexpected(node.error());
  if (!in.call.query.contains("generation")) {
    const auto refs = services.vault.graph().lockboxes(in.actor, *node);
    if (!refs) return refuse(refs.error());
    json items = json::array();
    for (const auto& ref : *refs) items.push_back(wire::of(ref));
    return json_reply(200, {{"items", std::move(items)}});
  }
  const auto generation = parse::query_number(in.call.query, "generation", 0);
  const auto holder = parse::query_id(in.call.query, "holder");
  if (!generation || !holder || holder->is_nil()) return refuse("bad-request");
  const auto sealed = services.vault.graph().lockbox(in.actor, *node, *generation, *holder);
  if (!sealed) return refuse(sealed.error());
  return json_reply(200, {{"lockbox", crypto::base64(*sealed)}});
}

// A colleague's key as a holder, by what the directory knows of it.
Outcome<crypto::HolderSubmission> seal_to_key(Incoming& in, const Id& node, const Id& key) {
  LentKeys keys = in.session->keys(in.actor);
  const auto record = keys.port().access_key(key);
  if (!record) return tl::unexpected(record.error());
  const auto state = keys.ring().fresh(node);
  if (!state) return tl::unexpected(state.error());
  return keys.ring().add_holder(*state, Holder{HolderKind::access_key, key, 0, record->recipient});
}

// An older secret, sealed to the generation after it. An opened session's key ring does this by
// itself.
Outcome<Reply> add_previous(Services& services, Incoming& in, const Id& node,
                            ObjectReader& reader) {
  const std::uint64_t generation = reader.number("generation");
  const Bytes sealed = reader.base64("previous");
  if (!reader.complete()) return refuse("bad-request");
  const auto added = services.vault.graph().add_previous(in.actor, node, generation, sealed);
  if (!added) return refuse(added.error());
  return json_reply(201, {{"entry", added->index}});
}

Outcome<Reply> add_lockbox(Services& services, Incoming& in) {
  const auto node = in.id("node");
  if (!node) return tl::unexpected(node.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  if (!in.opened() && reader.has("previous")) return add_previous(services, in, *node, reader);
  std::optional<crypto::HolderSubmission> holder;
  if (in.opened()) {
    const Id key = reader.id("key");
    if (!reader.complete()) return refuse("bad-request");
    auto made = seal_to_key(in, *node, key);
    if (!made) return tl::unexpected(made.error());
    holder = std::move(*made);
  } else {
    holder = wire::read<crypto::HolderSubmission>(reader.object("holder"));
    if (!reader.complete() || !holder) return refuse("bad-request");
  }
  const auto statement = crypto::Statement::parse(holder->note);
  const auto record = statement ? crypto::record_of<crypto::HolderRecord>(*statement)
                                : tl::unexpected(statement.error());
  if (!record || record->node != *node) return refuse("invalid");
  const auto added = services.vault.graph().add_custodian(in.actor, *holder);
  if (!added) return refuse(added.error());
  return json_reply(201, {{"entry", added->index}});
}

Outcome<std::uint64_t> make_generation(Incoming& in, const Id& node) {
  LentKeys keys = in.session->keys(in.actor);
  const auto before = keys.port().node(node, 0);
  if (!before) return tl::unexpected(before.error());
  if (!before->stale) return refuse("conflict");
  const auto after = keys.ring().fresh(node);
  if (!after) return tl::unexpected(after.error());
  return after->record.generation;
}

Outcome<Reply> add_generation_route(Services& services, Incoming& in) {
  const auto node = in.id("node");
  if (!node) return tl::unexpected(node.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  if (in.opened()) {
    if (!body->empty()) return refuse("bad-request");
    const auto generation = make_generation(in, *node);
    if (!generation) return tl::unexpected(generation.error());
    return json_reply(201, {{"generation", *generation}});
  }
  const auto submission = wire::read<crypto::GenerationSubmission>(*body);
  if (!submission) return refuse("bad-request");
  const auto added = add_generation(services.vault.graph(), in.actor, *node, *submission);
  if (!added) return refuse(added.error());
  const auto statement = crypto::Statement::parse(submission->note);
  if (!statement) return refuse("internal");
  const auto record = crypto::record_of<crypto::GenerationRecord>(*statement);
  if (!record) return refuse("internal");
  return json_reply(201, {{"generation", record->generation}});
}

// An administrator's part of a rotation: she orders it.
Outcome<Reply> order_rotation(Services& services, Incoming& in, const Id& node, const json& body) {
  ObjectReader reader(body);
  std::string note;
  if (in.opened()) {
    const crypto::OrderRecord record{Id::make(services.clock()), "rotate", node, in.actor.key,
                                     in.actor.via};
    note = in.session->keys(in.actor).ring().sign(crypto::to_statement(record));
  } else {
    note = reader.lines("order");
  }
  if (!reader.complete()) return refuse("bad-request");
  const auto order = services.vault.rotations().order(in.actor, node, note);
  if (!order) return refuse(order.error());
  return json_reply(202, {{"order", order->text()}});
}

// A custodian's part: she makes it. In an opened session to its end; one that was interrupted goes
// on when it is named.
Outcome<Reply> run_opened(Services& services, Incoming& in, const Id& node, const json& body) {
  ObjectReader reader(body);
  std::optional<RotationState> running;
  if (reader.has("rotation")) {
    const Id rotation = reader.id("rotation");
    const auto view = services.vault.rotations().get(in.actor, rotation);
    if (!view) return refuse(view.error());
    if (view->record.node != node) return refuse("not-found");
    running = state_of(*view);
  }
  if (!reader.complete()) return refuse("bad-request");
  LentKeys keys = in.session->keys(in.actor);
  const auto state =
      run_rotation(keys.ring(), keys.port(), keys.port(), node, {}, running ? &*running : nullptr);
  if (!state) return tl::unexpected(state.error());
  return json_reply(200, wire::of(*state));
}

Outcome<Reply> rotate(Services& services, Incoming& in) {
  const auto node = in.id("node");
  if (!node) return tl::unexpected(node.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  if (services.policy.scope(in.actor.role, "keys") == "order") {
    return order_rotation(services, in, *node, *body);
  }
  if (in.opened()) return run_opened(services, in, *node, *body);

  ObjectReader reader(*body);
  const auto submission = wire::read<crypto::GenerationSubmission>(reader.object("generation"));
  if (!reader.complete() || !submission) return refuse("bad-request");
  const auto started = services.vault.rotations().start(in.actor, *node, *submission);
  if (!started) return refuse(started.error());
  return json_reply(201, wire::of(state_of(*started)));
}

Outcome<Reply> show_rotation(Services& services, Incoming& in) {
  const auto rotation = in.id("rotation");
  if (!rotation) return tl::unexpected(rotation.error());
  const auto view = services.vault.rotations().get(in.actor, *rotation);
  if (!view) return refuse(view.error());
  return json_reply(200, wire::of(state_of(*view)));
}

Outcome<Reply> add_batch(Services& services, Incoming& in) {
  const auto rotation = in.id("rotation");
  if (!rotation) return tl::unexpected(rotation.error());
  const auto body = read_json(in.call);
  if (!body) return tl::unexpected(body.error());
  ObjectReader reader(*body);
  auto& rotations = services.vault.rotations();
  if (reader.has("statement")) {
    const std::string note = reader.lines("statement");
    if (!reader.complete()) return refuse("bad-request");
    const auto completed = rotations.complete(in.actor, *rotation, note);
    if (!completed) return refuse(completed.error());
    return show_rotation(services, in);
  }
  const json& list = reader.array("generations");
  if (!reader.complete() || list.size() > kBatch) return refuse("bad-request");
  const auto submissions = wire::read_list<crypto::GenerationSubmission>(list);
  if (!submissions) return refuse("bad-request");
  const auto view = rotations.batch(in.actor, *rotation, *submissions);
  if (!view) return refuse(view.error());
  return json_reply(200, wire::of(state_of(*view)));
}

}  // namespace

void register_graph_routes(Router& router, Services& services) {
  const auto add = routes_into(router, services);
  add("GET", "/v1/nodes/{node}", kNoBody, show_node);
  add("GET", "/v1/nodes/{node}/lockboxes", kNoBody, show_lockboxes);
  add("POST", "/v1/nodes/{node}/lockboxes", kJsonBody, add_lockbox);
  add("POST", "/v1/nodes/{node}/generations", kJsonBody, add_generation_route);
  add("POST", "/v1/nodes/{node}/rotations", kJsonBody, rotate);
  add("GET", "/v1/rotations/{rotation}", kNoBody, show_rotation);
  add("POST", "/v1/rotations/{rotation}/batches", kJsonBody, add_batch);
}

}  // namespace api
