#include "vault/log_tables.h"

#include <algorithm>
#include <bit>

#include "vault/keys.h"

namespace vault {

Bytes number_value(std::uint64_t number) {
  Bytes value(8);
  for (unsigned i = 0; i < 8; ++i) value[i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
  return value;
}

Result<std::string> read_line(const ReadTxn& txn, std::uint64_t index) {
  const auto line = txn.get(Key(Kind::log_entry).u64(index));
  if (!line) return tl::unexpected(line.error());
  if (!*line) return tl::unexpected(Errc::corrupt);
  return std::string(crypto::as_text(**line));
}

Result<Digest> read_node(const ReadTxn& txn, unsigned level, std::uint64_t index) {
  const std::uint64_t last = ((index + 1) << level) - 1;
  const auto row = txn.get(Key(Kind::log_nodes).u64(last));
  if (!row) return tl::unexpected(row.error());
  constexpr std::size_t kSize = std::tuple_size_v<Digest>;
  const auto subtrees = static_cast<std::size_t>(std::countr_one(last)) + 1;
  if (!*row || (*row)->size() != kSize * subtrees || level >= subtrees) {
    return tl::unexpected(Errc::corrupt);
  }
  Digest hash;
  std::copy_n((*row)->begin() + static_cast<std::ptrdiff_t>(kSize * level), kSize, hash.begin());
  return hash;
}

crypto::merkle::NodeReader node_reader(const ReadTxn& txn) {
  return [&txn](unsigned level, std::uint64_t index) -> crypto::Result<Digest> {
    const auto hash = read_node(txn, level, index);
    if (!hash) return tl::unexpected(crypto::Errc::out_of_range);
    return *hash;
  };
}

Result<crypto::merkle::Tree> read_tree(const ReadTxn& txn, std::uint64_t size) {
  std::vector<Digest> subtrees;
  std::uint64_t from = 0;
  for (unsigned level = 64; level-- > 0;) {
    const std::uint64_t leaves = std::uint64_t{1} << level;
    if ((size & leaves) == 0) continue;
    const auto hash = read_node(txn, level, from >> level);
    if (!hash) return tl::unexpected(hash.error());
    subtrees.push_back(*hash);
    from += leaves;
  }
  auto tree = crypto::merkle::Tree::resume(size, std::move(subtrees));
  if (!tree) return tl::unexpected(Errc::corrupt);
  return std::move(*tree);
}

Result<CasePlace> last_of_case(const ReadTxn& txn, const crypto::Id& case_id) {
  const Key chain = Key(Kind::log_case).id(case_id);
  CasePlace place;
  bool sound = true;
  const auto scanned = txn.scan(
      chain, chain.end(),
      [&](ByteView key, ByteView value) {
        const auto seq = read_u64(key.subspan(chain.raw().size()));
        const auto index = read_u64(value);
        sound = seq && index && *seq > 0;
        if (sound) place = {*seq, *index};
        return false;
      },
      Direction::backward);
  if (!scanned) return tl::unexpected(scanned.error());
  if (!sound) return tl::unexpected(Errc::corrupt);
  return place;
}

}  // namespace vault
