// Cases: their making, their team, and their sharing with other agencies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/access.h"
#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/key_graph.h"
#include "vault/policy.h"
#include "vault/records.h"

namespace vault {

// A case's label: policy codes only.
struct CaseLabel {
  std::string category;
  std::vector<std::string> flags;
  bool minor = false;
};

struct CaseView {
  CaseRecord record;
  Place place = Place::none;  // of who asks
};

class Cases {
 public:
  Cases(const MetaStore& meta, Committer& committer, KeyGraph& graph, const Policy& policy)
      : meta_(meta), committer_(committer), graph_(graph), policy_(policy) {}

  // Makes a case of the actor's agency with its first generation, held by the agency and the actor,
  // who is the first of its team. The case's id is the node's; `note` is the actor's `case`
  // statement of it. Errors: forbidden (the agency owns no cases), invalid, untrusted, conflict,
  // stale (the agency has a later generation).
  Result<CaseView> create(const Actor& actor, const CaseLabel& label, const std::string& note,
                          const GenerationSubmission& submission);

  // Cases in which the actor has a place, by id behind `after`. Errors: io_failure.
  Result<std::vector<CaseView>> list(const Actor& actor, const Id& after, std::size_t limit) const;
  Result<CaseView> get(const Actor& actor,
                       const Id& case_id) const;                     // Errors: forbidden, not_found
  Result<Id> find(const Actor& actor, std::string_view code) const;  // the same
  // For those who watch and have a place in none. Errors: not_found.
  Result<void> check_exists(const Id& case_id) const;

  Result<std::vector<MemberRecord>> team(const Actor& actor, const Id& case_id) const;
  // Adds a colleague of the actor's own agency: with a lockbox, or for a PENERIMA without.
  // Errors: forbidden, not_found, conflict (in the team already), invalid, and the holder's.
  Result<Committed> add_member(const Actor& actor, const Id& case_id, const Id& key,
                               const std::optional<HolderSubmission>& holder);

  Result<std::vector<ShareCaseRecord>> shares(const Actor& actor, const Id& case_id) const;
  // Offers the case to another agency: its lockbox is sealed already, and opens once it is
  // accepted.
  Result<ShareCaseRecord> share(const Actor& actor, const Id& case_id, const Id& agency,
                                const HolderSubmission& holder);
  // The receiving custodian takes it. Should her agency have moved on since the offer, the case is
  // stale until its next successor: she opens it by the agency's earlier generation, which its
  // later ones lead to. Errors: forbidden, not_found, conflict, untrusted.
  Result<Committed> accept(const Actor& actor, const Id& share, const std::string& note);
  // Shares that wait for the actor, a custodian who holds her agency, to take them.
  Result<std::vector<ShareCaseRecord>> offered(const Actor& actor) const;

 private:
  Result<void> check_label(const CaseLabel& label) const;
  const MetaStore& meta_;
  Committer& committer_;
  KeyGraph& graph_;
  const Policy& policy_;
};

}  // namespace vault
