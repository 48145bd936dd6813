#include "api/server.h"

#include <poll.h>
#include <sys/socket.h>

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include <cerrno>
#include <stdexcept>
#include <thread>

#include "api/connection.h"
#include "api/server_addresses.h"
#include "api/server_refuser.h"

namespace api {
namespace {

using Poco::Net::StreamSocket;

constexpr int kBacklog = 511;

class ListenerImpl : public Poco::Net::ServerSocketImpl {
 public:
  // Poco's own makes an epoll descriptor for each wait: without one left, nobody would be accepted,
  // nor the connections counted that could give theirs up. It is only ever asked for reading.
  bool poll(const Poco::Timespan& timeout, int /*mode*/) override {
    pollfd listener{sockfd(), POLLIN, 0};
    return ::poll(&listener, 1, static_cast<int>(timeout.totalMilliseconds())) > 0;
  }
  Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& /*client*/) override {
    // Close-on-exec: a child of the service must not keep a client's connection open.
    const int fd = ::accept4(sockfd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) return new AcceptedSocket(fd);
    // Out of descriptors: the connection stays in the kernel's queue. Asked again at once, it would
    // only burn the processor that the others need to finish.
    if (errno == EMFILE || errno == ENFILE)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    throw Poco::Net::NetException("accept");
  }
};

class Listener : public Poco::Net::ServerSocket {
 public:
  Listener(const std::string& host, std::uint16_t port) : ServerSocket(new ListenerImpl, true) {
    // Without SO_REUSEPORT, which Poco sets by default: a second server on the port is an error.
    bind(Poco::Net::SocketAddress(host, port), true, false);
    listen(kBacklog);
    // A client that is gone between poll and accept must not block the accepting thread.
    setBlocking(false);
  }
};

class Factory : public Poco::Net::TCPServerConnectionFactory {
 public:
  explicit Factory(Site& site) : site_(site) {}
  Poco::Net::TCPServerConnection* createConnection(const StreamSocket& socket) override {
    return new Connection(socket, site_, Connection::Mode::serve);
  }

 private:
  Site& site_;
};

// Where a connection comes from. A peer that is gone already comes from nowhere.
Poco::Net::IPAddress origin_of(const StreamSocket& socket) try {
  return socket.peerAddress().host();
} catch (const Poco::Exception&) {
  return {};
}

// Counts who comes in, and sends whom we have no room for to the refuser.
class Door : public Poco::Net::TCPServerConnectionFilter {
 public:
  Door(Site& site, Refuser& refuser, const ServerOptions& options)
      : site_(site),
        refuser_(refuser),
        addresses_(options.max_per_address),
        threads_(options.max_connections),
        room_(options.max_connections + options.max_queued) {}

  bool accept(const StreamSocket& socket) override {
    auto place = addresses_.enter(origin_of(socket));
    if (!place) {
      refuser_.refuse(socket, Connection::Mode::refuse_crowded);
      return false;
    }
    static_cast<AcceptedSocket*>(socket.impl())->keep(std::move(place));
    const std::size_t open = ++site_.open;
    // It will have to wait for a thread: whoever only keeps one for a later request gives it up.
    if (open > threads_) site_.watchdog.end_longest_idle();
    if (open <= room_) return true;
    --site_.open;
    refuser_.refuse(socket, Connection::Mode::refuse_busy);
    return false;
  }

 private:
  Site& site_;
  Refuser& refuser_;
  Addresses addresses_;
  const std::size_t threads_;
  const std::size_t room_;
};

Poco::Net::Context::Ptr make_context(const ServerOptions& options) {
  if (!options.tls) return {};
  Poco::Net::Context::Params params;
  params.certificateFile = options.certificate_file;
  params.privateKeyFile = options.key_file;
  params.verificationMode = Poco::Net::Context::VERIFY_NONE;  // clients show keys, not certificates
  params.loadDefaultCAs = false;
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, params);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_3);
  // No resumption: a ticket key in memory would outlive the session it protects.
  context->disableStatelessSessionResumption();
  // Keys are lent through here: OpenSSL wipes its copy of what it has handed on.
  SSL_CTX_set_options(context->sslContext(), SSL_OP_CLEANSE_PLAINTEXT);
  return context;
}

Poco::Net::TCPServerParams::Ptr make_params(const ServerOptions& options) {
  Poco::Net::TCPServerParams::Ptr params = new Poco::Net::TCPServerParams;
  params->setMaxThreads(static_cast<int>(options.max_connections));
  // The door is narrower: Poco's own limit drops connections without a word.
  params->setMaxQueued(static_cast<int>(options.max_connections + options.max_queued + 1));
  return params;
}

class PocoServer final : public Server {
 public:
  PocoServer(ConnectionHandler& handler, const ServerOptions& options)
      : watchdog_(options.deadlines),
        site_{handler, watchdog_, make_context(options)},
        refuser_(site_),
        pool_(1, static_cast<int>(options.max_connections)),
        listener_(options.host, options.port),
        port_(listener_.address().port()),
        server_(new Factory(site_), pool_, listener_, make_params(options)) {
    server_.setConnectionFilter(new Door(site_, refuser_, options));
    server_.start();
  }
  ~PocoServer() override { stop(std::chrono::milliseconds(0)); }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return site_.serving; }

  void stop(std::chrono::milliseconds grace) override {
    if (site_.stopping.exchange(true)) return;
    server_.stop();
    listener_.close();
    refuser_.stop();
    watchdog_.end_idle();
    watchdog_.wait_until_none(grace);
    watchdog_.end_all();
    pool_.joinAll();
  }

 private:
  Watchdog watchdog_;
  Site site_;
  Refuser refuser_;
  Poco::ThreadPool pool_;
  Listener listener_;
  const std::uint16_t port_;
  Poco::Net::TCPServer server_;
};

}  // namespace

std::unique_ptr<Server> Server::start(ConnectionHandler& handler, const ServerOptions& options) {
  try {
    return std::make_unique<PocoServer>(handler, options);
  } catch (const Poco::Exception& error) {
    throw std::runtime_error("cannot serve on " + options.host + ":" +
                             std::to_string(options.port) + ": " + error.displayText());
  }
}

}  // namespace api
