// Performs a rotation as its custodian: the agency's next generation, then every case below it.
#pragma once

#include <functional>

#include "api/keyring.h"

namespace api {

// Told after each batch how many nodes are done; the whole is not known beforehand.
using RotationProgress = std::function<void(std::uint64_t replaced)>;

// Starts (or, with `running`, goes on with) a rotation of `agency` and carries it to its signed
// end. Interrupted at any moment it is gone on with by calling again with its state. Failures: the
// ring's and the ports'.
Outcome<RotationState> run_rotation(KeyRing& ring, GraphPort& graph, RotationPort& port,
                                    const Id& agency, const RotationProgress& progress = {},
                                    const RotationState* running = nullptr);

}  // namespace api
