#include "cli/display.h"

#include <fmt/format.h>
#include <wchar.h>

#include <algorithm>
#include <array>
#include <clocale>

#include "cli/texts.h"

namespace cli {
namespace {

// Calls `each(bytes, width)` for every character of `text` until it returns false.
//
// A locale of its own, so that widths do not depend on what the caller's environment says.
template <typename Each>
void for_each_character(std::string_view text, Each each) {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = uselocale(utf8);
  mbstate_t state{};
  while (!text.empty()) {
    wchar_t character = 0;
    const std::size_t got = mbrtowc(&character, text.data(), text.size(), &state);
    const bool valid = got > 0 && got <= text.size();
    const std::size_t length = valid ? got : 1;
    const int width = valid ? wcwidth(character) : 1;
    if (!valid) state = {};
    if (!each(text.substr(0, length), static_cast<std::size_t>(std::max(width, 0)))) break;
    text.remove_prefix(length);
  }
  uselocale(before);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for_each_character(text, [&](std::string_view, std::size_t width) {
    columns += width;
    return true;
  });
  return columns;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t columns = display_width(text);
  return std::string(text) + std::string(columns < width ? width - columns : 0, ' ');
}

std::string shortened(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::string kept;
  std::size_t columns = 0;
  for_each_character(text, [&](std::string_view character, std::size_t more) {
    if (columns + more > width - 1) return false;
    columns += more;
    kept += character;
    return true;
  });
  return kept + "…";
}

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> shown;
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    auto& line = shown.emplace_back();
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t column = 0; column < row.size(); ++column) {
      line.push_back(printable(row[column]));
      widths[column] = std::max(widths[column], display_width(line.back()));
    }
  }
  std::string text;
  for (const auto& line : shown) {
    for (std::size_t column = 0; column < line.size(); ++column) {
      text += padded(line[column], widths[column] + 2);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::string shown_size(std::uint64_t bytes, Language language) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr std::array<std::string_view, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be written as 1024.0: the next unit says it better.
  for (; size >= 1023.95 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  std::string number = fmt::format("{:.1f}", size);
  if (language == Language::indonesian) std::replace(number.begin(), number.end(), '.', ',');
  return fmt::format("{} {}", number, kUnits[unit]);
}

std::string shown_duration(std::uint64_t seconds) {
  const std::uint64_t minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

}  // namespace cli
