// Answers 503 to connections for which there is no place, one after the other on a thread of its
// own. A client that is told so waits and comes again; one whose connection is dropped cannot tell
// a busy service from a broken network.
#pragma once

#include <Poco/Net/StreamSocket.h>
#include <Poco/Runnable.h>
#include <Poco/Thread.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "api/connection.h"

namespace api {

class Refuser : private Poco::Runnable {
 public:
  // Answers with the handler and the certificate of `site`; the rest is its own: neither its
  // connections nor its deadlines, which are short, are those of the clients that are served.
  explicit Refuser(const Site& site);
  ~Refuser() override;
  Refuser(const Refuser&) = delete;
  Refuser& operator=(const Refuser&) = delete;

  // False: too many wait to be refused already; the connection is dropped.
  bool refuse(const Poco::Net::StreamSocket& accepted, Connection::Mode why);
  // Lets go of those that wait.
  void stop();

 private:
  void run() override;

  Watchdog watchdog_;
  Site site_;
  std::mutex mutex_;
  std::condition_variable wake_;
  struct Refused {
    Poco::Net::StreamSocket socket;
    Connection::Mode why;
  };
  std::deque<Refused> waiting_;
  bool stop_ = false;
  Poco::Thread thread_;
};

}  // namespace api
