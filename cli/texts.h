// Every text that the command says, in Indonesian and English, from one place: cli/texts/*.inc.
//
// A text is a name and its two forms; one without both does not compile. `{}` marks the places of
// arguments, in both forms equally many.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "cli/language.h"

namespace cli {

enum class Text {
#define SEGEL_TEXT(name, indonesian, english) name,
#include "cli/texts/all.inc"
#undef SEGEL_TEXT
};

// What is safe to show: control characters (a title could hold an escape sequence that rewrites the
// terminal), marks that turn the direction of writing, and bytes that are no UTF-8 become U+FFFD.
std::string printable(std::string_view text);

// A text with its arguments, in no language yet. Arguments may come from outside: each is made
// printable. An implicit conversion from Text, so that calls read `refuse(Text::no_terminal)`.
class Message {
 public:
  template <typename... Args>
  Message(Text text, const Args&... args)  // NOLINT(google-explicit-constructor)
      : text_(text), arguments_{printable(as_text(args))...} {}

  Text text() const { return text_; }
  // REQUIRES: as many arguments as the text has places.
  std::string in(Language language) const;

 private:
  static std::string as_text(std::string_view argument) { return std::string(argument); }
  static std::string as_text(std::integral auto argument) { return std::to_string(argument); }

  Text text_;
  std::vector<std::string> arguments_;
};

// The bare form, for texts without arguments (help, labels). Lives as long as the program.
std::string_view text_in(Language language, Text text);
// The text's name, which is also its code in `--json` errors.
std::string_view text_name(Text text);

}  // namespace cli
