#include "cli/descriptor_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "crypto/secret.h"

namespace cli {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

class Descriptor {
 public:
  Descriptor(int fd, bool owned) : fd_(fd), owned_(owned) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (owned_ && fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
  bool owned_;
};

class InBuffer : public std::streambuf {
 public:
  InBuffer(int fd, std::istream& owner) : fd_(fd), owner_(owner), block_(kBlock) {}
  // What passes through may be plaintext.
  ~InBuffer() override { crypto::wipe(block_); }

 protected:
  int_type underflow() override {
    ssize_t got = -1;
    do {
      got = ::read(fd_, block_.data(), block_.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) owner_.setstate(std::ios_base::badbit);
    if (got <= 0) return traits_type::eof();
    char* const begin = reinterpret_cast<char*>(block_.data());
    setg(begin, begin, begin + got);
    return traits_type::to_int_type(*begin);
  }

 private:
  int fd_;
  std::istream& owner_;
  crypto::Bytes block_;
};

// Text that a terminal shows and does not act on: of the control characters only tab and line ends.
// Those above ASCII (U+0080 to U+009F) are two bytes, the first of them C2.
class ShownText {
 public:
  bool takes(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 ? byte != '\t' && byte != '\n' && byte != '\r'
                                     : byte == 0x7f || (before_ == 0xc2 && byte < 0xa0);
    before_ = byte;
    return !control;
  }

 private:
  unsigned char before_ = 0;
};

class OutBuffer : public std::streambuf {
 public:
  OutBuffer(int fd, DescriptorOut::Bytes allowed) : fd_(fd), allowed_(allowed) {}
  bool refused() const { return refused_; }

 protected:
  std::streamsize xsputn(const char* from, std::streamsize count) override {
    if (allowed_ == DescriptorOut::Bytes::shown_by_terminals &&
        !std::all_of(from, from + count, [this](char c) { return text_.takes(c); })) {
      refused_ = true;
      return 0;
    }
    std::streamsize done = 0;
    while (done < count) {
      const ssize_t written = ::write(fd_, from + done, static_cast<std::size_t>(count - done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      done += written;
    }
    return done;
  }
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }

 private:
  int fd_;
  DescriptorOut::Bytes allowed_;
  ShownText text_;
  bool refused_ = false;
};

}  // namespace

struct DescriptorIn::State {
  State(int fd, bool owned) : descriptor(fd, owned), stream(nullptr), buffer(fd, stream) {
    stream.rdbuf(&buffer);
  }
  Descriptor descriptor;
  std::istream stream;
  InBuffer buffer;
};

DescriptorIn::DescriptorIn(std::unique_ptr<State> state) : state_(std::move(state)) {}
DescriptorIn::DescriptorIn(DescriptorIn&&) noexcept = default;
DescriptorIn& DescriptorIn::operator=(DescriptorIn&&) noexcept = default;
DescriptorIn::~DescriptorIn() = default;
std::istream& DescriptorIn::stream() { return state_->stream; }

Result<DescriptorIn> DescriptorIn::open(const std::filesystem::path& path) {
  if (path == "-") return DescriptorIn(std::make_unique<State>(STDIN_FILENO, false));
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refuse(Message(Text::file_unreadable, path.string(), std::strerror(errno)));
  return DescriptorIn(std::make_unique<State>(fd, true));
}

struct DescriptorOut::State {
  State(int fd, bool owned, Bytes allowed)
      : descriptor(fd, owned), buffer(fd, allowed), stream(&buffer) {}
  Descriptor descriptor;
  OutBuffer buffer;
  std::ostream stream;
};

DescriptorOut::DescriptorOut(Bytes allowed)
    : state_(std::make_unique<State>(STDOUT_FILENO, false, allowed)) {}
DescriptorOut::DescriptorOut(std::unique_ptr<State> state) : state_(std::move(state)) {}
DescriptorOut::DescriptorOut(DescriptorOut&&) noexcept = default;
DescriptorOut& DescriptorOut::operator=(DescriptorOut&&) noexcept = default;
DescriptorOut::~DescriptorOut() = default;
std::ostream& DescriptorOut::stream() { return state_->stream; }
bool DescriptorOut::refused() const { return state_->buffer.refused(); }

Result<DescriptorOut> DescriptorOut::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return refuse(Message(Text::file_unwritable, path.string(), std::strerror(errno)));
  return DescriptorOut(std::make_unique<State>(fd, true, Bytes::any));
}

}  // namespace cli
