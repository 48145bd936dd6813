// Upload-Metadata: what is taken says the same when it is written out again, in any order.
#include <algorithm>
#include <vector>

#include "api/parse.h"
#include "crypto/encoding.h"
#include "crypto/utf8.h"
#include "fuzz/target.h"

namespace {

using api::parse::UploadMetadata;
using fuzz::must;

bool same(const UploadMetadata& a, const UploadMetadata& b) {
  return a.title == b.title && a.filename == b.filename && a.filetype == b.filetype &&
         a.type == b.type && a.classification == b.classification && a.minor == b.minor;
}

std::vector<std::string> pairs_of(const UploadMetadata& metadata) {
  std::vector<std::string> pairs;
  const auto add = [&](std::string_view key, const std::optional<std::string>& value) {
    if (!value) return;
    must(!value->empty() && crypto::is_utf8(*value), "a value is text");
    must(std::none_of(value->begin(), value->end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
         "without controls");
    pairs.push_back(std::string(key) + ' ' + crypto::base64(crypto::as_bytes(*value)));
  };
  add("title", metadata.title);
  add("filename", metadata.filename);
  add("filetype", metadata.filetype);
  add("type", metadata.type);
  add("class", metadata.classification);
  if (metadata.minor) pairs.emplace_back("minor");
  return pairs;
}

std::string joined(const std::vector<std::string>& pairs) {
  std::string text;
  for (const std::string& pair : pairs) text += (text.empty() ? "" : ",") + pair;
  return text;
}

}  // namespace

void fuzz::run(crypto::ByteView input) {
  const std::string_view text = crypto::as_text(input);
  const auto metadata = api::parse::upload_metadata(text);
  if (!metadata) return;
  auto pairs = pairs_of(*metadata);
  const auto commas = static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
  must(pairs.size() == commas + 1 || (pairs.empty() && commas == 0), "nothing is passed over");
  for (std::size_t turn = 0; turn < std::max<std::size_t>(pairs.size(), 1); ++turn) {
    const auto again = api::parse::upload_metadata(joined(pairs));
    must(again && same(*metadata, *again), "written out it says the same");
    if (!pairs.empty()) {
      must(!api::parse::upload_metadata(joined(pairs) + ',' + pairs.front()), "none stands twice");
      std::rotate(pairs.begin(), pairs.begin() + 1, pairs.end());
    }
  }
}
