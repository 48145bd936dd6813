// Which language the texts are in: Indonesian, unless the person or the machine says English.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

namespace cli {

enum class Language { indonesian, english };

// `id` or `en`; none for another word.
std::optional<Language> parse_language(std::string_view code);

// The first of these that names one of ours: `--lang` among the arguments, SEGEL_LANG, LC_ALL,
// LANG (`en_GB.UTF-8` is English). `read_variable` gives null for a variable that is not set.
// Looked for before the arguments are parsed, since help texts depend on it.
Language choose_language(int argc, const char* const* argv,
                         const std::function<const char*(const char*)>& read_variable);

}  // namespace cli
