#include "cli/key_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <sstream>

#include "cli/age_files.h"
#include "cli/file_out.h"
#include "crypto/age.h"

namespace cli {
namespace {

crypto::SecretBytes joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  crypto::SecretBytes whole(size);
  auto* at = whole.expose_mutable().data();
  for (const auto part : parts) at = std::copy(part.begin(), part.end(), at);
  return whole;
}

crypto::Bytes sealed(const crypto::SecretBytes& plain, const crypto::SecretBytes& passphrase) {
  const auto key = crypto::FileKey::random();
  crypto::Bytes file = crypto::age::make_passphrase_header(key, passphrase, kPassphraseWork);
  crypto::append(file, crypto::age::seal_payload(plain.expose(), key));
  return file;
}

std::string armored(crypto::ByteView file) {
  std::ostringstream text;
  crypto::age::ArmorWriter armor(text);
  const std::string_view bytes = crypto::as_text(file);
  armor.stream().write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  // A string stream does not fail to be written.
  (void)armor.finish();
  return text.str();
}

}  // namespace

crypto::SecretBytes identity_file(const crypto::Identity& identity, std::int64_t now) {
  const std::string comments =
      fmt::format("# created: {:%Y-%m-%dT%H:%M:%SZ}\n# public key: {}\n",
                  fmt::gmtime(static_cast<std::time_t>(now / 1000)), identity.recipient().text());
  const crypto::SecretBytes key = identity.text();
  return joined({comments, key.expose_text(), "\n"});
}

Result<void> write_key_file(const std::filesystem::path& path, const crypto::Identity& identity,
                            const crypto::SecretBytes* passphrase, std::int64_t now) {
  const crypto::SecretBytes plain = identity_file(identity, now);
  if (passphrase == nullptr) return write_file(path, plain.expose(), FileKind::secret);
  const std::string text = armored(sealed(plain, *passphrase));
  return write_file(path, crypto::as_bytes(text), FileKind::secret);
}

Result<crypto::Identity> open_key_file(const std::filesystem::path& path,
                                       const Terminal& terminal) {
  auto identities = read_identities(path, terminal);
  if (!identities) return tl::unexpected(identities.error());
  return std::move(identities->front());
}

}  // namespace cli
