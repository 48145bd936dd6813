// segeld: serves one vault over TLS until it is asked to stop.
#include <signal.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/server.h"
#include "api/service.h"
#include "crypto/secret.h"
#include "crypto/wiping_heap.h"
#include "vault/vault.h"

namespace {

constexpr int kStopped = 1;  // it could not start, or had to end by itself
constexpr int kMisused = 2;  // its command line or settings

struct Settings {
  std::string data;
  std::string log_key;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8443;
  std::string certificate;
  std::string key;
  std::uint16_t metrics_port = 0;  // 0: none
  unsigned idle_seconds = 300;
  std::size_t max_connections = 512;
  std::optional<std::size_t> per_address;  // none: half of max_connections
  api::Deadlines deadlines;
  bool allow_unlocked_memory = false;
};

// How long a peer may keep a connection waiting.
void describe_deadlines(CLI::App& app, api::Deadlines& deadlines) {
  const auto add = [&](const char* name, std::initializer_list<std::chrono::milliseconds*> all,
                       const char* what) {
    const auto set = [all = std::vector(all)](const unsigned& seconds) {
      for (auto* deadline : all) *deadline = std::chrono::seconds(seconds);
    };
    const auto standard = std::chrono::duration_cast<std::chrono::seconds>(**all.begin());
    app.add_option_function<unsigned>(name, set, what)
        ->default_str(std::to_string(standard.count()))
        ->check(CLI::Range(1U, 3600U));
  };
  add("--handshake-seconds", {&deadlines.handshake}, "A connection's TLS handshake ends within");
  add("--head-seconds", {&deadlines.head}, "A request's head ends within, from its first byte");
  add("--keep-seconds", {&deadlines.idle}, "A connection is kept for a further request for");
  add("--stall-seconds", {&deadlines.body_stall, &deadlines.send_stall},
      "A body, in or out, that does not keep to --least-rate over so long is broken off");
  app.add_option("--least-rate", deadlines.min_rate, "Bytes a second of a body, on average")
      ->capture_default_str();
}

void describe(CLI::App& app, Settings& settings) {
  app.set_config("--config", "", "Settings file: lines of NAME = VALUE, named as these options");
  app.add_option("--data", settings.data, "Data folder, made by `segel init`")->required();
  app.add_option("--log-key", settings.log_key, "The log's key file, outside of the data folder")
      ->required();
  app.add_option("--host", settings.host, "Address to listen on")->capture_default_str();
  app.add_option("--port", settings.port, "Port to listen on")->capture_default_str();
  app.add_option("--certificate", settings.certificate, "Certificate chain, PEM")->required();
  app.add_option("--key", settings.key, "The certificate's key, PEM")->required();
  app.add_option("--metrics-port", settings.metrics_port,
                 "Port on 127.0.0.1 for /metrics, without TLS (0: none)")
      ->capture_default_str();
  app.add_option("--idle-seconds", settings.idle_seconds, "A session ends after so long unused")
      ->capture_default_str()
      ->check(CLI::Range(10U, 3600U));
  app.add_option("--max-connections", settings.max_connections, "Connections at a time")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{8}, std::size_t{4096}));
  app.add_option("--connections-per-address", settings.per_address,
                 "Connections at a time from one address or IPv6 /64 (0: no bound; unless set, "
                 "half of --max-connections)");
  describe_deadlines(app, settings.deadlines);
  app.add_flag("--allow-unlocked-memory", settings.allow_unlocked_memory,
               "Start although keys may be swapped to disk; /readyz says so");
  app.footer(
      "Example:\n"
      "  segeld --data /var/lib/segel/data --log-key /var/lib/segel/log.key \\\n"
      "         --certificate /etc/segel/tls.pem --key /etc/segel/tls.key --host 0.0.0.0\n"
      "All of it may stand in a file instead: segeld --config /etc/segel/segeld.conf");
}

const char* what_to_mend(vault::Errc error) {
  using vault::Errc;
  switch (error) {
    case Errc::locked:
      return "another process has the data folder open";
    case Errc::not_found:
      return "there is no vault or no log key; `segel init` makes both";
    case Errc::untrusted:
      return "the log key is not this vault's";
    case Errc::invalid:
      return "the log key file is not one, or others can read it (chmod 600)";
    case Errc::corrupt:
      return "the data folder is damaged: run `segel verify-store`";
    case Errc::newer_format:
      return "the data folder was written by a later release";
    case Errc::no_space:
      return "there is no room left on the disk";
    case Errc::io_failure:
      return "the disk refused";
    case Errc::forbidden:
    case Errc::wrong_role:
    case Errc::conflict:
    case Errc::narrower:
    case Errc::stale:
    case Errc::too_large:
    case Errc::pending:
    case Errc::stopped:
      break;
  }
  return "the data folder cannot be opened";
}

// Waits for SIGTERM or SIGINT, which all threads have blocked, doing each second's work meanwhile.
// False: the service had to end by itself.
bool run_until_asked(api::Service& service, vault::Vault& vault, const sigset_t& stopping) {
  const timespec second{1, 0};
  for (;;) {
    if (sigtimedwait(&stopping, nullptr, &second) > 0) return true;
    // After a failed commit nothing is true any more but what is on the disk: the next start
    // reads it.
    if (vault.stopped()) return false;
    service.tick();
  }
}

void tell_damaged_page(const std::filesystem::path& file, vault::PageDamage damage) {
  (void)std::fprintf(stderr, "segeld: %s: page %s is damaged: %s\n", file.c_str(),
                     std::to_string(damage.page).c_str(), vault::to_text(damage.fault));
}

int serve(const Settings& settings, bool memory_locked, const sigset_t& stopping) {
  vault::VaultOptions at;
  at.directory = settings.data;
  at.log_key = settings.log_key;
  at.on_damaged_page = tell_damaged_page;
  const auto vault = vault::Vault::open(at);
  if (!vault) {
    (void)std::fprintf(stderr, "segeld: %s: %s\n", settings.data.c_str(),
                       what_to_mend(vault.error()));
    return kStopped;
  }
  api::ServiceOptions options;
  options.sessions.idle = vault::Time{settings.idle_seconds} * 1000;
  options.memory_locked = memory_locked;
  api::Service service(**vault, options);

  api::ServerOptions listen;
  listen.host = settings.host;
  listen.port = settings.port;
  listen.certificate_file = settings.certificate;
  listen.key_file = settings.key;
  listen.max_connections = settings.max_connections;
  listen.max_per_address = settings.per_address.value_or(settings.max_connections / 2);
  listen.deadlines = settings.deadlines;
  const auto server = api::Server::start(service.handler(), listen);
  std::unique_ptr<api::Server> figures;
  if (settings.metrics_port != 0) {
    api::ServerOptions local;
    local.port = settings.metrics_port;
    local.tls = false;
    local.max_connections = 4;
    figures = api::Server::start(service.metrics(), local);
  }
  (void)std::fprintf(stderr, "segeld: serves on %s port %u\n", settings.host.c_str(),
                     server->port());

  const bool asked = run_until_asked(service, **vault, stopping);
  server->stop(std::chrono::seconds(10));
  if (figures) figures->stop(std::chrono::seconds(1));
  service.stop();
  (void)std::fprintf(stderr,
                     asked ? "segeld: stopped\n"
                           : "segeld: a commit failed; nothing more is accepted, start it anew\n");
  return asked ? 0 : kStopped;
}

}  // namespace

int main(int argc, char** argv) {
  umask(077);
  if (!crypto::wipe_what_openssl_frees()) {
    (void)std::fputs("segeld: OpenSSL does not take this program's memory\n", stderr);
    return kStopped;
  }
  (void)signal(SIGPIPE, SIG_IGN);
  Settings settings;
  CLI::App app{"Serves a vault of sealed case documents over TLS.", "segeld"};
  describe(app, settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kMisused;
  }

  // Before there is any other thread, so that all inherit it.
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGTERM);
  sigaddset(&stopping, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stopping, nullptr);

  const bool memory_locked = crypto::lock_secret_memory();
  if (!memory_locked && !settings.allow_unlocked_memory) {
    (void)std::fputs(
        "segeld: the memory for keys cannot be locked: raise `ulimit -l` (LimitMEMLOCK=), or start "
        "with --allow-unlocked-memory\n",
        stderr);
    return kStopped;
  }
  try {
    return serve(settings, memory_locked, stopping);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "segeld: %s\n", error.what());
    return kStopped;
  }
}
