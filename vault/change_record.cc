#include "vault/change_record.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/merkle.h"

namespace vault {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxPart = 60 * 1024;  // well within a value of the meta store
constexpr std::uint8_t kErased = 0;
constexpr std::uint8_t kPut = 1;
constexpr std::size_t kDigestSize = 32;

Bytes encode_item(const Bytes& key, const std::optional<Digest>& digest) {
  Bytes item;
  item.reserve(key.size() + 3 + kDigestSize);
  item.push_back(static_cast<std::uint8_t>(key.size() >> 8));
  item.push_back(static_cast<std::uint8_t>(key.size() & 0xff));
  crypto::append(item, key);
  item.push_back(digest ? kPut : kErased);
  if (digest) crypto::append(item, *digest);
  return item;
}

// Takes `size` bytes off the front, or nothing if there are fewer.
std::optional<ByteView> take(ByteView& rest, std::size_t size) {
  if (rest.size() < size) return std::nullopt;
  const ByteView taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

std::optional<ChangeItem> take_item(ByteView& rest) {
  const ByteView begin = rest;
  const auto length = take(rest, 2);
  if (!length) return std::nullopt;
  const auto key = take(rest, static_cast<std::size_t>((*length)[0] << 8 | (*length)[1]));
  const auto kind = take(rest, 1);
  if (!key || !kind || key->empty() || key->size() > kMaxKey) return std::nullopt;

  ChangeItem item{*key, std::nullopt, {}};
  if (kind->front() == kPut) {
    const auto digest = take(rest, kDigestSize);
    if (!digest) return std::nullopt;
    item.digest.emplace();
    std::copy(digest->begin(), digest->end(), item.digest->begin());
  } else if (kind->front() != kErased) {
    return std::nullopt;
  }
  item.encoded = begin.first(begin.size() - rest.size());
  return item;
}

}  // namespace

void ChangeList::put(ByteView key, ByteView value) {
  changes_.insert_or_assign(crypto::to_bytes(key), crypto::sha256(value));
}

void ChangeList::erase(ByteView key) {
  changes_.insert_or_assign(crypto::to_bytes(key), std::nullopt);
}

Digest ChangeList::root() const {
  crypto::merkle::Tree tree;
  for (const auto& [key, digest] : changes_) {
    tree.append(crypto::merkle::leaf_hash(encode_item(key, digest)));
  }
  return tree.root();
}

std::vector<Bytes> ChangeList::parts() const {
  std::vector<Bytes> parts;
  for (const auto& [key, digest] : changes_) {
    const Bytes item = encode_item(key, digest);
    if (parts.empty() || parts.back().size() + item.size() > kMaxPart) parts.push_back({kFormat});
    crypto::append(parts.back(), item);
  }
  return parts;
}

Result<void> decode_change_part(ByteView part,
                                const std::function<void(const ChangeItem&)>& visit) {
  if (part.size() < 2) return tl::unexpected(Errc::corrupt);
  if (part.front() != kFormat) {
    return tl::unexpected(part.front() > kFormat ? Errc::newer_format : Errc::corrupt);
  }
  ByteView rest = part.subspan(1);
  while (!rest.empty()) {
    const auto item = take_item(rest);
    if (!item) return tl::unexpected(Errc::corrupt);
    visit(*item);
  }
  return {};
}

}  // namespace vault
