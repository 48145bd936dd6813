// Visits: the reading of one document version in one session, as the log tells it (DESIGN 7).
//
// A visit's first byte waits for its entry: `document.open` says "the whole document" and is
// durable before anything leaves. What was really sent stands in `document.read`, written when the
// visit ends: after ten minutes without a read, with its session, or with the service. A crash in
// between leaves the first entry alone, which is to be read as "the whole". Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "vault/actor.h"
#include "vault/committer.h"
#include "vault/documents.h"

namespace api {

using crypto::Id;

class Visits {
 public:
  static constexpr vault::Time kGap = 10 * 60 * 1000;

  Visits(vault::Committer& committer, vault::Clock clock)
      : committer_(committer), clock_(std::move(clock)) {}

  // Goes on with the session's visit of this version, or begins one: its entry is on disk on
  // return. `total`: bytes of the representation. Errors: the committer's; then nothing may be
  // sent.
  vault::Result<void> read(const std::string& session, const vault::Actor& actor,
                           const vault::DocumentView& view);
  // Bytes [begin, end) of the original were handed to the connection. `complete`: to its last byte.
  void sent(const std::string& session, const Id& document, std::uint64_t version,
            std::uint64_t begin, std::uint64_t end, bool complete);

  void end_session(const std::string& session);
  void end_idle();  // those whose gap has passed
  void end_all();

 private:
  struct Range {
    std::uint64_t begin, end;
  };
  struct Visit {
    std::mutex mutex;
    bool open = false;  // its first entry is on disk
    vault::EntryDraft entry;
    vault::Time last = 0;
    std::vector<Range> ranges;
    bool complete = false;
  };
  using VisitKey = std::tuple<std::string, Id, std::uint64_t>;
  template <typename Which>
  void end_where(const Which& which);
  void finish(Visit& visit);

  vault::Committer& committer_;
  vault::Clock clock_;
  std::mutex mutex_;
  std::map<VisitKey, std::shared_ptr<Visit>> visits_;
};

}  // namespace api
