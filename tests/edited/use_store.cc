// edited_use CAST DATA LOG-KEY: opens a store as the service does and has everybody use it, in a
// process whose crash is a finding. Says what came of it in one line of JSON.
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "api/service.h"
#include "edited/everybody.h"

int main(int argc, char** argv) {
  using nlohmann::json;
  if (argc != 4) return 2;
  const edited::Cast cast = edited::read_cast(json::parse(std::ifstream(argv[1])));
  vault::VaultOptions options;
  options.directory = argv[2];
  options.log_key = argv[3];
  options.map_size = std::uint64_t{1} << 30;
  json said;
  if (const auto vault = vault::Vault::open(options); !vault) {
    said["refused"] = static_cast<int>(vault.error());
  } else {
    try {
      api::Service service(**vault, {});
      const edited::Seen seen = edited::use_everything(service.handler(), cast);
      service.tick();
      service.stop();
      said = {{"answers", seen.answers}, {"wrong", seen.wrong}};
      if ((*vault)->committer().stopped()) said["wrong"].push_back("the committer stopped");
    } catch (const std::runtime_error& error) {
      said = {{"unable", error.what()}};
    }
  }
  std::puts(said.dump().c_str());
  return 0;
}
