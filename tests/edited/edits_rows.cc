// Edits of single rows of `meta`: a bit, an exchange, one less, one more, and values that no
// release ever wrote.
#include <algorithm>
#include <set>

#include "crypto/encoding.h"
#include "edited/edits.h"
#include "edited/prepared.h"
#include "vault/records.h"

namespace edited {
namespace {

using vault::Kind;

const Image& image() { return prepared().image; }
Kind kind_of(const Bytes& key) { return static_cast<Kind>(key.front()); }
bool is_wrapped(Kind kind) { return kind == Kind::lockbox || kind == Kind::header; }

Edit flip_of(const Bytes& key, const Flip& flip) {
  return {name_of(kind_of(key)) + " " + crypto::to_hex(key) + ": " + flip.name,
          [key, flip](Image& to) { to.meta.at(key)[flip.at] ^= flip.mask; },
          {place_of(key)}};
}

Edit put_of(const std::string& what, const Bytes& key, const Bytes& value) {
  return {what + " " + crypto::to_hex(key),
          [key, value](Image& to) { to.meta[key] = value; },
          {place_of(key)}};
}

// The first and the last whose values differ.
std::optional<std::pair<Bytes, Bytes>> two_of(Kind kind) {
  const auto keys = keys_of(image(), kind);
  for (std::size_t i = keys.size(); i-- > 1;) {
    if (image().meta.at(keys.front()) != image().meta.at(keys[i])) {
      return std::pair(keys.front(), keys[i]);
    }
  }
  return std::nullopt;
}

}  // namespace

std::string place_of(const Bytes& key) {
  switch (kind_of(key)) {
    case Kind::log_head:
    case Kind::log_case:
      return "";
    case Kind::log_entry:
    case Kind::log_nodes:
    case Kind::change_record:
      return std::to_string(vault::read_u64(ByteView(key).subspan(1, 8)).value());
    default:
      return crypto::to_hex(key);
  }
}

std::vector<Kind> kinds() {
  std::set<Kind> found;
  for (const auto& [key, value] : image().meta) found.insert(kind_of(key));
  return {found.begin(), found.end()};
}

std::string name_of(Kind kind) { return crypto::to_hex(Bytes{static_cast<std::uint8_t>(kind)}); }

std::vector<Edit> flips_of_row(const Bytes& key, bool each_byte) {
  const Bytes& value = image().meta.at(key);
  std::vector<Edit> edits;
  if (!each_byte) {
    for (const Flip& flip : flips_in(fields_of_row(key, value))) {
      edits.push_back(flip_of(key, flip));
    }
    return edits;
  }
  for (std::size_t at = 0; at < value.size(); ++at) {
    const auto mask = static_cast<std::uint8_t>(1U << (at % 8));
    edits.push_back(flip_of(key, {"byte " + std::to_string(at), at, mask}));
  }
  return edits;
}

std::vector<Edit> flips(std::size_t rows_a_kind) {
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    if (kind == Kind::slot_count) continue;  // with erase.keys, whose length it is about
    auto keys = keys_of(image(), kind);
    // The newest are in use, the oldest are what the newer rest on.
    while (keys.size() > rows_a_kind) {
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(keys.size() / 2));
    }
    for (const Bytes& key : keys) {
      auto more = flips_of_row(key, false);
      std::move(more.begin(), more.end(), std::back_inserter(edits));
    }
  }
  return edits;
}

std::vector<Edit> one_a_kind() {
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    const auto all = flips_of_row(keys_of(image(), kind).back(), false);
    if (!all.empty()) edits.push_back(all[all.size() / 2]);
  }
  return edits;
}

std::vector<Edit> flips_inside_headers() {
  std::vector<Edit> edits;
  const Bytes key = keys_of(image(), Kind::header).front();
  const Bytes plain = unwrap(image(), key);
  for (const Flip& flip : flips_in(fields_of_record(plain))) {
    Bytes other = plain;
    other[flip.at] ^= flip.mask;
    edits.push_back(put_of("54 wrapped anew: " + flip.name, key, wrap(image(), key, key, other)));
  }
  return edits;
}

std::vector<Edit> swaps() {
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    const auto two = two_of(kind);
    if (!two) continue;
    const Bytes a = two->first;
    const Bytes b = two->second;
    edits.push_back({name_of(kind) + " two exchanged",
                     [a, b](Image& to) { std::swap(to.meta.at(a), to.meta.at(b)); },
                     {place_of(a), place_of(b)}});
    if (!is_wrapped(kind)) continue;
    const Bytes new_a = wrap(image(), a, a, unwrap(image(), b));
    const Bytes new_b = wrap(image(), b, b, unwrap(image(), a));
    edits.push_back({name_of(kind) + " two exchanged, wrapped anew",
                     [=](Image& to) {
                       to.meta.at(a) = new_a;
                       to.meta.at(b) = new_b;
                     },
                     {place_of(a), place_of(b)}});
  }
  return edits;
}

std::vector<Edit> removals() {
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    const auto keys = keys_of(image(), kind);
    for (const Bytes& key : std::set<Bytes>{keys.front(), keys.back()}) {
      edits.push_back({name_of(kind) + " removed " + crypto::to_hex(key),
                       [key](Image& to) { to.meta.erase(key); },
                       {place_of(key)}});
    }
  }
  return edits;
}

std::vector<Edit> additions() {
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    const Bytes last = keys_of(image(), kind).back();
    Bytes key = last;
    if (key.size() == 1) {
      key.push_back(0);
    } else {
      ++key.back();
    }
    Edit edit = put_of(name_of(kind) + " one more", key, image().meta.at(last));
    if (key.size() == 2 || kind == Kind::log_nodes) edit.found_at = {crypto::to_hex(key)};
    edits.push_back(edit);
  }
  // A mark that the next start would destroy a living slot by.
  const Bytes lockbox = keys_of(image(), Kind::lockbox).front();
  const auto slot = vault::decode<vault::WrappedRecord>(image().meta.at(lockbox)).value().slot;
  const Bytes mark = vault::Key(Kind::pending_destruction).u64(slot).raw();
  edits.push_back(put_of("06 of a living slot", mark, Bytes(8, 0)));
  edits.push_back(put_of("06 of no entry", vault::Key(Kind::pending_destruction).u64(9999).raw(),
                         Bytes(8, 0xff)));
  edits.push_back(put_of("1f, of no kind", Bytes{0x1f, 1}, Bytes{1}));
  edits.push_back(put_of("60, of no kind", Bytes{0x60, 1}, Bytes{1}));
  return edits;
}

std::vector<Edit> hostile_values() {
  // Of a record: an array that claims 2^62 items, 100,000 arrays in each other, one of a million
  // numbers, and a format of a later release.
  Bytes deep(100'000, 0x81);
  Bytes wide{0x9a, 0x00, 0x0f, 0x42, 0x40};
  wide.resize(wide.size() + 1'000'000, 0x01);
  const std::vector<std::pair<std::string, Bytes>> values = {
      {"nothing", {}},
      {"a claim", {0x9b, 0x40, 0, 0, 0, 0, 0, 0, 0, 1}},
      {"a long text", {0x82, 0x01, 0x7b, 0x40, 0, 0, 0, 0, 0, 0, 0, 'x'}},
      {"depth", deep},
      {"width", wide},
      {"a later format", {0x82, 0x18, 0x63, 0x01}},
  };
  std::vector<Edit> edits;
  for (const Kind kind : kinds()) {
    const Bytes key = keys_of(image(), kind).back();
    for (const auto& [what, value] : values) {
      if (image().meta.at(key) == value) continue;  // an index row says nothing as it is
      edits.push_back(put_of(name_of(kind) + " " + what, key, value));
    }
  }
  return edits;
}

}  // namespace edited
