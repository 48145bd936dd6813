#include "cli/fingerprint_check.h"

namespace cli {
namespace {

// Words as they are typed: capitals, and spaces or hyphens between them, do not matter.
std::string normal(const std::string& words) {
  std::string text;
  for (char c : words) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z') {
      text += c;
    } else if (!text.empty() && text.back() != '-') {
      text += '-';
    }
  }
  if (text.ends_with('-')) text.pop_back();
  return text;
}

}  // namespace

Result<void> check_fingerprint(const Context& context, const std::string& whose,
                               const std::string& fingerprint, const std::string& given) {
  if (!given.empty()) {
    if (normal(given) == fingerprint) return {};
    return refuse(Message(Text::fingerprint_differs, whose), Text::fingerprint_differs_advice);
  }
  const auto confirmed =
      context.terminal.confirm(Message(Text::fingerprint_question, whose, fingerprint));
  if (!confirmed) {
    return misused(Message(Text::fingerprint_needed, fingerprint), Text::fingerprint_needed_advice);
  }
  if (!*confirmed) return refuse(Message(Text::fingerprint_not_confirmed, whose));
  return {};
}

}  // namespace cli
