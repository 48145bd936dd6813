#include "api/rotation_run.h"

namespace api {

Outcome<RotationState> run_rotation(KeyRing& ring, GraphPort& graph, RotationPort& port,
                                    const Id& agency, const RotationProgress& progress,
                                    const RotationState* running) {
  RotationState state;
  if (running != nullptr) {
    state = *running;
  } else {
    const auto node = graph.node(agency, 0);
    if (!node) return tl::unexpected(node.error());
    const auto next = ring.successor(*node);
    if (!next) return tl::unexpected(next.error());
    // An agency that moved on without its old secret would leave everything older shut to
    // newcomers.
    if (!next->previous) return fail("no-way", 404);
    auto started = port.start(agency, *next);
    if (!started) return started;
    state = std::move(*started);
  }

  while (!state.next.empty()) {
    std::vector<crypto::GenerationSubmission> batch;
    for (const crypto::NodeState& below : state.next) {
      auto next = ring.successor(below);
      if (!next) return tl::unexpected(next.error());
      batch.push_back(std::move(*next));
    }
    auto done = port.batch(state.id, batch);
    if (!done) return done;
    state = std::move(*done);
    if (progress) progress(state.replaced);
  }
  if (state.complete) return state;

  const crypto::RotationRecord record{state.id,       state.node,      state.from, state.to,
                                      state.replaced, state.documents, ring.key(), ring.via()};
  const auto completed = port.complete(state.id, ring.sign(crypto::to_statement(record)));
  if (!completed) return tl::unexpected(completed.error());
  state.complete = true;
  return state;
}

}  // namespace api
