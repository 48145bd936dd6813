#include "crypto/log_entry.h"

#include <charconv>

#include "crypto/encoding.h"
#include "crypto/timestamp.h"

namespace crypto {
namespace {

constexpr std::string_view kOpening = "{\"format\":1,\"index\":";
constexpr std::string_view kAnyOpening = "{\"format\":";

class EntryWriter {
 public:
  explicit EntryWriter(std::uint64_t index) {
    line_.reserve(512);
    line_ += kOpening;
    line_ += std::to_string(index);
  }

  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    clean_ = clean_ && is_log_text(value);
    name(key);
    line_ += '"';
    line_ += value;
    line_ += '"';
  }
  void number(std::string_view key, std::uint64_t value) {
    if (value == 0) return;
    name(key);
    line_ += std::to_string(value);
  }
  void id(std::string_view key, const Id& value) {
    if (!value.is_nil()) text(key, value.text());
  }
  void bytes(std::string_view key, ByteView value) { text(key, base64(value)); }
  void digest(std::string_view key, const std::optional<Digest>& value) {
    if (value) bytes(key, *value);
  }

  Result<std::string> finish() && {
    if (!clean_) return tl::unexpected(Errc::malformed);
    line_ += '}';
    if (line_.size() > kMaxLogLine) return tl::unexpected(Errc::out_of_range);
    return std::move(line_);
  }

 private:
  void name(std::string_view key) {
    line_ += ",\"";
    line_ += key;
    line_ += "\":";
  }
  std::string line_;
  bool clean_ = true;
};

// Takes a line apart from the left. The first thing that is not as EntryWriter writes it makes the
// whole line refused.
class EntryReader {
 public:
  explicit EntryReader(std::string_view line) : rest_(line) {}

  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  std::uint64_t digits() {
    std::uint64_t value = 0;
    const char* const end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    const auto length = static_cast<std::size_t>(stop - rest_.data());
    if (error != std::errc{} || (rest_[0] == '0' && length > 1)) ok_ = false;
    rest_.remove_prefix(length);
    return value;
  }
  std::uint64_t number(std::string_view key) {
    if (!name(key)) return 0;
    const std::uint64_t value = digits();
    if (value == 0) ok_ = false;  // would have been left out
    return value;
  }
  std::string_view text(std::string_view key) {
    if (!name(key)) return {};
    if (!skip("\"")) return fail();
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos || end == 0) return fail();
    const std::string_view value = rest_.substr(0, end);
    if (!is_log_text(value)) return fail();
    rest_.remove_prefix(end + 1);
    return value;
  }
  Id id(std::string_view key) {
    const std::string_view value = text(key);
    if (value.empty()) return {};
    const auto id = Id::parse(value);
    if (!id || id->is_nil()) ok_ = false;
    return id.value_or(Id{});
  }
  template <std::size_t N>
  std::optional<Block<N>> bytes(std::string_view key) {
    const std::string_view value = text(key);
    if (value.empty()) return std::nullopt;
    const auto decoded = from_base64(value);
    if (!decoded || decoded->size() != N) {
      ok_ = false;
      return std::nullopt;
    }
    Block<N> block;
    std::copy(decoded->begin(), decoded->end(), block.begin());
    return block;
  }

 private:
  bool name(std::string_view key) {
    // `,"key":`
    if (!ok_ || rest_.size() < key.size() + 4 || rest_.substr(0, 2) != ",\"" ||
        rest_.substr(2, key.size()) != key || rest_.substr(2 + key.size(), 2) != "\":") {
      return false;
    }
    rest_.remove_prefix(key.size() + 4);
    return true;
  }
  std::string_view fail() {
    ok_ = false;
    return {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

// A case has a number; only the first of a chain has no predecessor.
bool chain_is_whole(const LogEntry& entry) {
  return entry.case_id.is_nil() == (entry.case_seq == 0) &&
         entry.case_prev.has_value() == (entry.case_seq > 1);
}

}  // namespace

bool is_log_text(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
  }
  return true;
}

Result<std::string> LogEntry::encode() const {
  if (action.empty() || !chain_is_whole(*this)) return tl::unexpected(Errc::malformed);
  EntryWriter line(index);
  line.text("time", time_text(time));
  line.text("action", action);
  line.id("actor", actor);
  line.id("agency", agency);
  line.id("case", case_id);
  line.number("case_seq", case_seq);
  line.digest("case_prev", case_prev);
  line.id("document", document);
  line.number("version", version);
  line.text("subject", subject);
  line.text("basis", basis);
  line.text("outcome", outcome);
  line.text("via", via);
  line.text("request", request);
  line.text("origin", origin);
  line.text("content", content);
  line.text("detail", detail);
  line.digest("records", records);
  line.bytes("salt", salt);
  return std::move(line).finish();
}

Result<LogEntry> LogEntry::parse(std::string_view text) {
  if (text.size() > kMaxLogLine) return tl::unexpected(Errc::malformed);
  EntryReader line(text);
  if (!line.skip(kOpening)) {
    const bool later = text.starts_with(kAnyOpening) && text.size() > kAnyOpening.size() &&
                       text[kAnyOpening.size()] >= '1' && text[kAnyOpening.size()] <= '9';
    return tl::unexpected(later ? Errc::unsupported : Errc::malformed);
  }

  LogEntry entry;
  entry.index = line.digits();
  const auto time = parse_time(line.text("time"));
  entry.time = time.value_or(0);
  entry.action = line.text("action");
  entry.actor = line.id("actor");
  entry.agency = line.id("agency");
  entry.case_id = line.id("case");
  entry.case_seq = line.number("case_seq");
  entry.case_prev = line.bytes<32>("case_prev");
  entry.document = line.id("document");
  entry.version = line.number("version");
  entry.subject = line.text("subject");
  entry.basis = line.text("basis");
  entry.outcome = line.text("outcome");
  entry.via = line.text("via");
  entry.request = line.text("request");
  entry.origin = line.text("origin");
  entry.content = line.text("content");
  entry.detail = line.text("detail");
  entry.records = line.bytes<32>("records");
  const auto salt = line.bytes<16>("salt");
  if (!line.skip("}") || !line.at_end() || !line.ok() || !time || !salt || entry.action.empty() ||
      !chain_is_whole(entry)) {
    return tl::unexpected(Errc::malformed);
  }
  entry.salt = *salt;
  return entry;
}

}  // namespace crypto
