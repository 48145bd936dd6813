#include "edited/cast.h"

#include <nlohmann/json.hpp>

namespace edited {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Player, name, identity, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Document, id, versions)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Cast, people, agencies, cases, codes, rotations, documents)

nlohmann::json json_of(const Cast& cast) { return cast; }
Cast read_cast(const nlohmann::json& object) { return object.get<Cast>(); }

}  // namespace edited
