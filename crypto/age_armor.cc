// Armor: a sealed object as text, in strict PEM (FORMAT.md, "Armor").
#include <algorithm>
#include <array>
#include <istream>
#include <ostream>
#include <streambuf>

#include "crypto/age.h"
#include "crypto/encoding.h"

namespace crypto::age {
namespace {

constexpr std::string_view kBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view kEnd = "-----END AGE ENCRYPTED FILE-----";
constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::size_t kColumns = 64;
constexpr std::size_t kLineBytes = kColumns / 4 * 3;
constexpr std::size_t kLines = 1024;  // as many are turned over at once
constexpr std::size_t kMaxWhiteSpace = 1024;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(kWhiteSpace) == std::string_view::npos;
}

class ArmorOut : public std::streambuf {
 public:
  explicit ArmorOut(std::ostream& out) : out_(out) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    text_.append(kBegin) += '\n';
  }

  // Everything is a whole number of lines but at the end, which `finish` brings.
  bool finish() {
    encode();
    text_.append(kEnd) += '\n';
    return write() && out_.flush();
  }

 protected:
  int_type overflow(int_type c) override {
    encode();
    if (!write()) return traits_type::eof();
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
      sputc(traits_type::to_char_type(c));
    }
    return traits_type::not_eof(c);
  }

 private:
  void encode() {
    const ByteView bytes = as_bytes({pbase(), static_cast<std::size_t>(pptr() - pbase())});
    for (std::size_t at = 0; at < bytes.size(); at += kLineBytes) {
      text_.append(base64(bytes.subspan(at, std::min(kLineBytes, bytes.size() - at)))) += '\n';
    }
    setp(buffer_.data(), buffer_.data() + buffer_.size());
  }

  bool write() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
    return static_cast<bool>(out_);
  }

  std::ostream& out_;
  std::array<char, kLineBytes * kLines> buffer_;
  std::string text_;
};

class ArmorIn : public std::streambuf {
 public:
  // `owner`: the stream that reads from here, told by badbit what an end alone would not say.
  ArmorIn(std::istream& in, std::istream& owner) : in_(in), owner_(owner) {}
  bool malformed() const { return malformed_; }

 protected:
  int_type underflow() override {
    if (state_ == State::before && !read_begin()) return failed();
    std::size_t size = 0;
    while (state_ == State::inside && size + kLineBytes <= buffer_.size()) {
      if (!read_body_line(size)) return failed();
    }
    if (size == 0) return traits_type::eof();
    setg(buffer_.data(), buffer_.data(), buffer_.data() + size);
    return traits_type::to_int_type(*gptr());
  }

 private:
  enum class State { before, inside, after };

  int_type failed() {
    state_ = State::after;
    malformed_ = !in_.bad();
    owner_.setstate(std::ios_base::badbit);
    return traits_type::eof();
  }

  // The next line without its end, LF or CRLF. False: there is none, or it is too long for armor.
  bool read_line(std::string_view& line) {
    in_.getline(line_.data(), static_cast<std::streamsize>(line_.size()));
    auto size = static_cast<std::size_t>(in_.gcount());
    if (in_.fail()) return false;
    if (!in_.eof()) --size;  // the line feed is counted and not kept
    line = std::string_view(line_.data(), size);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
  }

  bool read_begin() {
    std::string_view line;
    for (std::size_t skipped = 0; skipped < kMaxWhiteSpace; skipped += line.size() + 1) {
      if (!read_line(line)) return false;
      if (is_blank(line)) continue;
      state_ = State::inside;
      return line == kBegin;
    }
    return false;
  }

  bool read_body_line(std::size_t& size) {
    std::string_view line;
    if (!read_line(line)) return false;
    if (line == kEnd) return read_trailer();

    const auto bytes = from_base64(line);
    if (!bytes || bytes->empty() || line.size() > kColumns) return false;
    std::copy(bytes->begin(), bytes->end(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
    size += bytes->size();
    if (bytes->size() == kLineBytes) return true;
    // A shorter line is the last: otherwise one file would have many armored forms.
    return read_line(line) && line == kEnd && read_trailer();
  }

  bool read_trailer() {
    state_ = State::after;
    for (std::size_t seen = 0; seen <= kMaxWhiteSpace; ++seen) {
      const int c = in_.get();
      if (c == std::istream::traits_type::eof()) return !in_.bad();
      if (kWhiteSpace.find(static_cast<char>(c)) == std::string_view::npos) return false;
    }
    return false;
  }

  std::istream& in_;
  std::istream& owner_;
  State state_ = State::before;
  bool malformed_ = false;
  std::array<char, kMaxWhiteSpace> line_;
  std::array<char, kLineBytes * kLines> buffer_;
};

}  // namespace

struct ArmorWriter::State {
  explicit State(std::ostream& out) : buffer(out), stream(&buffer) {}
  ArmorOut buffer;
  std::ostream stream;
};

ArmorWriter::ArmorWriter(std::ostream& out) : state_(std::make_unique<State>(out)) {}
ArmorWriter::~ArmorWriter() = default;
std::ostream& ArmorWriter::stream() { return state_->stream; }

Result<void> ArmorWriter::finish() {
  if (!state_->stream || !state_->buffer.finish()) return tl::unexpected(Errc::write_failed);
  return {};
}

struct ArmorReader::State {
  explicit State(std::istream& in) : stream(nullptr), buffer(in, stream) { stream.rdbuf(&buffer); }
  std::istream stream;
  ArmorIn buffer;
};

ArmorReader::ArmorReader(std::istream& in) : state_(std::make_unique<State>(in)) {}
ArmorReader::~ArmorReader() = default;
std::istream& ArmorReader::stream() { return state_->stream; }
bool ArmorReader::malformed() const { return state_->buffer.malformed(); }

bool looks_armored(ByteView begin) {
  const std::string_view text = as_text(begin);
  const auto start = text.find_first_not_of(kWhiteSpace);
  return start != std::string_view::npos && text.substr(start).starts_with(kBegin);
}

}  // namespace crypto::age
