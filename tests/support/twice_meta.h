// A MetaStore that runs every write closure twice, aborts the first run and commits the second: a
// closure with side effects does not stay unnoticed.
#pragma once

#include <memory>

#include "vault/meta_store.h"

namespace support {

// Over any other engine. The errors are those of the second run; a run that ends otherwise than the
// first did is a std::logic_error (the closure is not repeatable).
std::unique_ptr<vault::MetaStore> make_twice_meta(std::unique_ptr<vault::MetaStore> inner);

}  // namespace support
