#include "crypto/line_reader.h"

#include <algorithm>

namespace crypto {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

}  // namespace

LineReader::LineReader(std::istream& input, std::size_t max_line)
    : input_(input), max_line_(max_line) {}

std::optional<LineReader::Line> LineReader::next() {
  std::size_t searched = at_;
  for (;;) {
    const std::size_t end = block_.find('\n', searched);
    const std::size_t length = (end == std::string::npos ? block_.size() : end) - at_;
    if (length > max_line_) {
      too_long_ = true;
      return std::nullopt;
    }
    if (end != std::string::npos) {
      const Line line{std::string_view(block_).substr(at_, length), true};
      at_ = end + 1;
      return line;
    }
    searched = length;  // fill() moves what is left to the front
    if (fill()) continue;
    if (length == 0 || failed_) return std::nullopt;
    at_ = block_.size();
    return Line{std::string_view(block_), false};
  }
}

// Reads on behind what is left of the block. False: there is no more; what is left is in front.
bool LineReader::fill() {
  block_.erase(0, at_);
  at_ = 0;
  if (ended_) return false;
  const std::size_t kept = block_.size();
  block_.resize(kept + kBlock);
  input_.read(block_.data() + kept, static_cast<std::streamsize>(kBlock));
  const auto got = static_cast<std::size_t>(input_.gcount());
  block_.resize(kept + got);
  ended_ = got < kBlock;
  failed_ = input_.bad();
  return got > 0 && !failed_;
}

}  // namespace crypto
