#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "api/service.h"
#include "support/desk.h"

namespace api {
namespace {

using Operations = std::set<std::pair<std::string, std::string>>;

// The operations of the description: its paths stand two spaces deep, methods four.
Operations described(const std::string& text) {
  Operations operations;
  std::istringstream lines(text);
  std::string path;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != ' ') inside = line == "paths:";
    if (!inside) continue;
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    for (const char* method : {"get", "head", "post", "put", "delete"}) {
      if (line != "    " + std::string(method) + ":") continue;
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      operations.emplace(upper, path);
    }
  }
  return operations;
}

class OpenapiTest : public ::testing::Test {
 protected:
  support::FoundedVault founded_;
  Service service_{founded_.vault(), {}};
};

TEST_F(OpenapiTest, IsServedAsItIsWritten) {
  std::ifstream file(std::string(SEGEL_SOURCE) + "/api/openapi.yaml");
  std::stringstream written;
  written << file.rdbuf();
  ASSERT_FALSE(written.str().empty());
  support::Desk desk(service_.handler());
  EXPECT_EQ(desk.get("/openapi.yaml").body, written.str());
}

TEST_F(OpenapiTest, DescribesEveryRouteAndNoOther) {
  support::Desk desk(service_.handler());
  const Operations operations = described(desk.get("/openapi.yaml").body);
  Operations routes, table;
  for (const auto& route : service_.routes()) routes.insert(route);
  for (const auto& row : vault::Policy::standard().routes()) {
    table.emplace(row.at("method"), row.at("route"));
  }
  EXPECT_EQ(operations, routes);
  EXPECT_EQ(operations, table);
}

}  // namespace
}  // namespace api
