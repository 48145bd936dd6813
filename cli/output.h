// What a command says: lines and tables for a person, or JSON for a program (`--json`).
//
// Results go to standard output: in JSON mode one object, or one object a line. What is said beside
// them (notes, warnings, failures) goes to standard error. One thread at a time.
#pragma once

#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/failure.h"

namespace cli {

// One value of a result: its name in JSON, its label for a person, the value as text.
struct Fact {
  std::string name;
  Text label;
  std::string value;
};

struct Column {
  std::string name;
  Text label;
};

class Output {
 public:
  // The streams outlive the Output.
  Output(Language language, std::FILE* results, std::FILE* notes)
      : language_(language), results_(results), notes_(notes) {}

  void use_json(bool json) { json_ = json; }
  bool is_json() const { return json_; }
  Language language() const { return language_; }

  // A result as an object, or as lines `label  value`.
  void show(const std::vector<Fact>& facts);
  // Results as one object a line, or as a table with a heading (none without rows). Every row is as
  // long as `columns`; all values are text in JSON.
  void show(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);
  // For commands whose JSON is richer than text: says this in JSON mode only, on one line.
  void json(const nlohmann::json& value);
  // For a person only.
  void say(const Message& message);
  // For whoever reads standard error, in either mode.
  void note(const Message& message);
  // What went wrong, and what to do; in JSON mode
  // `{"error":{"code":…,"message":…,"advice":…}}`, on standard error. The code is the text's name,
  // or what the service calls the problem.
  void failure(const Failure& failure);
  // The bytes as they are, for scripts and help.
  void raw(std::string_view text);

  // Whether all results have reached standard output (a full disk, a closed pipe).
  bool finish();

 private:
  Language language_;
  std::FILE* results_;
  std::FILE* notes_;
  bool json_ = false;
};

}  // namespace cli
