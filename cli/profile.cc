#include "cli/profile.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/file_in.h"
#include "cli/file_out.h"

namespace cli {
namespace {

constexpr int kFormat = 1;

struct Field {
  const char* name;
  std::string Settings::*value;
  bool is_path;
};
constexpr Field kFields[] = {
    {"server", &Settings::server, false},         {"ca", &Settings::ca_file, true},
    {"key", &Settings::key_file, true},           {"agency", &Settings::agency, false},
    {"access_key", &Settings::access_key, false}, {"log_key", &Settings::log_key, false},
};

std::string variable(const Profile::ReadVariable& read, const char* name) {
  const char* value = read(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::filesystem::path choose_folder(const std::string& flag, const Profile::ReadVariable& read) {
  if (!flag.empty()) return flag;
  if (const std::string home = variable(read, "SEGEL_HOME"); !home.empty()) return home;
  if (const std::string config = variable(read, "XDG_CONFIG_HOME"); !config.empty()) {
    return std::filesystem::path(config) / "segel";
  }
  if (const std::string home = variable(read, "HOME"); !home.empty()) {
    return std::filesystem::path(home) / ".config" / "segel";
  }
  return {};
}

// A CA file given as `ca.pem` must mean the same file in the next command, wherever that is typed.
std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace

Result<Profile> Profile::open(const ProfileFlags& flags, const ReadVariable& read_variable) {
  Profile profile;
  profile.folder_ = choose_folder(flags.folder, read_variable);
  if (profile.folder_.empty()) return refuse(Text::profile_nowhere, Text::profile_nowhere_advice);
  if (const auto read = profile.read_settings(); !read) return tl::unexpected(read.error());

  const auto apply = [&](std::string& setting, const std::string& flag, const char* name) {
    if (const std::string value = variable(read_variable, name); !value.empty()) setting = value;
    if (!flag.empty()) setting = flag;
  };
  Settings& settings = profile.settings_;
  apply(settings.server, flags.server, "SEGEL_SERVER");
  apply(settings.ca_file, flags.ca_file, "SEGEL_CA");
  apply(settings.key_file, flags.key_file, "SEGEL_KEY");

  const std::string token_file = variable(read_variable, "SEGEL_TOKEN_FILE");
  profile.token_file_ =
      token_file.empty() ? profile.folder_ / "session" : std::filesystem::path(token_file);
  return profile;
}

Result<void> Profile::read_settings() {
  const auto path = folder_ / "profile.json";
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 && errno == ENOENT) return {};
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());

  const auto json = nlohmann::json::parse(*bytes, nullptr, false);
  const Message malformed(Text::profile_malformed, path.string());
  if (!json.is_object() || !json.contains("format")) return refuse(malformed);
  if (!json["format"].is_number_integer()) return refuse(malformed);
  if (json["format"] != kFormat) return refuse(Message(Text::profile_newer, path.string()));
  for (const Field& field : kFields) {
    const auto value = json.find(field.name);
    if (value == json.end()) continue;
    if (!value->is_string()) return refuse(malformed);
    std::string text = *value;
    if (field.is_path && !text.empty()) text = (folder_ / text).lexically_normal().string();
    settings_.*field.value = text;
  }
  return {};
}

Result<void> Profile::make_folder() const {
  std::error_code error;
  if (folder_.has_parent_path()) std::filesystem::create_directories(folder_.parent_path(), error);
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return refuse(Message(Text::file_unwritable, folder_.string(), std::strerror(errno)));
  }
  return {};
}

Result<void> Profile::save() const {
  if (auto made = make_folder(); !made) return made;
  nlohmann::ordered_json json = {{"format", kFormat}};
  for (const Field& field : kFields) {
    const std::string& value = settings_.*field.value;
    if (!value.empty()) json[field.name] = field.is_path ? absolute(value) : value;
  }
  const std::string text =
      json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return write_file(folder_ / "profile.json", crypto::as_bytes(text), FileKind::settings);
}

Result<crypto::SecretBytes> Profile::token() const {
  struct stat found {};
  if (::stat(token_file_.c_str(), &found) != 0 && errno == ENOENT) {
    return refuse(Text::not_logged_in, Text::not_logged_in_advice);
  }
  auto token = read_secret_file(token_file_, 256);
  if (!token) return token;
  std::size_t size = token->size();
  while (size > 0 && (token->expose()[size - 1] == '\n' || token->expose()[size - 1] == '\r')) {
    --size;
  }
  token->shrink(size);
  if (size == 0) return refuse(Text::not_logged_in, Text::not_logged_in_advice);
  return token;
}

Result<void> Profile::save_token(const crypto::SecretBytes& token) const {
  if (auto made = make_folder(); !made) return made;
  return write_file(token_file_, token.expose(), FileKind::settings);
}

void Profile::forget_token() const {
  std::error_code gone_already;
  std::filesystem::remove(token_file_, gone_already);
}

}  // namespace cli
