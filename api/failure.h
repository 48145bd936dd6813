// How an operation of the API failed: a problem's type and status, as RFC 9457 answers carry them.
#pragma once

#include <string>

#include <tl/expected.hpp>

namespace api {

struct Failure {
  std::string
      type;  // of the table in api/problem.cc, or a client's own: `unreachable`, `not-trusted`
  int status = 0;  // 0: no answer came
};

template <typename T>
using Outcome = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(std::string type, int status = 0) {
  return tl::unexpected(Failure{std::move(type), status});
}

}  // namespace api
