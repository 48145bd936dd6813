// The directory: whose word counts. The founding set, agencies, and the access keys of people.
//
// Everything in it is a signed statement, judged here before it is stored and read
// back as what it says. Administrators register; they never become readers by it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/key_records.h"
#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/error.h"
#include "vault/meta_store.h"
#include "vault/policy.h"

namespace vault {

// How a registration ended: entered, or waiting for further administrators under `order`.
struct Registered {
  Id id;     // of what was registered
  Id order;  // nil when entered
  std::uint64_t entry = 0;
};

// Reads, inside a transaction. Errors: not_found; corrupt, newer_format, io_failure.
Result<crypto::FoundingRecord> read_founding(const ReadTxn& txn);
Result<crypto::AgencyRecord> read_agency(const ReadTxn& txn, const Id& agency);
Result<crypto::AccessKeyRecord> read_access_key(const ReadTxn& txn, const Id& key);
Result<std::vector<crypto::AgencyRecord>> read_agencies(const ReadTxn& txn);

class Directory {
 public:
  Directory(const MetaStore& meta, Committer& committer, const Policy& policy)
      : meta_(meta), committer_(committer), policy_(policy) {}

  // Entry 0. The founding set is trusted because the log begins with it: whoever knows the log's
  // key and head knows the set. Errors: conflict (the vault is founded), invalid.
  Result<Committed> found(const crypto::Statement& founding);

  Result<crypto::FoundingRecord> founding() const;
  Result<crypto::AgencyRecord> agency(const Id& agency) const;
  Result<std::vector<crypto::AgencyRecord>> agencies() const;
  Result<crypto::AccessKeyRecord> access_key(const Id& key) const;
  Result<crypto::AccessKeyRecord> access_key_of(const crypto::Recipient& recipient) const;
  Result<std::vector<crypto::AccessKeyRecord>> keys_of(const Id& agency) const;
  // The statement that made a key, for whoever checks the chain for himself.
  Result<std::string> access_key_note(const Id& key) const;

  // Agencies with their first custodian take the founding set's quorum of administrators; so do
  // administrators and auditors; other people's keys take one. Short of it, the statement waits as
  // an order. `enrolment` is the self-signed one of the person whose key it is: it must fit the
  // record. Errors: untrusted, invalid (a code that the policy does not know, a role not served),
  // conflict.
  Result<Registered> add_agency(const Actor& actor, const crypto::Statement& statement,
                                const std::string& custodian_enrolment);
  Result<Registered> add_access_key(const Actor& actor, const crypto::Statement& statement,
                                    const std::string& enrolment);
  // A further administrator's signature under a statement that waits. `statement` carries all of
  // them.
  Result<Registered> sign(const Actor& actor, const Id& order, const crypto::Statement& statement);

 private:
  Result<Registered> register_statement(const Actor& actor, const crypto::Statement& statement,
                                        const Id& order);
  const MetaStore& meta_;
  Committer& committer_;
  const Policy& policy_;
};

}  // namespace vault
