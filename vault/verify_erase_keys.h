// The part of a store's verification that knows `erase.keys`: that every wrapped record opens with
// its slot, and that no slot which a record names is marked to be destroyed.
#pragma once

#include <filesystem>

#include "vault/verify.h"

namespace vault {

// Opens every wrapped record; what comes out is sealed still, and is dropped. `meta` is what the
// snapshot is of: beside a service at work, a record that was erased since has lost its slot, and
// is looked up again. It outlives the check.
DomainCheck verify_erase_keys(const std::filesystem::path& file, const MetaStore& meta);

}  // namespace vault
