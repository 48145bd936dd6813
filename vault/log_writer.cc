#include "vault/log_writer.h"

#include <limits>

#include "crypto/checkpoint.h"
#include "crypto/log_entry.h"
#include "crypto/secret.h"
#include "vault/actions.h"
#include "vault/keys.h"
#include "vault/log_tables.h"

namespace vault {
namespace {

crypto::LogEntry entry_of(const EntryDraft& draft) {
  crypto::LogEntry entry;
  entry.action = draft.action;
  entry.actor = draft.actor;
  entry.agency = draft.agency;
  entry.case_id = draft.case_id;
  entry.document = draft.document;
  entry.version = draft.version;
  entry.subject = draft.subject;
  entry.basis = draft.basis;
  entry.outcome = draft.outcome;
  entry.via = draft.via;
  entry.request = draft.request;
  entry.origin = draft.origin;
  entry.content = draft.content;
  entry.detail = draft.detail;
  return entry;
}

// Gives the entry the next number in its case's chain.
Result<void> chain(WriteTxn& txn, crypto::LogEntry& entry) {
  const auto last = last_of_case(txn, entry.case_id);
  if (!last) return tl::unexpected(last.error());
  entry.case_seq = last->seq + 1;
  if (last->seq > 0) {
    if (last->index >= entry.index) return tl::unexpected(Errc::corrupt);
    const auto leaf = read_node(txn, 0, last->index);
    if (!leaf) return tl::unexpected(leaf.error());
    entry.case_prev = *leaf;
  }
  return txn.put(Key(Kind::log_case).id(entry.case_id).u64(entry.case_seq),
                 number_value(entry.index));
}

Result<void> put_changes(WriteTxn& txn, std::uint64_t index, const ChangeList& changes) {
  std::uint16_t number = 0;
  for (const Bytes& part : changes.parts()) {
    const auto put = txn.put(Key(Kind::change_record).u64(index).u16(number++), part);
    if (!put) return put;
  }
  return {};
}

Result<void> check_empty(const ReadTxn& txn, const Bytes& first, const Bytes& last) {
  bool empty = true;
  const auto scanned = txn.scan(first, last, [&](ByteView, ByteView) { return empty = false; });
  if (!scanned) return scanned;
  if (!empty) return tl::unexpected(Errc::corrupt);
  return {};
}

// A head that was taken away or put back leaves rows behind it. Whoever went on from there would
// write over them and sign what is new as all there ever was.
Result<void> check_nothing_behind(const ReadTxn& txn, std::uint64_t size) {
  for (const Kind kind : {Kind::log_entry, Kind::log_nodes, Kind::change_record}) {
    if (auto none = check_empty(txn, Key(kind).u64(size).raw(), Key(kind).end()); !none) {
      return none;
    }
  }
  // Before the first entry there is nothing at all.
  return size > 0 ? Result<void>{} : check_empty(txn, Bytes{0}, {});
}

}  // namespace

Result<LogEnd> read_log_end(const ReadTxn& txn, const crypto::NoteVerifier& log_key) {
  const auto note = txn.get(Key(Kind::log_head));
  if (!note) return tl::unexpected(note.error());
  if (!*note) {
    if (auto none = check_nothing_behind(txn, 0); !none) return tl::unexpected(none.error());
    return LogEnd{};
  }
  const auto head = crypto::Checkpoint::open(crypto::as_text(**note), log_key);
  if (!head) {
    return tl::unexpected(head.error() == crypto::Errc::untrusted ? Errc::untrusted
                                                                  : Errc::corrupt);
  }
  if (head->size == 0) return tl::unexpected(Errc::corrupt);
  if (auto none = check_nothing_behind(txn, head->size); !none) {
    return tl::unexpected(none.error());
  }

  auto tree = read_tree(txn, head->size);
  if (!tree) return tl::unexpected(tree.error());
  const auto line = read_line(txn, head->size - 1);
  if (!line) return tl::unexpected(line.error());
  const auto leaf = read_node(txn, 0, head->size - 1);
  if (!leaf) return tl::unexpected(leaf.error());
  const auto last = crypto::LogEntry::parse(*line);
  if (!last && last.error() == crypto::Errc::unsupported) {
    return tl::unexpected(Errc::newer_format);
  }
  // A tree that does not give the signed root would let the next head sign away the difference.
  if (!last || tree->root() != head->root || last->index != head->size - 1 ||
      crypto::merkle::leaf_hash(crypto::as_bytes(*line)) != *leaf) {
    return tl::unexpected(Errc::corrupt);
  }
  return LogEnd{std::move(*tree), last->time};
}

Result<void> check_draft(const EntryDraft& draft) {
  if (!action::is_known(draft.action)) return tl::unexpected(Errc::invalid);
  crypto::LogEntry longest = entry_of(draft);
  longest.index = std::numeric_limits<std::uint64_t>::max();
  longest.records.emplace();
  if (!draft.case_id.is_nil()) {
    longest.case_seq = std::numeric_limits<std::uint64_t>::max();
    longest.case_prev.emplace();
  }
  const auto line = longest.encode();
  if (line) return {};
  return tl::unexpected(line.error() == crypto::Errc::out_of_range ? Errc::too_large
                                                                   : Errc::invalid);
}

Result<Appended> append_entry(WriteTxn& txn, LogEnd& end, const EntryDraft& draft, Time time,
                              const ChangeList& changes) {
  crypto::LogEntry entry = entry_of(draft);
  entry.index = end.tree.size();
  entry.time = time;
  entry.salt = crypto::random_block<16>();
  if (!changes.empty()) entry.records = changes.root();
  if (!entry.case_id.is_nil()) {
    if (auto chained = chain(txn, entry); !chained) return tl::unexpected(chained.error());
  }
  auto line = entry.encode();
  if (!line) return tl::unexpected(Errc::invalid);  // check_draft() has seen it: a bug

  const Digest leaf = crypto::merkle::leaf_hash(crypto::as_bytes(*line));
  Bytes nodes;
  end.tree.append(
      leaf, [&](unsigned, std::uint64_t, const Digest& hash) { crypto::append(nodes, hash); });
  end.last_time = time;

  auto put = txn.put(Key(Kind::log_entry).u64(entry.index), crypto::as_bytes(*line));
  if (put) put = txn.put(Key(Kind::log_nodes).u64(entry.index), nodes);
  if (put) put = put_changes(txn, entry.index, changes);
  if (!put) return tl::unexpected(put.error());
  return Appended{entry.index, time, std::move(*line), leaf};
}

Result<void> write_head(WriteTxn& txn, const LogEnd& end, const std::string& origin,
                        const crypto::SigningKey& log_key) {
  const crypto::Checkpoint head{origin, end.tree.size(), end.tree.root()};
  return txn.put(Key(Kind::log_head), crypto::as_bytes(head.sign(log_key)));
}

}  // namespace vault
