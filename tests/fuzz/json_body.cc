// JSON bodies: taken exactly when an independent judge takes them, however they come, and never
// with something behind their end.
#include "api/json_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/strict_json.h"
#include "fuzz/json_judge.h"
#include "fuzz/target.h"

namespace {

using fuzz::must;

constexpr unsigned kDepth = 16;

// A body that comes so many bytes at a time.
class Dripped : public api::BodyReader {
 public:
  Dripped(std::string_view text, std::size_t step) : text_(text), step_(step) {}
  std::optional<std::uint64_t> declared_length() const override { return std::nullopt; }
  tl::expected<std::size_t, api::BodyErrc> read(crypto::MutableBytes out) override {
    const std::size_t size = std::min({step_, text_.size(), out.size()});
    std::copy_n(text_.begin(), size, out.begin());
    text_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view text_;
  std::size_t step_;
};

void check_body(std::string_view text, std::size_t step) {
  Dripped body(text, step);
  api::Call call;
  call.body = &body;
  call.headers.add("content-type", "application/json");
  const auto read = api::read_json(call);
  const auto parsed = crypto::parse_json(text);
  const bool taken = text.empty() || (parsed && parsed->is_object());
  must(read.has_value() == taken, "a body is taken as its text is");
  if (read && !text.empty()) must(*read == *parsed, "and says the same");
  if (!read) must(read.error().status == 400, "or is a bad request");
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  Steering steering(input);
  const std::size_t step = 1 + steering.byte();
  const std::string_view text = crypto::as_text(steering.rest());
  const auto parsed = crypto::parse_json(text, kDepth);
  must(parsed.has_value() == JsonJudge::accepts(text, kDepth), "the judge says the same");
  check_body(text, step);
  if (!parsed) return;
  const auto again = crypto::parse_json(parsed->dump());
  must(again && *again == *parsed, "written out it says the same");
  for (const std::string_view more : {std::string_view("\0", 1), std::string_view("\0{}", 3),
                                      std::string_view("x"), std::string_view("{}")}) {
    must(!crypto::parse_json(std::string(text) + std::string(more)), "nothing stands behind it");
  }
}
