// Problems (RFC 9457): the one table of what a refused caller is told, in Indonesian and English.
//
// A handler refuses with a Failure, whose type names a row here. What could tell a stranger that
// something exists, or what went wrong inside, has no row of its own.
#pragma once

#include <span>
#include <string_view>

#include "api/call.h"
#include "api/failure.h"
#include "vault/error.h"

namespace api {

struct Words {
  std::string_view title;
  std::string_view detail;  // what to do
};

struct Problem {
  std::string_view type;
  int status;
  Words id;  // Indonesian
  Words en;
};

std::span<const Problem> all_problems();
// The row of this type; `internal` for a type that has none.
const Problem& problem_of(std::string_view type);
const Problem& problem_for(vault::Errc error);
// Also types that only procedures use (`no-way`, `sealed-wrong`), which say nothing outside.
const Problem& problem_for(const Failure& failure);
// Any row for a status that the transport refuses with, when it knows no type.
const Problem& problem_of_status(int status);

// The same as a failure, for handlers and ports.
Failure failure_for(vault::Errc error);
inline tl::unexpected<Failure> refuse(vault::Errc error) {
  return tl::unexpected(failure_for(error));
}
// By the table's own status.
tl::unexpected<Failure> refuse(std::string_view type);

// The answer. Its language is the one that `accept_language` prefers of the two; Indonesian else.
Reply problem_reply(const Problem& problem, std::string_view accept_language,
                    std::string_view request_id);

}  // namespace api
