// Edits of the sealed bytes of large documents, and of erase.keys.
#include <algorithm>

#include "crypto/encoding.h"
#include "edited/edits.h"
#include "edited/prepared.h"
#include "vault/extent.h"
#include "vault/records.h"

namespace edited {
namespace {

using vault::Key;
using vault::Kind;

constexpr std::uint8_t kIndex = 1, kExtent = 2, kMark = 3;

const Image& image() { return prepared().image; }

std::vector<Bytes> blob_keys(std::uint8_t kind) {
  std::vector<Bytes> keys;
  for (const auto& [key, value] : image().blobs) {
    if (key.front() == kind) keys.push_back(key);
  }
  return keys;
}

// The document version whose bytes stand in this row of `blobs`, as verify-store names it.
std::string document_of(const Bytes& key) {
  const Bytes& row = image().meta.at(Key(Kind::blob).bytes(ByteView(key).subspan(1, 16)).raw());
  const auto document = crypto::Id::from(ByteView(row).first(16)).value();
  return document.text() + " " + std::to_string(*vault::read_u64(ByteView(row).subspan(16)));
}

Edit put(const std::string& name, const Bytes& key, const Bytes& value) {
  return {name, [key, value](Image& to) { to.blobs[key] = value; }, {document_of(key)}};
}

Edit swap(const std::string& name, const Bytes& a, const Bytes& b) {
  return {name,
          [a, b](Image& to) { std::swap(to.blobs.at(a), to.blobs.at(b)); },
          {document_of(a), document_of(b)}};
}

std::uint64_t slot_of(const Bytes& key) {
  return vault::decode<vault::WrappedRecord>(image().meta.at(key)).value().slot;
}

Edit count_of(const char* name, std::uint64_t slots) {
  const Bytes key = Key(Kind::slot_count).raw();
  Bytes value = Key(Kind::slot_count).u64(slots).raw();
  value.erase(value.begin());
  return {name, [=](Image& to) { to.meta[key] = value; }, {"07"}};
}

}  // namespace

std::vector<Edit> blob_edits() {
  const auto indexes = blob_keys(kIndex);
  const auto extents = blob_keys(kExtent);
  std::vector<Edit> edits;
  for (const Bytes& key : indexes) {
    edits.push_back(
        {"index removed", [key](Image& to) { to.blobs.erase(key); }, {document_of(key)}});
    Bytes shorter = image().blobs.at(key);
    --shorter.back();
    edits.push_back(put("one byte less", key, shorter));
    Bytes vast = image().blobs.at(key);
    vast[1] = 0x7f;
    edits.push_back(put("2^62 bytes", key, vast));
    edits.push_back(put("no size", key, {}));
    edits.push_back(put("a later format", key, {2}));
  }
  for (const Bytes& key : extents) {
    edits.push_back(
        {"extent removed", [key](Image& to) { to.blobs.erase(key); }, {document_of(key)}});
    edits.push_back(put("an empty extent", key, {}));
    Bytes cut = image().blobs.at(key);
    cut.resize(cut.size() / 2);
    edits.push_back(put("half an extent", key, cut));
  }
  // The first and last extent of one blob, and the first ones of two.
  edits.push_back(swap("extents of one exchanged", extents.at(0), extents.at(1)));
  edits.push_back(swap("extents of two exchanged", extents.front(), extents.at(2)));
  edits.push_back(swap("sizes exchanged", indexes.front(), indexes.back()));

  Bytes another = indexes.front();
  another.back() ^= 1;
  Edit extra{
      "a blob more", [=](Image& to) { to.blobs[another] = to.blobs.at(indexes.front()); }, {}};
  extra.harmless = "no record names it";
  edits.push_back(extra);
  Bytes behind = extents.at(1);
  ++behind.back();
  extra = {"an extent more", [=](Image& to) { to.blobs[behind] = to.blobs.at(extents.at(1)); }, {}};
  extra.harmless = "it is behind the end that the index row says, which is the record's";
  edits.push_back(extra);
  Bytes mark = indexes.front();
  mark.front() = kMark;
  extra = {"a living blob marked", [=](Image& to) { to.blobs[mark] = {1}; }, {}};
  extra.harmless = "a record names the blob, so that the next start takes the mark away";
  edits.push_back(extra);
  return edits;
}

std::vector<Edit> blob_flips(bool each_byte) {
  std::vector<Edit> edits;
  const auto add = [&](const Bytes& key, std::size_t at) {
    edits.push_back({crypto::to_hex(key) + " byte " + std::to_string(at),
                     [=](Image& to) { to.blobs.at(key)[at] ^= std::uint8_t{1}; },
                     {document_of(key)}});
  };
  for (const Bytes& key : blob_keys(kIndex)) {
    for (std::size_t at = 0; at < image().blobs.at(key).size(); ++at) add(key, at);
  }
  const auto extents = blob_keys(kExtent);
  const Bytes last = extents.at(1);  // of the first blob: it has room behind its payload
  const std::size_t size = image().blobs.at(last).size();
  for (std::size_t at = 0; at < vault::kExtentHead; at += each_byte ? 1 : 4) add(last, at);
  for (std::size_t at = vault::kExtentHead; at < size; at += each_byte ? 509 : 16384) add(last, at);
  add(last, size - 1);
  add(extents.front(), image().blobs.at(extents.front()).size() - 1);
  return edits;
}

std::vector<Edit> erase_key_edits() {
  std::vector<Edit> edits;
  std::uint64_t most = 0;
  for (const Kind kind : {Kind::lockbox, Kind::header}) {
    for (const Bytes& key : keys_of(image(), kind)) {
      const std::uint64_t slot = slot_of(key);
      most = std::max(most, slot);
      const auto at = static_cast<std::size_t>(32 * slot + slot % 32);
      edits.push_back({"a bit of slot " + std::to_string(slot),
                       [=](Image& to) { to.erase_keys.at(at) ^= std::uint8_t{1}; },
                       {crypto::to_hex(key)}});
    }
  }
  edits.push_back({"all slots overwritten",
                   [](Image& to) { std::fill(to.erase_keys.begin(), to.erase_keys.end(), 'x'); },
                   {crypto::to_hex(keys_of(image(), Kind::header).front())}});
  edits.push_back({"no slots",
                   [](Image& to) { to.erase_keys.clear(); },
                   {crypto::to_hex(keys_of(image(), Kind::header).front())}});
  edits.push_back({"half a slot less",
                   [](Image& to) { to.erase_keys.resize(to.erase_keys.size() - 16); },
                   {"erase.keys"}});
  edits.push_back(count_of("count of slots too low", most));
  edits.push_back(count_of("count of slots above the file", image().erase_keys.size() / 32 + 1));
  edits.push_back({"no number of slots",
                   [](Image& to) { to.meta[Key(Kind::slot_count).raw()] = Bytes{1}; },
                   {"07"}});
  Edit harmless = count_of("count of slots higher", most + 2);
  harmless.harmless = "it only guards against a file that was cut, and this one has as many";
  harmless.found_at.clear();
  edits.push_back(harmless);
  harmless = {"a bit of a slot that no record names",
              [=](Image& to) { to.erase_keys.back() ^= std::uint8_t{1}; },
              {}};
  harmless.harmless = "it is random, and another random number is as good";
  edits.push_back(harmless);
  return edits;
}

}  // namespace edited
