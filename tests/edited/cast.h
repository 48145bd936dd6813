// Who is in the prepared store, and what stands there: all that somebody needs to use it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace edited {

struct Player {
  std::string name;
  std::string identity;  // her key, as her file has it: these are nobody's
  std::string key;       // its id
};

struct Document {
  std::string id;
  std::vector<std::string> versions;  // SHA-256 of each, in hex
};

struct Cast {
  std::vector<Player> people;
  std::vector<std::string> agencies;
  std::vector<std::string> cases;
  std::vector<std::string> codes;
  std::vector<std::string> rotations;
  std::vector<Document> documents;
};

nlohmann::json json_of(const Cast& cast);
Cast read_cast(const nlohmann::json& object);

}  // namespace edited
