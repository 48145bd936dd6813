// The other values of fields, queries and paths that api/parse reads: numbers, ids, ranges, tags,
// digests, media types, tokens; what is taken is within its bounds and is written in one way.
#include <algorithm>

#include "api/parse.h"
#include "fuzz/target.h"

namespace {

namespace parse = api::parse;
using fuzz::must;

void check_range(std::string_view text, std::uint64_t size) {
  const auto range = parse::range(text, size);
  const auto* bytes = std::get_if<parse::ByteRange>(&range);
  if (bytes == nullptr) return;
  must(bytes->begin < bytes->end && bytes->end <= size, "a range is part of the whole");
  const std::string written =
      "bytes=" + std::to_string(bytes->begin) + '-' + std::to_string(bytes->end - 1);
  const auto again = parse::range(written, size);
  const auto* same = std::get_if<parse::ByteRange>(&again);
  must(same != nullptr && same->begin == bytes->begin && same->end == bytes->end,
       "and is the same when it is written out");
}

void check_tags(std::string_view text) {
  const auto tags = parse::entity_tags(text);
  if (!tags || tags->any) return;
  std::string written;
  for (const auto& tag : tags->tags) written += (written.empty() ? "" : ", ") + tag.text();
  const auto again = parse::entity_tags(written);
  // A comma in a tag is read as the end of it: refused there, so none came out of here.
  must(again && again->tags.size() == tags->tags.size(), "as many tags");
  for (const auto& tag : tags->tags) {
    must(again->has_weak(tag.opaque), "and the same");
    must(tag.weak || again->has_strong(tag.opaque), "as strong");
  }
}

void check_member(std::string_view text) {
  const auto member = parse::only_member(text);
  if (!member) return;
  for (const std::string_view part : {member->name, member->value}) {
    must(part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size(),
         "a member stands in the text");
  }
  const std::string written =
      "{\"" + std::string(member->name) + "\":\"" + std::string(member->value) + "\"}";
  const auto again = parse::only_member(written);
  must(again && again->name == member->name && again->value == member->value, "once");
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  Steering steering(input);
  const std::uint64_t size = steering.number();
  const std::string_view text = crypto::as_text(steering.rest());
  if (const auto number = parse::number(text)) must(std::to_string(*number) == text, "one text");
  if (const auto number = parse::number(text, size)) must(*number <= size, "a bound is kept");
  if (const auto id = parse::id(text)) must(id->text() == text, "an id has one text");
  if (const auto code = parse::case_code(text)) {
    must(parse::case_code(*code) == *code, "a case code in its own form stays as it is");
  }
  if (const auto digest = parse::repr_digest(text); digest && *digest) {
    const auto again = parse::repr_digest(parse::to_repr_digest(**digest));
    must(again && *again == *digest, "a digest comes back");
  }
  const std::string type = parse::media_type(text);
  must(type.empty() || parse::media_type(type) == type, "a media type in lower case stays");
  must(type.empty() || parse::names_type(type, type), "and names itself");
  if (const auto token = parse::bearer(text)) must(text.ends_with(*token), "a token ends it");
  (void)parse::prefers_english(text);
  check_range(text, size);
  check_tags(text);
  check_member(text);
}
