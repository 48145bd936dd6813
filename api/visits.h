// Visits: the reading of one document version in one session, as the log tells it.
//
// A visit's first byte waits for its entry: `document.open` says "the whole document" and is
// durable before anything leaves. What was really sent stands in `document.read`, written when the
// visit ends: after ten minutes without a read, with its session, or with the service, and never
// while a body of it is still on its way. A session that ends cuts those bodies. A crash in between
// leaves the first entry alone, which is to be read as "the whole". Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "api/body.h"
#include "api/session.h"
#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/documents.h"

namespace api {

using crypto::Id;

class Visits {
 public:
  static constexpr vault::Time kGap = 10 * 60 * 1000;

  Visits(vault::Committer& committer, vault::Clock steady)
      : committer_(committer), steady_(std::move(steady)) {}

  // Goes on with the session's visit of this version, or begins one: its entry is on disk on
  // return. Gives back `body`, the representation from byte `begin` on, so that it is a part of the
  // visit: what is sent of it is told, the session is in use until then, and it fails once the
  // session has ended. The visits outlive it. Errors: the committer's; then nothing may be sent.
  vault::Result<std::unique_ptr<BodySource>> read(Session& session, const vault::Actor& actor,
                                                  const vault::DocumentView& view,
                                                  std::unique_ptr<BodySource> body,
                                                  std::uint64_t begin);

  void end_session(const Session& session);  // REQUIRES: it has ended
  void end_idle();                           // those whose gap has passed
  void end_all();

 private:
  class Body;
  struct Range {
    std::uint64_t begin, end;
  };
  using VisitKey = std::tuple<std::string, Id, std::uint64_t>;
  struct Visit {
    // Under the mutex of the visits.
    vault::Time last = 0;
    int bodies = 0;  // on their way: it does not end before they do

    std::mutex mutex;   // all below
    bool open = false;  // its first entry is on disk
    vault::EntryDraft entry;
    std::vector<Range> ranges;
    bool complete = false;
  };
  using Held = std::shared_ptr<Visit>;

  Held take_part(const VisitKey& key);
  // One body fewer; with the last one ends the visit of a session that has ended meanwhile.
  void leave(const VisitKey& key, const Held& visit, const SessionUse& use);
  vault::Result<void> begin(Visit& visit, const vault::Actor& actor,
                            const vault::DocumentView& view);
  static void add(Visit& visit, Range range, bool complete);
  template <typename Which>
  void end_where(const Which& which);
  void finish(Visit& visit);

  vault::Committer& committer_;
  vault::Clock steady_;
  std::mutex mutex_;
  std::map<VisitKey, Held> visits_;
};

}  // namespace api
