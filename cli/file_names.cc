#include "cli/file_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/texts.h"

namespace cli {
namespace {

constexpr std::size_t kMaxName = 200;

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kTypes = {{
    {"pdf", "application/pdf"},
    {"txt", "text/plain"},
    {"csv", "text/csv"},
    {"json", "application/json"},
    {"xml", "application/xml"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"png", "image/png"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"heic", "image/heic"},
    {"dcm", "application/dicom"},
    {"mp4", "video/mp4"},
    {"mov", "video/quicktime"},
    {"mkv", "video/x-matroska"},
    {"mp3", "audio/mpeg"},
    {"m4a", "audio/mp4"},
    {"wav", "audio/wav"},
    {"opus", "audio/ogg"},
    {"zip", "application/zip"},
    {"eml", "message/rfc822"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
}};

std::string lower(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return small;
}

// Cuts at a character, and keeps a short ending: what opens the file goes by that.
std::string cut(const std::string& name) {
  if (name.size() <= kMaxName) return name;
  const std::size_t dot = name.rfind('.');
  const std::string ending =
      dot != std::string::npos && name.size() - dot <= 16 ? name.substr(dot) : std::string();
  std::size_t end = kMaxName - ending.size();
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  return name.substr(0, end) + ending;
}

}  // namespace

std::string_view media_type_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot != std::string_view::npos) {
    const std::string ending = lower(file_name.substr(dot + 1));
    for (const auto& [known, type] : kTypes) {
      if (known == ending) return type;
    }
  }
  return "application/octet-stream";
}

std::string safe_file_name(std::string_view name) {
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) {
    name.remove_prefix(slash + 1);
  }
  // A name that begins with a dash would be an option of the next command it is handed to.
  while (!name.empty() && (name.front() == '.' || name.front() == '-' || name.front() == ' ')) {
    name.remove_prefix(1);
  }
  const std::string safe = cut(printable(name));
  return safe.empty() ? "document" : safe;
}

}  // namespace cli
