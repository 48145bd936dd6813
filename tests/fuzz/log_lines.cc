// Lines of the log and of its exports: each that is taken is the only spelling of what it says, and
// an ordinary JSON reader reads the same in it.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "crypto/line_reader.h"
#include "crypto/log_entry.h"
#include "crypto/log_export.h"
#include "crypto/strict_json.h"
#include "fuzz/target.h"

namespace {

using namespace crypto;
using fuzz::must;

template <typename Line>
void must_have_one_spelling(std::string_view text) {
  if (const auto line = Line::parse(text)) must(line->encode() == text, "a line has one spelling");
}

void check_entry(std::string_view text) {
  const auto entry = LogEntry::parse(text);
  if (!entry) return;
  must(entry->encode() == std::string(text), "an entry has one line");
  must(text.size() <= kMaxLogLine, "within its bound");
  const auto object = parse_json(text);
  must(object && object->is_object(), "which is JSON");
  must(object->at("index") == entry->index && object->at("action") == entry->action,
       "and says the same to its readers");
  must(object->value("subject", "") == entry->subject &&
           object->value("detail", "") == entry->detail,
       "in each text");
  must(object->contains("case") == !entry->case_id.is_nil(), "an empty field is left out");
}

// Lines as they come out of a stream that is read in blocks, against cutting the whole text.
void check_lines(const std::string& text, std::size_t most) {
  std::istringstream in(text);
  LineReader reader(in, most);
  std::size_t at = 0;
  while (const auto line = reader.next()) {
    const auto end = std::min(text.find('\n', at), text.size());
    must(line->text == std::string_view(text).substr(at, end - at), "lines come as they stand");
    must(line->whole == (end < text.size()), "and the last says whether it is whole");
    must(line->text.size() <= most, "none is longer than asked for");
    at = end + 1;
  }
  must(!reader.failed(), "memory does not fail");
  must(reader.too_long() || at >= text.size(), "every byte is in some line");
}

}  // namespace

void fuzz::run(ByteView input) {
  Steering steering(input);
  const std::size_t most = 1 + steering.byte();
  const std::string_view text = as_text(steering.rest());
  check_entry(text);
  must_have_one_spelling<log_export::Header>(text);
  must_have_one_spelling<log_export::Leaves>(text);
  must_have_one_spelling<log_export::RangeLine>(text);
  must_have_one_spelling<log_export::Inclusion>(text);
  must_have_one_spelling<log_export::Head>(text);
  (void)log_export::kind_of(text);
  check_lines(std::string(text), most);
}
