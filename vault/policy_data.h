// The policy's CSV files as the build read them (vault/CMakeLists.txt writes policy_data.cc).
#pragma once

#include <string_view>

namespace vault::policy_data {

extern const std::string_view kRoles;
extern const std::string_view kDoctypes;
extern const std::string_view kCategories;
extern const std::string_view kAgencies;
extern const std::string_view kRoutes;

}  // namespace vault::policy_data
