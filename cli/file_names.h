// What a file's name tells, and how far it is believed.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// By the name's ending; application/octet-stream where that says nothing.
std::string_view media_type_of(std::string_view file_name);

// A name that somebody else chose, as a name in the current folder: no folders, no hidden file, no
// control characters, at most 200 bytes; never empty.
std::string safe_file_name(std::string_view name);

}  // namespace cli
