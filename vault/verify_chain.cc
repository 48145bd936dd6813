#include "vault/verify_chain.h"

#include "crypto/encoding.h"
#include "vault/chain.h"
#include "vault/keys.h"

namespace vault {
namespace {

class ChainWalk {
 public:
  ChainWalk(const ReadTxn& txn, const crypto::NoteVerifier& log, const Found& found)
      : txn_(txn), log_(log), found_(found) {}

  // Errors: io_failure, corrupt.
  Result<void> run() {
    const auto founding = signed_founding(txn_);
    if (!founding && founding.error() == Errc::not_found) return {};  // its absence is named before
    if (!founding || founding->record.log_verifier != log_.text()) {
      found_(Damage::record_untrusted, crypto::to_hex(Key(Kind::founding)));
    }
    for (const Kind kind : {Kind::agency, Kind::access_key, Kind::generation}) {
      const auto walked = each(kind, [&](ByteView key) { return judge(kind, key); });
      if (!walked) return walked;
    }
    return {};
  }

 private:
  Result<void> each(Kind kind, const std::function<Result<void>(ByteView key)>& visit) {
    Result<void> done;
    const Key all(kind);
    const auto scanned = txn_.scan(all, all.end(), [&](ByteView key, ByteView) {
      done = visit(key);
      return done.has_value();
    });
    return scanned ? done : scanned;
  }

  Result<void> judge(Kind kind, ByteView key) {
    const auto id = Id::from(key.subspan(1, std::min<std::size_t>(16, key.size() - 1)));
    if (kind == Kind::agency) return name(id ? drop(signed_agency(txn_, *id)) : wrong(), key);
    if (kind == Kind::access_key) {
      return name(id ? drop(signed_access_key(txn_, *id)) : wrong(), key);
    }
    const auto number = id ? read_u64(key.subspan(17)) : std::nullopt;
    if (!number) return name(wrong(), key);
    const auto made = signed_generation(txn_, *id, *number);
    if (!made) return name(drop(made), key);
    return name(drop(signed_holders(txn_, *made)), Key(Kind::added_holder).id(*id).u64(*number));
  }

  template <typename T>
  static Result<void> drop(const Result<T>& read) {
    if (read) return {};
    return tl::unexpected(read.error());
  }
  static Result<void> wrong() { return tl::unexpected(Errc::corrupt); }
  Result<void> name(const Result<void>& judgement, ByteView key) {
    if (judgement) return {};
    if (judgement.error() == Errc::io_failure) return judgement;
    found_(Damage::record_untrusted, crypto::to_hex(key));
    return {};
  }

  const ReadTxn& txn_;
  const crypto::NoteVerifier& log_;
  const Found& found_;
};

}  // namespace

DomainCheck verify_chain(const crypto::NoteVerifier& log) {
  return [log](const ReadTxn& txn, const BlobStore&, const Found& found) {
    return ChainWalk(txn, log, found).run();
  };
}

}  // namespace vault
