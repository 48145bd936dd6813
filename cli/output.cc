#include "cli/output.h"

#include <nlohmann/json.hpp>

#include "cli/display.h"

namespace cli {
namespace {

void put(std::FILE* to, std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), to);
}

// A value need not be UTF-8 (a path): JSON has to be.
std::string dumped(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

void Output::show(const std::vector<Fact>& facts) {
  if (json_) {
    nlohmann::ordered_json object;
    for (const Fact& fact : facts) object[fact.name] = fact.value;
    return put(
        results_,
        object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  std::vector<std::vector<std::string>> rows;
  rows.reserve(facts.size());
  for (const Fact& fact : facts) {
    rows.push_back({std::string(text_in(language_, fact.label)), fact.value});
  }
  put(results_, align(rows));
}

void Output::show(const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  if (json_) {
    for (const auto& row : rows) {
      std::vector<Fact> facts;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        facts.push_back({columns[i].name, columns[i].label, row[i]});
      }
      show(facts);
    }
    return;
  }
  if (rows.empty()) return;
  std::vector<std::vector<std::string>> all(1);
  for (const Column& column : columns) {
    all.front().emplace_back(text_in(language_, column.label));
  }
  all.insert(all.end(), rows.begin(), rows.end());
  put(results_, align(all));
}

void Output::json(const nlohmann::json& value) {
  if (json_) put(results_, dumped(value));
}

void Output::say(const Message& message) {
  if (!json_) put(results_, message.in(language_) + "\n");
}

void Output::note(const Message& message) { put(notes_, message.in(language_) + "\n"); }

void Output::failure(const Failure& failure) {
  if (json_) {
    const std::string_view code =
        failure.problem.empty() ? text_name(failure.what.text()) : failure.problem;
    nlohmann::json error = {{"code", code}, {"message", failure.what.in(language_)}};
    if (failure.advice) error["advice"] = failure.advice->in(language_);
    return put(notes_, dumped({{"error", error}}));
  }
  put(notes_, "segel: " + failure.what.in(language_) + "\n");
  if (failure.advice) put(notes_, failure.advice->in(language_) + "\n");
}

void Output::raw(std::string_view text) { put(results_, text); }

bool Output::finish() { return std::fflush(results_) == 0 && std::ferror(results_) == 0; }

}  // namespace cli
