#include "support/stolen_disk.h"

#include <deque>
#include <fstream>
#include <iterator>

#include "crypto/age.h"
#include "crypto/lockbox.h"
#include "crypto/record_cipher.h"
#include "support/raw_lmdb.h"
#include "vault/records.h"

namespace support {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Id;

Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes all = a;
  crypto::append(all, b);
  return all;
}

// As stock age does it: no binding is compared.
std::optional<crypto::SecretBytes> open_age(const Bytes& file, const crypto::Identity& identity) {
  const auto header = crypto::age::parse_header(file);
  if (!header) return std::nullopt;
  const auto key = crypto::age::unwrap(*header, std::span(&identity, 1));
  if (!key) return std::nullopt;
  auto plain = crypto::age::open_payload(ByteView(file).subspan(header->size), *key);
  if (!plain) return std::nullopt;
  return std::move(*plain);
}

}  // namespace

StolenDisk::StolenDisk(const std::filesystem::path& data) {
  std::filesystem::copy(data, this->data(), std::filesystem::copy_options::recursive);
  std::ifstream file(this->data() / "erase.keys", std::ios::binary);
  slots_.assign(std::istreambuf_iterator<char>(file), {});
  edit_lmdb(this->data() / "meta", [&](const Bytes& key, Bytes& value) { rows_[key] = value; });
}

StolenDisk::Rows StolenDisk::rows(vault::Kind kind) const {
  Rows found;
  for (const auto& [key, value] : rows_) {
    if (key[0] == static_cast<std::uint8_t>(kind)) found.emplace(key, value);
  }
  return found;
}

crypto::EraseKey StolenDisk::slot(std::uint64_t number) const {
  std::array<std::uint8_t, 32> bytes{};
  std::copy_n(slots_.begin() + static_cast<std::ptrdiff_t>(32 * number), bytes.size(),
              bytes.begin());
  return crypto::EraseKey::take(bytes);
}

std::optional<Bytes> StolenDisk::unwrap(const Bytes& key, const Bytes& value) const {
  const auto record = vault::decode<vault::WrappedRecord>(value);
  if (!record) return std::nullopt;
  auto bytes = crypto::unwrap_record(slot(record->slot), key, record->wrapped);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

Bytes StolenDisk::wrap(const Bytes& key, const Bytes& like, const Bytes& record) const {
  const std::uint64_t number = vault::decode<vault::WrappedRecord>(like).value().slot;
  return vault::encode(
      vault::WrappedRecord{number, crypto::wrap_record(slot(number), key, record)});
}

StolenDisk::Loot StolenDisk::loot_of(const crypto::Identity& stolen) const {
  Loot loot;
  std::set<Bytes> opened;
  std::deque<crypto::Identity> keys;
  keys.push_back(stolen.duplicate());
  while (!keys.empty()) {
    for (const auto& [key, value] : rows(vault::Kind::lockbox)) {
      const auto file = unwrap(key, value);
      const auto text = file ? open_age(*file, keys.front()) : std::nullopt;
      if (!text || !opened.insert(key).second) continue;
      auto secret = crypto::NodeSecret::parse(text->expose_text());
      if (!secret) continue;
      loot.nodes.insert(secret->node);
      keys.push_back(std::move(secret->identity));
    }
    plunder(keys.front(), loot);
    keys.pop_front();
  }
  return loot;
}

void StolenDisk::plunder(const crypto::Identity& key, Loot& loot) const {
  for (const auto& [place, value] : rows(vault::Kind::header)) {
    const auto bytes = unwrap(place, value);
    if (!bytes) continue;
    const auto header = vault::decode<vault::HeaderRecord>(*bytes).value();
    const Id document = Id::from(ByteView(place).subspan(1, 16)).value();
    const Bytes version(place.begin() + 1, place.begin() + 25);
    const auto row = [&](vault::Kind kind) {
      return rows_.at(vault::Key(kind).bytes(version).raw());
    };
    const auto record = vault::decode<vault::VersionRecord>(row(vault::Kind::version)).value();
    if (open_age(joined(header.payload_header, row(vault::Kind::inline_payload)), key)) {
      loot.contents.insert(document);
    }
    if (open_age(joined(header.manifest_header, record.manifest), key)) {
      loot.manifests.insert(document);
    }
  }
}

void StolenDisk::swap(const Bytes& a, const Bytes& b, bool rewrapped) {
  Bytes &at_a = rows_.at(a), &at_b = rows_.at(b);
  if (rewrapped) {
    const Bytes in_a = unwrap(a, at_a).value(), in_b = unwrap(b, at_b).value();
    const Bytes new_a = wrap(a, at_a, in_b);
    at_b = wrap(b, at_b, in_a);
    at_a = new_a;
  } else {
    std::swap(at_a, at_b);
  }
  // A service that ran on the copy meanwhile has added rows of its own.
  edit_lmdb(data() / "meta", [&](const Bytes& key, Bytes& value) {
    if (key == a || key == b) value = rows_.at(key);
  });
}

void StolenDisk::edit(const Bytes& key, const std::function<void(Bytes&)>& change) {
  change(rows_.at(key));
  edit_lmdb(data() / "meta", [&](const Bytes& at, Bytes& value) {
    if (at == key) value = rows_.at(at);
  });
}

}  // namespace support
