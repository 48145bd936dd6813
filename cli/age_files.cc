#include "cli/age_files.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "cli/file_in.h"

namespace cli {
namespace {

// Calls `take(line, number)` for each line that is neither blank nor a comment, until it fails.
template <typename Take>
Result<void> each_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (auto taken = take(line, number); !taken) return taken;
  }
  return {};
}

bool is_sealed(crypto::ByteView file) {
  return crypto::as_text(file).starts_with("age-encryption.org/") ||
         crypto::age::looks_armored(file);
}

// Secret bytes that a stream writes; too many of them fail it.
class SecretSink : public std::streambuf {
 public:
  explicit SecretSink(std::size_t limit) : bytes_(limit) {}
  crypto::SecretBytes take() && {
    bytes_.shrink(size_);
    return std::move(bytes_);
  }

 protected:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    const auto size = static_cast<std::size_t>(count);
    if (size > bytes_.size() - size_) return 0;
    std::memcpy(bytes_.expose_mutable().data() + size_, from, size);
    size_ += size;
    return count;
  }

 private:
  crypto::SecretBytes bytes_;
  std::size_t size_ = 0;
};

Result<crypto::SecretBytes> opened(const crypto::SecretBytes& file,
                                   const std::filesystem::path& path, const Terminal& terminal) {
  std::optional<Failure> not_asked;
  const auto ask = [&]() -> std::optional<crypto::SecretBytes> {
    auto words = terminal.ask_passphrase(Message(Text::passphrase_of, path.string()));
    if (words) return std::move(*words);
    not_asked = words.error();
    return std::nullopt;
  };
  std::istringstream sealed{std::string(file.expose_text())};
  SecretSink sink(file.size());
  std::ostream plain(&sink);
  const auto done = crypto::age::open(sealed, {{}, nullptr, ask}, plain);
  if (not_asked) return tl::unexpected(*not_asked);
  if (!done) return tl::unexpected(age_failure(done.error(), path));
  return std::move(sink).take();
}

}  // namespace

Result<std::vector<crypto::Recipient>> read_recipients(const std::filesystem::path& path) {
  const auto file = read_file(path);
  if (!file) return tl::unexpected(file.error());
  std::vector<crypto::Recipient> recipients;
  const auto read = each_line(
      crypto::as_text(*file), [&](std::string_view line, std::size_t number) -> Result<void> {
        const auto recipient = crypto::Recipient::parse(line);
        if (!recipient) return refuse(Message(Text::age_recipient_line, path.string(), number));
        recipients.push_back(*recipient);
        return {};
      });
  if (!read) return tl::unexpected(read.error());
  if (recipients.empty()) return refuse(Message(Text::age_file_without_keys, path.string()));
  return recipients;
}

Result<std::vector<crypto::Identity>> read_identities(const std::filesystem::path& path,
                                                      const Terminal& terminal) {
  auto file = read_secret_file(path);
  if (!file) return tl::unexpected(file.error());
  return parse_identities(std::move(*file), path, terminal);
}

Result<std::vector<crypto::Identity>> parse_identities(crypto::SecretBytes file,
                                                       const std::filesystem::path& path,
                                                       const Terminal& terminal) {
  if (is_sealed(file.expose())) {
    auto plain = opened(file, path, terminal);
    if (!plain) return tl::unexpected(plain.error());
    file = std::move(*plain);
  }
  std::vector<crypto::Identity> identities;
  const auto read =
      each_line(file.expose_text(), [&](std::string_view line, std::size_t number) -> Result<void> {
        auto identity = crypto::Identity::parse(line);
        // Its number and nothing of it: the line may be a key with a slip of the pen.
        if (!identity) return refuse(Message(Text::age_identity_line, path.string(), number));
        identities.push_back(std::move(*identity));
        return {};
      });
  if (!read) return tl::unexpected(read.error());
  if (identities.empty()) return refuse(Message(Text::age_file_without_keys, path.string()));
  return identities;
}

Failure age_failure(crypto::Errc error, const std::filesystem::path& path) {
  const auto say = [&](Text text) {
    return Failure{Message(text, path == "-" ? "stdin" : path.string()), std::nullopt, kFailed};
  };
  switch (error) {
    case crypto::Errc::unsupported:
      return say(Text::age_unsupported);
    case crypto::Errc::no_matching_identity:
      return say(Text::age_no_match);
    case crypto::Errc::tampered:
      return say(Text::age_tampered);
    case crypto::Errc::excessive_work:
      return say(Text::age_excessive_work);
    case crypto::Errc::read_failed:
      return say(Text::age_read_failed);
    case crypto::Errc::write_failed:
      return {Text::output_failed, std::nullopt, kFailed};
    case crypto::Errc::malformed:
    case crypto::Errc::wrong_binding:
    case crypto::Errc::untrusted:
    case crypto::Errc::out_of_range:
      return say(Text::age_malformed);
  }
  return say(Text::age_malformed);
}

Result<AgeSink> AgeSink::open(const std::string& path, const Terminal& terminal,
                              std::optional<DescriptorOut::Bytes> allowed) {
  if (path.empty() && terminal.shows_output()) {
    if (!allowed) return refuse(Text::age_binary_to_terminal, Text::age_binary_to_terminal_advice);
    return AgeSink(DescriptorOut(*allowed));
  }
  if (path.empty() || path == "-") return AgeSink(DescriptorOut(DescriptorOut::Bytes::any));

  // A name that leads to a device or a pipe is not replaced by a file, and one that leads to
  // another file replaces that one.
  std::error_code error;
  std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) target = path;
  const auto status = std::filesystem::status(target, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    auto device = DescriptorOut::open(target);
    if (!device) return tl::unexpected(device.error());
    return AgeSink(std::move(*device));
  }
  auto file = FileOut::create(target, FileKind::open);
  if (!file) return tl::unexpected(file.error());
  return AgeSink(std::move(*file));
}

std::ostream& AgeSink::stream() {
  return std::visit([](auto& place) -> std::ostream& { return place.stream(); }, place_);
}

bool AgeSink::refused() const {
  const auto* const descriptor = std::get_if<DescriptorOut>(&place_);
  return descriptor != nullptr && descriptor->refused();
}

Result<void> AgeSink::commit() && {
  if (auto* const file = std::get_if<FileOut>(&place_)) return std::move(*file).commit();
  if (!stream().flush()) return refuse(Text::output_failed);
  return {};
}

}  // namespace cli
