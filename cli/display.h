// How things look on a terminal: widths, columns, sizes and durations. Pure text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/language.h"

namespace cli {

// Columns that `text` takes on a terminal: two for a wide character, none for a combining one.
std::size_t display_width(std::string_view text);
// `text` with spaces behind it, up to `width` columns.
std::string padded(std::string_view text, std::size_t width);
// At most `width` columns of `text`; what is cut is shown by an ellipsis.
std::string shortened(std::string_view text, std::size_t width);

// Rows of cells, the columns aligned, two spaces between them, none at a line's end. Cells are made
// printable. Every line ends with a newline.
std::string align(const std::vector<std::vector<std::string>>& rows);

// `12,3 MiB` (Indonesian) or `12.3 MiB` (English).
std::string shown_size(std::uint64_t bytes, Language language);
// `0:07`, `12:34`, `3:02:01`.
std::string shown_duration(std::uint64_t seconds);

}  // namespace cli
