#include "vault/verify.h"

#include <unordered_map>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "vault/keys.h"
#include "vault/verify_log.h"

namespace vault {
namespace {

// Gathers findings, as many as a person could look at.
class Findings {
 public:
  explicit Findings(StoreReport& report) : report_(report) {}
  void operator()(Damage damage, std::string id) const {
    if (report_.findings.size() < kMaxFindings) {
      report_.findings.push_back({damage, std::move(id)});
    } else {
      report_.more_findings = true;
    }
  }

 private:
  StoreReport& report_;
};

// Compares the domain's records with what the log says of them.
class Records {
 public:
  explicit Records(const Findings& found) : found_(found) {}

  void changed(const ChangeItem& item) {
    std::string key(crypto::as_text(item.key));
    if (item.digest) {
      expected_.insert_or_assign(std::move(key), *item.digest);
    } else {
      expected_.erase(key);
    }
  }

  // Errors: io_failure, corrupt.
  Result<void> compare(const ReadTxn& txn, std::uint64_t& count) {
    const auto scanned = txn.scan(Bytes{kFirstDomainKind}, {}, [&](ByteView key, ByteView value) {
      ++count;
      const auto place = expected_.find(std::string(crypto::as_text(key)));
      const Digest digest = crypto::sha256(value);
      if (place == expected_.end()) {
        suspects_[std::string(crypto::as_text(key))] = {digest, Damage::record_extra};
        return true;
      }
      if (place->second != digest) suspects_[place->first] = {digest, Damage::record_altered};
      expected_.erase(place);
      return true;
    });
    if (!scanned) return scanned;
    if (auto looked = look_back(txn); !looked) return looked;
    for (const auto& [key, suspect] : suspects_) found_(suspect.damage, hex(key));
    for (const auto& [key, digest] : expected_) found_(Damage::record_missing, hex(key));
    return {};
  }

 private:
  // Was what a record is now ever right? Then it was put back, and not made up.
  Result<void> look_back(const ReadTxn& txn) {
    if (suspects_.empty()) return {};
    const Key all(Kind::change_record);
    return txn.scan(all, all.end(), [&](ByteView, ByteView part) {
      // What does not decode was found when the log was walked.
      (void)decode_change_part(part, [&](const ChangeItem& item) {
        const auto suspect = suspects_.find(std::string(crypto::as_text(item.key)));
        if (suspect != suspects_.end() && item.digest == suspect->second.digest) {
          suspect->second.damage = Damage::record_rolled_back;
        }
      });
      return true;
    });
  }
  static std::string hex(const std::string& key) { return crypto::to_hex(crypto::as_bytes(key)); }

  struct Suspect {
    Digest digest{};
    Damage damage{};
  };
  const Findings& found_;
  std::unordered_map<std::string, Digest> expected_;
  std::unordered_map<std::string, Suspect> suspects_;
};

Result<void> check_marks(const ReadTxn& txn, std::uint64_t entries, StoreReport& report,
                         const Findings& found) {
  const Key all(Kind::pending_destruction);
  return txn.scan(all, all.end(), [&](ByteView key, ByteView value) {
    const auto slot = read_u64(key.subspan(1));
    const auto index = read_u64(value);
    if (slot && index && *index < entries) {
      ++report.pending;
    } else {
      found(Damage::mark_wrong, crypto::to_hex(key));
    }
    return true;
  });
}

// Rows that belong neither to the log nor to the domain.
Result<void> check_unknown_rows(const ReadTxn& txn, const Findings& found) {
  const auto report = [&](ByteView key, ByteView) {
    found(Damage::row_unknown, crypto::to_hex(key));
    return true;
  };
  const Bytes below{static_cast<std::uint8_t>(Kind::log_head)};
  const Bytes above = Key(Kind::slot_count).end();
  if (auto scanned = txn.scan(Bytes{0}, below, report); !scanned) return scanned;
  // One head and one count, with no more to their keys.
  for (const Kind kind : {Kind::log_head, Kind::slot_count}) {
    if (auto more = txn.scan(Key(kind).u8(0), Key(kind).end(), report); !more) return more;
  }
  return txn.scan(above, Bytes{kFirstDomainKind}, report);
}

Result<void> verify_snapshot(const ReadTxn& txn, const BlobStore& blobs,
                             const VerifyOptions& options, StoreReport& report) {
  report = {};
  const Findings found(report);
  Records records(found);
  LogWalk log(txn, options, found,
              [&](std::uint64_t, const ChangeItem& item) { records.changed(item); });
  if (auto walked = log.run(); !walked) return walked;
  report.head = log.head();
  report.entries = log.entries();
  if (auto compared = records.compare(txn, report.records); !compared) return compared;
  if (auto marks = check_marks(txn, report.entries, report, found); !marks) return marks;
  if (auto rows = check_unknown_rows(txn, found); !rows) return rows;
  for (const DomainCheck& check : options.checks) {
    if (const auto checked = check(txn, blobs, found); !checked) return checked;
  }
  return {};
}

}  // namespace

const char* to_text(Damage damage) {
  switch (damage) {
    case Damage::head_missing:
      return "head_missing";
    case Damage::head_untrusted:
      return "head_untrusted";
    case Damage::head_differs:
      return "head_differs";
    case Damage::log_cut:
      return "log_cut";
    case Damage::log_rewritten:
      return "log_rewritten";
    case Damage::entry_missing:
      return "entry_missing";
    case Damage::entry_altered:
      return "entry_altered";
    case Damage::entry_misplaced:
      return "entry_misplaced";
    case Damage::entry_extra:
      return "entry_extra";
    case Damage::time_goes_back:
      return "time_goes_back";
    case Damage::chain_broken:
      return "chain_broken";
    case Damage::hashes_wrong:
      return "hashes_wrong";
    case Damage::change_missing:
      return "change_missing";
    case Damage::change_altered:
      return "change_altered";
    case Damage::change_extra:
      return "change_extra";
    case Damage::record_missing:
      return "record_missing";
    case Damage::record_altered:
      return "record_altered";
    case Damage::record_rolled_back:
      return "record_rolled_back";
    case Damage::record_extra:
      return "record_extra";
    case Damage::mark_wrong:
      return "mark_wrong";
    case Damage::row_unknown:
      return "row_unknown";
    case Damage::mark_of_living:
      return "mark_of_living";
    case Damage::slot_missing:
      return "slot_missing";
    case Damage::slot_wrong:
      return "slot_wrong";
    case Damage::slot_count_wrong:
      return "slot_count_wrong";
    case Damage::record_untrusted:
      return "record_untrusted";
    case Damage::payload_missing:
      return "payload_missing";
    case Damage::payload_altered:
      return "payload_altered";
    case Damage::document_incomplete:
      return "document_incomplete";
  }
  return "";
}

Result<StoreReport> verify_store(const MetaStore& meta, const BlobStore& blobs,
                                 const VerifyOptions& options) {
  StoreReport report;
  const auto read =
      meta.read([&](const ReadTxn& txn) { return verify_snapshot(txn, blobs, options, report); });
  if (!read) return tl::unexpected(read.error());
  return report;
}

}  // namespace vault
