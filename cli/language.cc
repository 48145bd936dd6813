#include "cli/language.h"

#include <string>

namespace cli {
namespace {

// `en`, `en_GB`, `en_GB.UTF-8`: the language is what stands before the first of these marks.
std::optional<Language> of_locale(std::string_view locale) {
  return parse_language(locale.substr(0, locale.find_first_of("_.@")));
}

}  // namespace

std::optional<Language> parse_language(std::string_view code) {
  if (code == "id") return Language::indonesian;
  if (code == "en") return Language::english;
  return std::nullopt;
}

Language choose_language(int argc, const char* const* argv,
                         const std::function<const char*(const char*)>& read_variable) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    std::optional<Language> asked;
    if (word == "--lang" && i + 1 < argc) asked = parse_language(argv[i + 1]);
    if (word.starts_with("--lang=")) asked = parse_language(word.substr(7));
    if (asked) return *asked;
  }
  for (const char* name : {"SEGEL_LANG", "LC_ALL", "LANG"}) {
    const char* value = read_variable(name);
    if (value == nullptr) continue;
    if (const auto language = of_locale(value)) return *language;
  }
  return Language::indonesian;
}

}  // namespace cli
