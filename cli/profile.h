// Where the command keeps what it knows of a person's vault, so that nobody types it again.
//
// A folder: `--profile DIR`, else $SEGEL_HOME, else $XDG_CONFIG_HOME/segel, else ~/.config/segel.
// In it `profile.json` (settings, no secret) and `session` (the session token, mode 0600). One
// script can so act for several people, each with a folder of her own.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "cli/failure.h"
#include "crypto/secret.h"

namespace cli {

// Empty: not known.
struct Settings {
  std::string server;      // https://host:port
  std::string ca_file;     // PEM, whom the server's certificate must come from
  std::string key_file;    // the access key
  std::string agency;      // id of the person's agency
  std::string access_key;  // id of the person's access key
  std::string log_key;     // the log's verifier key (C2SP vkey)
};

// What was said on the command line; it goes before the environment, and that before the file.
struct ProfileFlags {
  std::string folder = {};
  std::string server = {};
  std::string ca_file = {};
  std::string key_file = {};
};

class Profile {
 public:
  using ReadVariable = std::function<const char*(const char*)>;

  // Without a `profile.json` the settings are empty; a damaged or later one is refused.
  // Errors: profile_malformed, profile_newer, profile_nowhere, file_unreadable.
  static Result<Profile> open(const ProfileFlags& flags, const ReadVariable& read_variable);

  // What applies: flag, else SEGEL_SERVER, SEGEL_CA, SEGEL_KEY, else the file. A relative path of
  // the file counts from the profile's folder.
  const Settings& settings() const { return settings_; }
  Settings& settings() { return settings_; }
  // Writes the settings as they now are (paths made absolute), and makes the folder (mode 0700).
  // Errors: file_unwritable.
  Result<void> save() const;
  // Makes the folder if there is none. Errors: file_unwritable.
  Result<void> make_folder() const;

  // The session token; SEGEL_TOKEN_FILE names another file for it.
  // Errors: not_logged_in, file_unreadable.
  Result<crypto::SecretBytes> token() const;
  Result<void> save_token(const crypto::SecretBytes& token) const;  // Errors: file_unwritable
  void forget_token() const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  Result<void> read_settings();

  std::filesystem::path folder_;
  std::filesystem::path token_file_;
  Settings settings_;
};

}  // namespace cli
