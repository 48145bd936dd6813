// A store's verification in JSON, as it is shown to programs and as it comes out of the process
// that made it; and its findings in a person's words.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "cli/texts.h"
#include "vault/verify.h"

namespace cli {

nlohmann::json json_of(const vault::StoreReport& report);
// What json_of() gave. No value: something else.
std::optional<vault::StoreReport> read_report(const nlohmann::json& object);

Text text_of(vault::Damage damage);

}  // namespace cli
