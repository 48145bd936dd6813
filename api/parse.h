// Text of a request into typed values, or a refusal. Pure; each is tested by a table.
//
// Failures are `bad-request` where nothing else is said. A text has one reading: what is not in
// the form named is refused, never repaired.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/failure.h"
#include "crypto/bytes.h"
#include "crypto/id.h"

namespace api::parse {

using Query = std::map<std::string, std::string>;

Outcome<crypto::Id> id(std::string_view text);
// Decimal digits without sign or leading zeros, at most `max`.
Outcome<std::uint64_t> number(std::string_view text, std::uint64_t max = INT64_MAX);
// What a query has under `name`; `missing` when it has nothing.
Outcome<std::uint64_t> query_number(const Query& query, const std::string& name,
                                    std::uint64_t missing);
Outcome<crypto::Id> query_id(const Query& query, const std::string& name);  // nil: missing
// How many of a list: 1 to `most`, and `most` when nothing is said.
Outcome<std::size_t> query_limit(const Query& query, std::size_t most = 200);
// A query may hold only these names.
Outcome<void> query_names(const Query& query, std::initializer_list<std::string_view> names);
// A case code as a person types it, in its canonical form. Failures: bad-code.
Outcome<std::string> case_code(std::string_view typed);

// The token of `Bearer sgl_…` (the scheme in any case). None: not of this form.
std::optional<std::string_view> bearer(std::string_view authorization);
// `type/subtype` of a Content-Type, in lower case, without parameters. Empty: ill-formed.
std::string media_type(std::string_view content_type);
// Whether an Accept header names this media type itself, with a weight above zero.
bool names_type(std::string_view accept, std::string_view type);
// Whether English comes before Indonesian in an Accept-Language header.
bool prefers_english(std::string_view accept_language);

// Upload-Metadata as in tus 1.0: `key base64,key base64`. Values are UTF-8 without controls.
struct UploadMetadata {
  std::optional<std::string> title, filename, filetype, type, classification;
  bool minor = false;
};
// Unknown and repeated keys are refused. `minor` stands for yes by being there, without a value.
Outcome<UploadMetadata> upload_metadata(std::string_view text);

// One range of a representation of `size` bytes. Several ranges, other units and ill-formed ones
// are ignored, as RFC 9110 has it: the whole is sent.
struct WholeRange {};
struct NoSuchRange {};  // 416
struct ByteRange {
  std::uint64_t begin = 0, end = 0;  // end is behind the last byte
};
using Range = std::variant<WholeRange, NoSuchRange, ByteRange>;
Range range(std::string_view text, std::uint64_t size);

struct EntityTag {
  std::string opaque;  // without its quotes
  bool weak = false;
  std::string text() const { return (weak ? "W/\"" : "\"") + opaque + "\""; }
};
struct EntityTags {
  bool any = false;  // `*`
  std::vector<EntityTag> tags;
  // If-Match and If-Range compare strongly, If-None-Match weakly.
  bool has_strong(std::string_view opaque) const;
  bool has_weak(std::string_view opaque) const;
};
Outcome<EntityTags> entity_tags(std::string_view text);

// The sha-256 of a Repr-Digest field (RFC 9530); none when only other algorithms stand there.
Outcome<std::optional<crypto::Digest>> repr_digest(std::string_view text);
std::string to_repr_digest(const crypto::Digest& digest);

// The one member of a JSON object whose value is a string without escapes, found in place: nothing
// of it is copied. The views are into `text`.
struct Member {
  std::string_view name, value;
};
std::optional<Member> only_member(std::string_view text);

}  // namespace api::parse
