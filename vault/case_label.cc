#include "vault/case_label.h"

#include "vault/directory.h"
#include "vault/keys.h"

namespace vault {

bool is_signed_so(const CaseRecord& record, const crypto::AccessKeyRecord& creator) {
  const auto statement = crypto::Statement::parse(record.note);
  if (!statement) return false;
  const auto label = crypto::record_of<crypto::CaseLabelRecord>(*statement);
  return label && label->case_id == record.id && label->agency == record.agency &&
         label->category == record.category && label->flags == record.flags &&
         label->minor == record.minor && label->signer == record.creator &&
         creator.agency == record.agency &&
         statement->verify(record.creator, creator.signing).has_value();
}

bool is_signed_via(const std::string& note, const std::string& via) {
  const auto statement = crypto::Statement::parse(note);
  if (!statement) return false;
  const auto label = crypto::record_of<crypto::CaseLabelRecord>(*statement);
  return label && label->via == via;
}

Result<CaseRecord> read_case(const ReadTxn& txn, const Id& case_id) {
  auto record = require<CaseRecord>(txn, Key(Kind::case_file).id(case_id));
  if (!record) return record;
  const auto creator = read_access_key(txn, record->creator);
  if (!creator) {
    return tl::unexpected(creator.error() == Errc::not_found ? Errc::corrupt : creator.error());
  }
  // Who edits the store could lower a category, and with it the class of what is to come.
  if (!is_signed_so(*record, *creator)) return tl::unexpected(Errc::corrupt);
  return record;
}

}  // namespace vault
