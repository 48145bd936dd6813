#include "cli/completion.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <vector>

namespace cli {
namespace {

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) {
    return option->nonpositional() && !option->get_group().empty();
  });
}

std::vector<std::string> dashed_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_lnames()) names.push_back("--" + name);
  for (const auto& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

// `id en` for a value that is one of a set, which the library writes as `TEXT:{id,en}`.
std::string choices(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const auto begin = type.find('{');
  const auto end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::string words = type.substr(begin + 1, end - begin - 1);
  std::replace(words.begin(), words.end(), ',', ' ');
  return words;
}

// The three tables of the script, filled by one walk over the tree.
struct Tables {
  std::string commands;  // `segel log verify`: what is a command
  std::string words;     // what may follow a command
  std::string values;    // which options take a value, and which
  std::string globals;   // options that may follow any command
};

void walk(const CLI::App& app, const std::string& path, Tables& tables) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands({})) words.push_back(command->get_name());
  for (const CLI::Option* option : named_options(app)) {
    const auto names = dashed_names(*option);
    words.insert(words.end(), names.begin(), names.end());
    if (app.get_parent() == nullptr) tables.globals += fmt::format(" {}", fmt::join(names, " "));
    if (option->get_items_expected_max() == 0) continue;
    // An option of the root may stand behind any command.
    const std::string before = app.get_parent() == nullptr ? "*" : fmt::format("'{}'", path);
    for (const auto& name : names) {
      tables.values +=
          fmt::format("    {}' {}') _segel_choices='{}' ;;\n", before, name, choices(*option));
    }
  }
  tables.words += fmt::format("    '{}') words='{}' ;;\n", path, fmt::join(words, " "));
  for (const CLI::App* command : app.get_subcommands({})) {
    const std::string below = path + " " + command->get_name();
    tables.commands += fmt::format("    '{}') return 0 ;;\n", below);
    walk(*command, below, tables);
  }
}

// {0} to {3}: the tables.
constexpr std::string_view kScript = R"(# bash completion for segel, made by `segel completion bash`

_segel_is_command() {{
  case "$1" in
{0}  esac
  return 1
}}

# Whether a value follows option $2 of command $1; _segel_choices: the words it can be, if few.
_segel_takes_value() {{
  _segel_choices=
  case "$1 $2" in
{2}    *) return 1 ;;
  esac
  return 0
}}

_segel() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} path=segel option= words= i
  local _segel_choices=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ -n $option ]]; then
      option=
    elif _segel_takes_value "$path" "${{COMP_WORDS[i]}}"; then
      option=${{COMP_WORDS[i]}}
    elif _segel_is_command "$path ${{COMP_WORDS[i]}}"; then
      path="$path ${{COMP_WORDS[i]}}"
    fi
  done
  if [[ -n $option ]] && _segel_takes_value "$path" "$option" && [[ -n $_segel_choices ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$_segel_choices" -- "$cur")
    return
  fi
  if [[ -z $option ]]; then
    case "$path" in
{1}    esac
    [[ $cur == -* && $path != segel ]] && words+='{3}'
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    [[ ${{#COMPREPLY[@]}} -gt 0 || $cur == -* ]] && return
  fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}}

complete -F _segel segel
)";

}  // namespace

std::string bash_completion(const CLI::App& app) {
  Tables tables;
  walk(app, app.get_name(), tables);
  return fmt::format(kScript, tables.commands, tables.words, tables.values, tables.globals);
}

}  // namespace cli
