// Edits of what belongs together: records, nodes, documents and the whole store put back to an
// older copy, a log that was cut, and keys exchanged for others.
#include <algorithm>
#include <set>

#include "crypto/encoding.h"
#include "crypto/key_records.h"
#include "crypto/lockbox.h"
#include "edited/edits.h"
#include "edited/prepared.h"
#include "vault/records.h"

namespace edited {
namespace {

using crypto::Id;
using vault::Key;
using vault::Kind;

const Image& image() { return prepared().image; }
const Image& old() { return prepared().old; }

bool is_of(const Bytes& key, std::initializer_list<Kind> kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](Kind kind) { return key.front() == static_cast<std::uint8_t>(kind); });
}

using Chosen = std::function<bool(const Bytes& key)>;

// The chosen rows as they were.
void put_back(Image& to, const Chosen& chosen) {
  std::erase_if(to.meta, [&](const auto& row) { return chosen(row.first); });
  for (const auto& [key, value] : old().meta) {
    if (chosen(key)) to.meta[key] = value;
  }
}

// Rows that differ by it, and where they are found.
Edit back(const std::string& name, const Chosen& chosen) {
  Edit edit{name, [chosen](Image& to) { put_back(to, chosen); }, {}};
  Image after = image();
  edit.apply(after);
  for (const auto& [key, value] : image().meta) {
    const auto now = after.meta.find(key);
    if (now == after.meta.end() || now->second != value) edit.found_at.push_back(place_of(key));
  }
  return edit;
}

bool names(const Bytes& key, const std::string& id) {
  const auto bytes = Id::parse(id).value().bytes;
  return std::search(key.begin(), key.end(), bytes.begin(), bytes.end()) != key.end();
}

bool is_log(const Bytes& key) { return key.front() < vault::kFirstDomainKind; }
bool hangs_on_entry(const Bytes& key) {
  return is_of(key, {Kind::log_entry, Kind::log_nodes, Kind::change_record});
}
std::uint64_t entry_of(const Bytes& key) {
  return vault::read_u64(ByteView(key).subspan(1, 8)).value();
}

// Each "age1…" in a row exchanged for the attacker's.
Bytes with_her_key(Bytes value) {
  const std::string hers = prepared().attacker.text();
  const std::string mark = "age1";
  auto at = value.begin();
  while ((at = std::search(at, value.end(), mark.begin(), mark.end())) != value.end()) {
    at = std::copy(hers.begin(), hers.end(), at);
  }
  return value;
}

Edit put(const std::string& name, const Bytes& key, const Bytes& value) {
  return {name, [key, value](Image& to) { to.meta[key] = value; }, {place_of(key)}};
}

// A lockbox for its true holder with a secret that the attacker drew: what is deposited would be
// hers to read. Nothing, where the holder is none of the generation's own.
std::optional<Edit> drawn_by_her(const Bytes& key) {
  const Id holder = Id::from(ByteView(key).subspan(1, 16)).value();
  const Id node = Id::from(ByteView(key).subspan(17, 16)).value();
  const std::uint64_t generation = vault::read_u64(ByteView(key).subspan(33)).value();
  const Bytes& row = image().meta.at(Key(Kind::generation).id(node).u64(generation).raw());
  const auto note = vault::decode<vault::StatementRecord>(row).value().note;
  const auto statement = crypto::Statement::parse(note).value();
  const auto record = crypto::record_of<crypto::GenerationRecord>(statement).value();
  for (const crypto::Holder& one : record.holders) {
    if (one.id != holder) continue;
    const auto secret = crypto::NodeSecret::generate(node, record.kind, generation);
    const Bytes forged = wrap(image(), key, key, crypto::seal_lockbox(secret, one.recipient));
    return put("27 with a secret of hers " + crypto::to_hex(key), key, forged);
  }
  return std::nullopt;
}

}  // namespace

std::vector<Edit> rolled_back() {
  std::vector<Edit> edits;
  for (const auto& [key, value] : old().meta) {
    const auto now = image().meta.find(key);
    if (is_log(key) || now == image().meta.end() || now->second == value) continue;
    edits.push_back(put("put back " + crypto::to_hex(key), key, value));
  }
  const Cast& cast = prepared().cast;
  std::vector<std::string> nodes = cast.agencies;
  nodes.insert(nodes.end(), cast.cases.begin(), cast.cases.end());
  for (const std::string& node : nodes) {
    const Edit edit = back("node put back " + node, [node](const Bytes& key) {
      return is_of(key, {Kind::generation, Kind::added_holder, Kind::lockbox}) && names(key, node);
    });
    if (!edit.found_at.empty()) edits.push_back(edit);
  }
  const std::string document = cast.documents.front().id;
  edits.push_back(back("document put back", [document](const Bytes& key) {
    return is_of(key, {Kind::document, Kind::version, Kind::inline_payload, Kind::header}) &&
           names(key, document);
  }));
  edits.push_back(back("all records put back", [](const Bytes& key) { return !is_log(key); }));
  edits.push_back({"whole store put back", [](Image& to) { to = old(); }, {""}});
  return edits;
}

std::vector<Edit> cut_logs() {
  const std::uint64_t size = prepared().head.size;
  const std::uint64_t before = keys_of(old(), Kind::log_entry).size();
  const auto cut = [](const char* name, std::uint64_t from, const Chosen& chosen) {
    return Edit{name,
                [=](Image& to) {
                  std::erase_if(to.meta, [&](const auto& row) {
                    return hangs_on_entry(row.first) && chosen(row.first) &&
                           entry_of(row.first) >= from;
                  });
                },
                {std::to_string(from)}};
  };
  const auto any = [](const Bytes&) { return true; };
  return {
      cut("last entries gone", size - 3, any),
      cut("last lines gone", size - 3,
          [](const Bytes& key) { return is_of(key, {Kind::log_entry}); }),
      cut("last hashes gone", size - 3,
          [](const Bytes& key) { return is_of(key, {Kind::log_nodes}); }),
      cut("all entries gone", 0, any),
      {"head gone", [](Image& to) { to.meta.erase(Key(Kind::log_head).raw()); }, {"head"}},
      {"older head",
       [](Image& to) {
         put_back(to, [](const Bytes& key) { return is_of(key, {Kind::log_head}); });
       },
       {std::to_string(before)}},
      // A log that fits in itself: only the records that it does not know of are too many.
      {"log put back, records kept", [](Image& to) { put_back(to, is_log); }, {""}},
  };
}

std::vector<Edit> other_keys() {
  std::vector<Edit> edits;
  for (const Kind kind : {Kind::founding, Kind::agency, Kind::access_key, Kind::generation,
                          Kind::added_holder, Kind::order, Kind::share}) {
    for (const Bytes& key : keys_of(image(), kind)) {
      const Bytes other = with_her_key(image().meta.at(key));
      if (other == image().meta.at(key)) continue;
      edits.push_back(put(name_of(kind) + " names her key " + crypto::to_hex(key), key, other));
    }
  }
  // Whoever comes with this key would be the one whose it was.
  for (const Bytes& key : keys_of(image(), Kind::by_recipient)) {
    const Bytes hers = Key(Kind::by_recipient).bytes(prepared().attacker.key).raw();
    const Bytes whose = image().meta.at(key);
    edits.push_back(put("23 her key for " + crypto::to_hex(whose), hers, whose));
    Bytes place = Key(Kind::access_key).bytes(whose).raw();
    const Bytes record = with_her_key(image().meta.at(place));
    edits.push_back({"22 and 23 with her key " + crypto::to_hex(whose),
                     [=](Image& to) {
                       to.meta[hers] = whose;
                       to.meta[place] = record;
                     },
                     {place_of(hers), place_of(place)}});
  }
  for (const Bytes& key : keys_of(image(), Kind::lockbox)) {
    if (const auto edit = drawn_by_her(key)) edits.push_back(*edit);
  }
  return edits;
}

}  // namespace edited
