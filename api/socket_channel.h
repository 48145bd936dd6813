// The server's end of one socket, with or without TLS: reads and writes that the watchdog bounds,
// and an end that does not destroy an answer on its way.
#pragma once

#include <memory>
#include <utility>

#include <Poco/Net/Context.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>

#include "api/watchdog.h"
#include "crypto/bytes.h"

namespace api {

// An accepted socket whose shutdown() ends only our direction. Poco's TLS sockets end both after
// their closing alert, and the kernel then answers what the peer still sends with a reset, which
// takes the answer away from it.
class AcceptedSocket : public Poco::Net::StreamSocketImpl {
 public:
  explicit AcceptedSocket(int fd) : StreamSocketImpl(fd) {}
  void shutdown() override;
  // `place` goes when the socket does, wherever it is then: waiting, served or refused.
  void keep(std::shared_ptr<void> place) { place_ = std::move(place); }

 private:
  std::shared_ptr<void> place_;
};

// None of the calls throws; after a failure only finish() and abort() are of use.
class Channel {
 public:
  // `context` is null for plain TCP.
  Channel(const Poco::Net::StreamSocket& accepted, const Poco::Net::Context::Ptr& context,
          Watchdog& watchdog);

  bool handshake();
  // Some bytes; 0 when the peer ended, the connection broke or the watchdog shut it.
  std::size_t read(MutableBytes out, Phase phase);
  // All of them, or false.
  bool write(ByteView bytes);

  // Ends our direction after what was written, then discards what still comes until the peer ends
  // too, for a short while: closed with bytes unread, the kernel would reset the connection.
  void finish();
  // Ends both directions at once, so that the peer sees that something is missing.
  void abort();

  void message_begins() { watch_->message_begins(); }
  bool timed_out() const { return watch_->ended(); }

 private:
  void wait_for_peer(Phase phase);

  Poco::Net::StreamSocket socket_;
  bool tls_;
  std::unique_ptr<Watchdog::Watch> watch_;  // goes before the socket is closed
};

}  // namespace api
