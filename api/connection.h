// One client's connection: requests in, answers out, one after the other.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include <Poco/Net/Context.h>
#include <Poco/Net/TCPServerConnection.h>

#include "api/connection_handler.h"
#include "api/request_body.h"
#include "api/socket_channel.h"

namespace api {

// What all connections of a server share; outlives them.
struct Site {
  ConnectionHandler& handler;
  Watchdog& watchdog;
  Poco::Net::Context::Ptr context;  // null: plain TCP
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> open{0};     // accepted and not yet gone, waiting or served
  std::atomic<std::size_t> serving{0};  // with a thread
};

// Invariants:
//   1. Between two requests the input stands exactly behind the first one's body, or the connection
//      ends: no byte of a body is ever read as a request.
//   2. A body source is told once how it ended, and a client never sees a complete answer when it
//      was not.
//   3. Nothing is thrown past run().
class Connection : public Poco::Net::TCPServerConnection {
 public:
  // Refused: answers 503 once, for want of a thread, or because its address has too many others.
  enum class Mode { serve, refuse_busy, refuse_crowded };

  // `site.open` counts this connection already.
  Connection(const Poco::Net::StreamSocket& accepted, Site& site, Mode mode);
  void run() override;

 private:
  void serve();
  // Each true while the connection can serve another request.
  bool serve_one();
  bool answer(Call& call, const RequestHead& head, RequestBody& body);
  bool refuse(HeadErrc error, bool to_head);

  enum class Head { complete, refused, ended };
  Head read_head(HeadScanner& scanner, HeadErrc& error);

  struct Sending {
    bool to_head = false;
    bool close = false;
    std::string_view request_id;
  };
  bool send(Reply reply, const Sending& how);
  struct Telling;
  bool send_source(const std::string& head, BodySource& source, const Sending& how);
  // The source failed. As long as nothing was sent there can still be a true answer.
  bool break_off(const Telling& told, const Sending& how);

  // Counts this connection, also when its making fails half way.
  struct Place {
    explicit Place(Site& counted) : site(counted) { ++site.serving; }
    ~Place() {
      --site.serving;
      --site.open;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Site& site;
  };

  Site& site_;
  const Place place_;
  const Mode mode_;
  std::string origin_;
  Channel channel_;
  InputBuffer input_;
};

}  // namespace api
