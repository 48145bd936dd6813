#include "vault/log.h"

#include "crypto/note.h"
#include "vault/keys.h"
#include "vault/log_tables.h"

namespace vault {
namespace {

// Lines read in one transaction before they are handed out.
constexpr std::uint64_t kLinesAtOnce = 256;

Result<LogHead> read_head(const ReadTxn& txn) {
  const auto stored = txn.get(Key(Kind::log_head));
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return LogHead{0, crypto::merkle::empty_root(), {}};
  LogHead head;
  head.checkpoint = crypto::as_text(**stored);
  const auto note = crypto::Note::parse(head.checkpoint);
  if (!note) return tl::unexpected(Errc::corrupt);
  const auto checkpoint = crypto::Checkpoint::parse_body(note->text);
  if (!checkpoint) return tl::unexpected(Errc::corrupt);
  head.size = checkpoint->size;
  head.root = checkpoint->root;
  return head;
}

// Runs `prove` over the nodes, once it is sure that the tree has `size` leaves.
template <typename Proof = crypto::merkle::Proof, typename Prove>
Result<Proof> prove_within(const MetaStore& meta, std::uint64_t size, const Prove& prove) {
  Proof proof;
  const auto read = meta.read([&](const ReadTxn& txn) -> Result<void> {
    const auto head = read_head(txn);
    if (!head) return tl::unexpected(head.error());
    if (size > head->size) return tl::unexpected(Errc::invalid);
    auto proved = prove(node_reader(txn));
    if (!proved) return tl::unexpected(Errc::corrupt);
    proof = std::move(*proved);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return proof;
}

}  // namespace

Result<LogHead> Log::head() const {
  LogHead head;
  const auto read = meta_.read([&](const ReadTxn& txn) -> Result<void> {
    auto found = read_head(txn);
    if (!found) return tl::unexpected(found.error());
    head = std::move(*found);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return head;
}

Result<std::string> Log::line(std::uint64_t index) const {
  std::string line;
  const auto read = meta_.read([&](const ReadTxn& txn) -> Result<void> {
    auto found = txn.get(Key(Kind::log_entry).u64(index));
    if (!found) return tl::unexpected(found.error());
    if (!*found) return tl::unexpected(Errc::not_found);
    line = crypto::as_text(**found);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return line;
}

Result<void> Log::lines(std::uint64_t from, std::uint64_t to, const VisitLine& visit) const {
  while (from < to) {
    const std::uint64_t end = from + std::min(kLinesAtOnce, to - from);
    std::vector<std::string> lines;
    const auto read = meta_.read([&](const ReadTxn& txn) {
      lines.clear();
      return txn.scan(Key(Kind::log_entry).u64(from), Key(Kind::log_entry).u64(end),
                      [&](ByteView, ByteView line) {
                        lines.emplace_back(crypto::as_text(line));
                        return true;
                      });
    });
    if (!read) return read;
    for (const std::string& line : lines) {
      if (!visit(from++, line)) return {};
    }
    if (from < end) return tl::unexpected(Errc::not_found);
  }
  return {};
}

Result<std::vector<std::uint64_t>> Log::of_case(const Id& case_id, std::uint64_t from_seq,
                                                std::size_t limit) const {
  std::vector<std::uint64_t> indexes;
  if (limit == 0) return indexes;
  bool sound = true;
  const auto read = meta_.read([&](const ReadTxn& txn) {
    indexes.clear();
    return txn.scan(Key(Kind::log_case).id(case_id).u64(from_seq),
                    Key(Kind::log_case).id(case_id).end(), [&](ByteView, ByteView value) {
                      const auto index = read_u64(value);
                      sound = index.has_value();
                      if (sound) indexes.push_back(*index);
                      return sound && indexes.size() < limit;
                    });
  });
  if (!read) return tl::unexpected(read.error());
  if (!sound) return tl::unexpected(Errc::corrupt);
  return indexes;
}

Result<crypto::merkle::Proof> Log::prove_inclusion(std::uint64_t index, std::uint64_t size) const {
  if (index >= size) return tl::unexpected(Errc::invalid);
  return prove_within(meta_, size, [&](const crypto::merkle::NodeReader& nodes) {
    return crypto::merkle::prove_inclusion(index, size, nodes);
  });
}

Result<crypto::merkle::Proof> Log::prove_consistency(std::uint64_t from, std::uint64_t to) const {
  if (from > to) return tl::unexpected(Errc::invalid);
  return prove_within(meta_, to, [&](const crypto::merkle::NodeReader& nodes) {
    return crypto::merkle::prove_consistency(from, to, nodes);
  });
}

Result<crypto::merkle::RangeProof> Log::prove_range(std::uint64_t from, std::uint64_t to,
                                                    std::uint64_t size) const {
  if (from > to || to > size) return tl::unexpected(Errc::invalid);
  return prove_within<crypto::merkle::RangeProof>(
      meta_, size, [&](const crypto::merkle::NodeReader& nodes) {
        return crypto::merkle::prove_range(from, to, size, nodes);
      });
}

}  // namespace vault
