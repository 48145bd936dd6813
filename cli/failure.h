// What a command says when it does not do what it was asked: what went wrong, and what to do.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "cli/texts.h"

namespace cli {

// How the process ends. Misused: the arguments make no sense, and nothing was tried.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisused = 2;

// The closed list of codes is Text: a failure names one, and holds no secret.
struct Failure {
  Message what;
  std::optional<Message> advice;
  int exit_code = kFailed;
  // Where the service refused: the type of its problem (api/problem.cc), which is then the code,
  // and the answer's status.
  std::string problem = {};
  int status = 0;
};

template <typename T>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> refuse(Message what, std::optional<Message> advice = std::nullopt) {
  return tl::unexpected(Failure{std::move(what), std::move(advice), kFailed});
}
inline tl::unexpected<Failure> misused(Message what, std::optional<Message> advice = std::nullopt) {
  return tl::unexpected(Failure{std::move(what), std::move(advice), kMisused});
}

}  // namespace cli
