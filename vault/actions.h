// What a log entry can say was done: a closed list, so that a reader of the log can know them all
// (FORMAT.md, "Log"). An action is added, never renamed.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace vault::action {

inline constexpr std::string_view kFounding = "founding";
inline constexpr std::string_view kSessionBegin = "session.begin";
inline constexpr std::string_view kSessionEnd = "session.end";
inline constexpr std::string_view kAgencyAdd = "agency.add";
inline constexpr std::string_view kKeyEnrol = "key.enrol";
inline constexpr std::string_view kNodeGeneration = "node.generation";
inline constexpr std::string_view kNodeHolder = "node.holder";
// An older secret of a case, sealed to the generation after it by the first who could.
inline constexpr std::string_view kNodePrevious = "node.previous";
inline constexpr std::string_view kCaseCreate = "case.create";
inline constexpr std::string_view kCaseTeam = "case.team";
inline constexpr std::string_view kCaseShare = "case.share";
inline constexpr std::string_view kCaseShareAccept = "case.share.accept";
inline constexpr std::string_view kDocumentDeposit = "document.deposit";
inline constexpr std::string_view kDocumentOpen = "document.open";  // intent: before the first byte
// The same by a custodian who is not of the case's team: shown to the team and the auditor.
inline constexpr std::string_view kDocumentOpenUnassigned = "document.open.unassigned";
inline constexpr std::string_view kDocumentRead = "document.read";  // end of a visit: what was read
inline constexpr std::string_view kDocumentList = "document.list";
inline constexpr std::string_view kDocumentShow = "document.show";
// The same two by such a custodian: titles and file names leave with them.
inline constexpr std::string_view kDocumentListUnassigned = "document.list.unassigned";
inline constexpr std::string_view kDocumentShowUnassigned = "document.show.unassigned";
inline constexpr std::string_view kRotationOrder = "rotation.order";
inline constexpr std::string_view kRotationBatch = "rotation.batch";
inline constexpr std::string_view kRotationComplete = "rotation.complete";
inline constexpr std::string_view kOrderCreate = "order.create";
inline constexpr std::string_view kOrderSign = "order.sign";
inline constexpr std::string_view kLogRead = "log.read";
inline constexpr std::string_view kRefused = "refused";
inline constexpr std::string_view kServiceStart = "service.start";
inline constexpr std::string_view kServiceStop = "service.stop";
inline constexpr std::string_view kServiceClock = "service.clock";        // the clock jumped
inline constexpr std::string_view kServiceRefusals = "service.refusals";  // for want of space
inline constexpr std::string_view kStoreVerify = "store.verify";

inline constexpr std::array kAll = {kFounding,
                                    kSessionBegin,
                                    kSessionEnd,
                                    kAgencyAdd,
                                    kKeyEnrol,
                                    kNodeGeneration,
                                    kNodeHolder,
                                    kNodePrevious,
                                    kCaseCreate,
                                    kCaseTeam,
                                    kCaseShare,
                                    kCaseShareAccept,
                                    kDocumentDeposit,
                                    kDocumentOpen,
                                    kDocumentOpenUnassigned,
                                    kDocumentRead,
                                    kDocumentList,
                                    kDocumentShow,
                                    kDocumentListUnassigned,
                                    kDocumentShowUnassigned,
                                    kRotationOrder,
                                    kRotationBatch,
                                    kRotationComplete,
                                    kOrderCreate,
                                    kOrderSign,
                                    kLogRead,
                                    kRefused,
                                    kServiceStart,
                                    kServiceStop,
                                    kServiceClock,
                                    kServiceRefusals,
                                    kStoreVerify};

constexpr bool is_known(std::string_view action) {
  return std::find(kAll.begin(), kAll.end(), action) != kAll.end();
}

}  // namespace vault::action
