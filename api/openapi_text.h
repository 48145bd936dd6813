// api/openapi.yaml as the build read it (api/CMakeLists.txt writes openapi_text.cc).
#pragma once

#include <string_view>

namespace api {

extern const std::string_view kOpenapi;

}  // namespace api
