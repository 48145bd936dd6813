// Reads lines out of a stream in large blocks: at most one line and one block are in memory.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"

namespace crypto {

class LineReader {
 public:
  // `input` outlives the reader. A longer line than `max_line` ends the reading: see too_long().
  LineReader(std::istream& input, std::size_t max_line);

  struct Line {
    std::string_view text;  // without newline; valid until the next call
    bool whole = true;      // false: the input ended without a newline
  };
  // Nothing: no more lines.
  std::optional<Line> next();
  bool too_long() const { return too_long_; }
  bool failed() const { return failed_; }  // the stream went bad

 private:
  bool fill();
  std::istream& input_;
  std::size_t max_line_;
  std::string block_;
  std::size_t at_ = 0;
  bool ended_ = false;
  bool too_long_ = false;
  bool failed_ = false;
};

}  // namespace crypto
