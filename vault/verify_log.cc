#include "vault/verify_log.h"

#include <algorithm>

#include "crypto/encoding.h"
#include "vault/keys.h"
#include "vault/log_tables.h"

namespace vault {
namespace {

std::string name(std::uint64_t index) { return std::to_string(index); }

std::optional<Digest> first_hash(const std::optional<Bytes>& row) {
  Digest hash;
  if (!row || row->size() < hash.size()) return std::nullopt;
  std::copy_n(row->begin(), hash.size(), hash.begin());
  return hash;
}

}  // namespace

Result<void> LogWalk::run() {
  for (const auto step : {&LogWalk::read_head, &LogWalk::choose_leaves, &LogWalk::walk_entries,
                          &LogWalk::check_case_rows, &LogWalk::check_rows_behind}) {
    if (auto done = (this->*step)(); !done) return done;
  }
  if (head_ && !ended_ && head_->root != tree_.root()) {
    report_(Damage::head_differs, name(head_->size));
  }
  check_remembered();
  return {};
}

Result<void> LogWalk::read_head() {
  if (options_.remembered && options_.remembered->size == 0) {
    remembered_root_ = crypto::merkle::empty_root();
  }
  const auto note = txn_.get(Key(Kind::log_head));
  if (!note) return tl::unexpected(note.error());
  if (!*note) return {};
  const auto head = crypto::Checkpoint::open(crypto::as_text(**note), options_.log);
  if (head) {
    head_ = *head;
  } else {
    report_(Damage::head_untrusted, "head");
  }
  return {};
}

// Lines and hashes are stored side by side. Those that give the signed root judge the others.
Result<void> LogWalk::choose_leaves() {
  if (!head_) return {};
  crypto::merkle::Tree lines;
  const Key all(Kind::log_entry);
  const auto scanned = txn_.scan(all, all.end(), [&](ByteView, ByteView line) {
    lines.append(crypto::merkle::leaf_hash(line));
    return lines.size() < head_->size;
  });
  if (!scanned) return scanned;
  by_lines_ = lines.size() == head_->size && lines.root() == head_->root;
  return {};
}

// Every place up to the head is looked at, whether or not something stands there.
Result<void> LogWalk::walk_entries() {
  const Key all(Kind::log_entry);
  Result<void> checked;
  const auto scanned = txn_.scan(all, all.end(), [&](ByteView key, ByteView line) {
    const auto index = read_u64(key.subspan(1));
    if (!index) {
      report_(Damage::row_unknown, crypto::to_hex(key));
      return true;
    }
    if (head_ && *index >= head_->size) {
      report_(Damage::entry_extra, name(*index));
      return true;
    }
    while (checked && !ended_ && tree_.size() < *index) {
      checked = check_place(tree_.size(), std::nullopt);
    }
    if (checked && !ended_) checked = check_place(*index, crypto::as_text(line));
    return checked && !ended_;
  });
  if (!scanned) return scanned;
  while (checked && !ended_ && head_ && tree_.size() < head_->size) {
    checked = check_place(tree_.size(), std::nullopt);
  }
  if (!head_ && tree_.size() > 0) report_(Damage::head_missing, "head");
  return checked;
}

Result<void> LogWalk::check_place(std::uint64_t index, std::optional<std::string_view> line) {
  const auto row = txn_.get(Key(Kind::log_nodes).u64(index));
  if (!row) return tl::unexpected(row.error());
  const auto stored = first_hash(*row);
  std::optional<Digest> hashed;
  if (line) hashed = crypto::merkle::leaf_hash(crypto::as_bytes(*line));
  if (!line) {
    report_(Damage::entry_missing, name(index));
    // With neither there is no place to go on from, and the head may name any number of them.
    ended_ = !stored;
    if (ended_) return {};
  }
  const Digest leaf = !hashed || (stored && !by_lines_) ? *stored : *hashed;
  Bytes made;
  append(leaf, made);
  if (!*row || **row != made) report_(Damage::hashes_wrong, name(index));
  // What an entry wrote counts even if the entry itself is damaged: its records are not.
  if (!line) {
    damaged_.insert(index);
    return check_changes(index, nullptr);
  }

  const auto entry = crypto::LogEntry::parse(*line);
  if (entry && entry->index != index) {
    report_(Damage::entry_misplaced, name(index));
  } else if (!entry || leaf != *hashed) {
    report_(Damage::entry_altered, name(index));
  } else {
    return check_entry(index, *entry, leaf);
  }
  damaged_.insert(index);
  return check_changes(index, nullptr);
}

Result<void> LogWalk::check_entry(std::uint64_t index, const crypto::LogEntry& entry,
                                  const Digest& leaf) {
  if (entry.time < last_time_) report_(Damage::time_goes_back, name(index));
  last_time_ = std::max(last_time_, entry.time);
  if (!entry.case_id.is_nil()) {
    if (auto chain = check_chain(entry, leaf); !chain) return chain;
  }
  return check_changes(index, &entry);
}

Result<void> LogWalk::check_chain(const crypto::LogEntry& entry, const Digest& leaf) {
  Chain& chain = chains_[entry.case_id];
  const bool follows = may_follow(chain, entry);
  const auto row = txn_.get(Key(Kind::log_case).id(entry.case_id).u64(entry.case_seq));
  if (!row) return tl::unexpected(row.error());
  const bool listed = *row && read_u64(**row) == entry.index;
  if (listed) ++chained_;
  if (!follows || !listed) report_(Damage::chain_broken, name(entry.index));
  chain = {entry.case_seq, entry.index, leaf};
  return {};
}

bool LogWalk::may_follow(const Chain& chain, const crypto::LogEntry& entry) const {
  if (entry.case_seq == chain.seq + 1) {
    return chain.seq == 0 ? !entry.case_prev : entry.case_prev == chain.leaf;
  }
  // A damaged entry between them has been found already, and may be the link that is missing.
  const auto between = chain.seq == 0 ? damaged_.begin() : damaged_.upper_bound(chain.index);
  return entry.case_seq > chain.seq && between != damaged_.end() && *between < entry.index;
}

Result<void> LogWalk::check_changes(std::uint64_t index, const crypto::LogEntry* entry) {
  const Key first = Key(Kind::change_record).u64(index);
  crypto::merkle::Tree tree;
  Bytes last_key;
  std::uint64_t parts = 0;
  bool sound = true;
  const auto scanned = txn_.scan(first, first.end(), [&](ByteView key, ByteView part) {
    sound = sound && key.size() == first.raw().size() + 2 &&
            read_number(key.subspan(first.raw().size())) == parts;
    ++parts;
    const auto decoded = decode_change_part(part, [&](const ChangeItem& item) {
      sound = sound && crypto::as_text(item.key) > crypto::as_text(last_key) &&
              item.key.front() >= kFirstDomainKind;
      last_key = crypto::to_bytes(item.key);
      tree.append(crypto::merkle::leaf_hash(item.encoded));
      changed_(index, item);
    });
    sound = sound && decoded.has_value();
    return true;
  });
  if (!scanned) return scanned;
  if (entry == nullptr) return {};
  if (!entry->records) {
    if (parts > 0) report_(Damage::change_extra, name(index));
  } else if (parts == 0) {
    report_(Damage::change_missing, name(index));
  } else if (!sound || tree.root() != *entry->records) {
    report_(Damage::change_altered, name(index));
  }
  return {};
}

// The entries have found their rows; there must be no others.
Result<void> LogWalk::check_case_rows() {
  std::uint64_t rows = 0;
  const Key all(Kind::log_case);
  const auto scanned = txn_.scan(all, all.end(), [&](ByteView, ByteView value) {
    const auto index = read_u64(value);
    if (!index || !damaged_.contains(*index)) ++rows;
    return true;
  });
  if (!scanned) return scanned;
  if (rows > chained_) {
    report_(Damage::chain_broken, name(rows - chained_) + " rows too many");
  }
  return {};
}

// Rows of the tables that hang on entries, but on none that is there.
Result<void> LogWalk::check_rows_behind() {
  struct Table {
    Kind kind;
    std::size_t key_size;
    Damage damage;
  };
  for (const Table& table : {Table{Kind::log_nodes, 9, Damage::hashes_wrong},
                             Table{Kind::change_record, 11, Damage::change_extra}}) {
    const auto scanned =
        txn_.scan(Key(table.kind), Key(table.kind).end(), [&](ByteView key, ByteView) {
          const bool placed = key.size() == table.key_size;
          const auto index = placed ? read_u64(key.subspan(1, 8)) : std::nullopt;
          if (!index || *index >= tree_.size()) report_(table.damage, crypto::to_hex(key));
          return true;
        });
    if (!scanned) return scanned;
  }
  return {};
}

void LogWalk::check_remembered() {
  if (!options_.remembered) return;
  const auto& remembered = *options_.remembered;
  if (!remembered_root_) {
    report_(Damage::log_cut, name(tree_.size()) + " of " + name(remembered.size));
  } else if (*remembered_root_ != remembered.root) {
    report_(Damage::log_rewritten, name(remembered.size));
  }
}

void LogWalk::append(const Digest& leaf, Bytes& made) {
  tree_.append(leaf,
               [&](unsigned, std::uint64_t, const Digest& hash) { crypto::append(made, hash); });
  if (options_.remembered && tree_.size() == options_.remembered->size) {
    remembered_root_ = tree_.root();
  }
}

}  // namespace vault
