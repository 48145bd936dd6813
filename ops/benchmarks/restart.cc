// How long the service takes to be ready again after it was killed, and how long opening the two
// environments of the same folder takes without it.
//
//   restart LINE [DOCUMENTS]
//
// Makes a vault of its own in the temporary folder (TMPDIR) with so many small documents (default
// 300) and a large one, kills segeld and starts it anew, five times; before each start LINE opens
// the folder bare. Both are timed from before the fork to the word that says ready. Prints one line
// of JSON: medians, in milliseconds.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <vector>

#include "support/desk.h"
#include "support/house.h"
#include "support/process.h"
#include "support/remote.h"

namespace {

constexpr int kStarts = 5;
constexpr std::size_t kSmall = 4096;
constexpr std::size_t kLarge = std::size_t{32} << 20;

template <typename Work>
double milliseconds_of(const Work& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void fill(const support::House& house, int documents) {
  support::RemoteService remote(house.address());
  support::Desk desk(remote);
  if (!desk.lend_key(house.manager())) throw std::runtime_error("no session");
  desk.headers = {
      {"upload-metadata", support::upload_metadata({{"title", "Laporan"}, {"type", "LAP-ADU"}})}};
  for (int i = 0; i <= documents; ++i) {
    const std::string content(i == documents ? kLarge : kSmall, 'x');
    const auto answer = desk.call("POST", "/v1/cases/" + house.case_id().text() + "/documents",
                                  content, "application/pdf");
    if (answer.status != 201) throw std::runtime_error("not deposited: " + answer.body);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int documents = argc > 2 ? std::atoi(argv[2]) : 300;
  if (argc < 2 || documents <= 0) {
    (void)std::fputs("restart LINE [DOCUMENTS]\n", stderr);
    return 2;
  }
  try {
    support::House house;
    fill(house, documents);
    std::vector<double> starts;
    std::vector<double> bare;
    for (int i = 0; i < kStarts; ++i) {
      ::kill(house.service(), SIGKILL);
      (void)house.wait();
      bare.push_back(milliseconds_of([&] {
        support::OnTerminal line({.arguments = {argv[1], house.data()}});
        if (!line.shows("ready")) throw std::runtime_error("the line does not open the folder");
      }));
      starts.push_back(milliseconds_of([&] { house.serve(); }));
    }
    std::printf("{\"ms\":%.2f,\"line_ms\":%.2f}\n", median(starts), median(bare));
    return 0;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "restart: %s\n", error.what());
    return 1;
  }
}
