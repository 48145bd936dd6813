// Many small calls at once over HTTPS: 4 KiB deposits, readings of documents not opened before,
// lists of a hundred, from a real segeld with 1 to 64 clients in opened sessions.
//
//   load deposit|read|list CLIENTS CALLS [PRELOAD]
//
// CLIENTS: each a connection of its own, kept, and two to a session at most. CALLS: by all of them
// together. PRELOAD: a library that the service is started with (libno_flush.so). Makes a vault of
// its own in the temporary folder (TMPDIR) and removes it. Prints one line of JSON with the calls
// per second, from the first call of the first client to the last answer of the last.
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <vector>

#include "support/desk.h"
#include "support/house.h"
#include "support/remote.h"

namespace {

using Clock = std::chrono::steady_clock;

class Load {
 public:
  Load(std::size_t clients, const std::string& preload)
      : house_(preload.empty() ? std::vector<std::string>{}
                               : std::vector<std::string>{"env", "LD_PRELOAD=" + preload}),
        clients_(clients) {
    support::RemoteService remote(house_.address());
    for (std::size_t session = 0; session < (clients + 1) / 2; ++session) {
      support::Desk desk(remote);
      if (!desk.lend_key(house_.manager())) throw std::runtime_error("no session");
      tokens_.push_back(desk.token);
    }
  }

  double deposits(std::size_t calls) {
    documents_.assign(calls, {});
    return all_at_once(calls, [this](api::HttpClient& client, const std::string& token,
                                     std::size_t at) { documents_[at] = deposit(client, token); });
  }

  // Each document once.
  double readings() {
    return all_at_once(documents_.size(),
                       [this](api::HttpClient& client, const std::string& token, std::size_t at) {
                         const auto request = request_for(
                             "GET", "/v1/documents/" + documents_[at] + "/content", token);
                         if (answer(client, request, 200).size() != kSize)
                           throw std::runtime_error("cut short");
                       });
  }

  double lists(std::size_t calls) {
    const std::string target = "/v1/cases/" + house_.case_id().text() + "/documents?limit=100";
    return all_at_once(calls, [&](api::HttpClient& client, const std::string& token, std::size_t) {
      (void)answer(client, request_for("GET", target, token), 200);
    });
  }

 private:
  static constexpr std::size_t kSize = 4096;

  // Seconds that `calls` of `act` take, each given its number.
  double all_at_once(
      std::size_t calls,
      const std::function<void(api::HttpClient&, const std::string&, std::size_t)>& act) {
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> failed = false;
    std::barrier ready(static_cast<std::ptrdiff_t>(clients_ + 1));
    std::vector<std::thread> threads;
    for (std::size_t number = 0; number < clients_; ++number) {
      threads.emplace_back([&, number] {
        api::HttpClient client(house_.address());
        const std::string& token = tokens_[number / 2];
        try {
          (void)answer(client, request_for("GET", "/v1/session", token), 200);  // connected
        } catch (const std::exception&) {
          failed = true;
        }
        ready.arrive_and_wait();
        try {
          for (std::size_t at = next++; at < calls && !failed; at = next++) act(client, token, at);
        } catch (const std::exception&) {
          failed = true;
        }
      });
    }
    ready.arrive_and_wait();
    const auto began = Clock::now();
    for (std::thread& thread : threads) thread.join();
    const std::chrono::duration<double> took = Clock::now() - began;
    if (failed) throw std::runtime_error("a call failed");
    return took.count();
  }

  std::string deposit(api::HttpClient& client, const std::string& token) {
    auto request =
        request_for("POST", "/v1/cases/" + house_.case_id().text() + "/documents", token);
    request.headers.add("content-type", "application/octet-stream");
    request.headers.add("upload-metadata",
                        support::upload_metadata({{"title", "Small"}, {"type", "LAP-ADU"}}));
    request.body.assign(kSize, 'x');
    return nlohmann::json::parse(answer(client, request, 201)).at("id");
  }

  static std::string answer(api::HttpClient& client, const api::ClientRequest& request,
                            int status) {
    const auto response = client.send(request);
    if (!response) throw std::runtime_error("no answer");
    auto text = response->text();
    if (!text || response->status != status) throw std::runtime_error("another answer");
    return std::move(*text);
  }

  static api::ClientRequest request_for(const char* method, const std::string& target,
                                        const std::string& token) {
    api::ClientRequest request;
    request.method = method;
    request.target = target;
    request.headers.add("authorization", "Bearer " + token);
    return request;
  }

  support::House house_;
  std::size_t clients_;
  std::vector<std::string> tokens_;
  std::vector<std::string> documents_;
};

double measure(std::string_view mode, std::size_t clients, std::size_t calls,
               const std::string& preload) {
  if (mode == "list") {
    Load load(clients, preload);
    (void)load.deposits(100);
    return load.lists(calls);
  }
  Load load(clients, preload);
  const double deposited = load.deposits(calls);
  return mode == "deposit" ? deposited : load.readings();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  const std::size_t clients = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  const std::size_t calls = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  if ((mode != "deposit" && mode != "read" && mode != "list") || clients == 0 || clients > 64 ||
      calls == 0) {
    (void)std::fputs("load deposit|read|list CLIENTS CALLS [PRELOAD]\n", stderr);
    return 2;
  }
  try {
    const double seconds = measure(mode, clients, calls, argc > 4 ? argv[4] : "");
    std::printf("{\"mode\":\"%s\",\"clients\":%zu,\"calls\":%zu,\"seconds\":%.4f,\"per_s\":%.1f}\n",
                argv[1], clients, calls, seconds, static_cast<double>(calls) / seconds);
    return 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "load: %s\n", error.what());
    return 1;
  }
}
