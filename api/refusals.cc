#include "api/refusals.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "vault/actions.h"

namespace api {
namespace {

std::string network_v4(std::string_view address) {
  int dots = 0;
  std::size_t end = 0;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (address[i] == '.' && ++dots == 3)
      end = i;
    else if (address[i] != '.' && (address[i] < '0' || address[i] > '9'))
      return "unknown";
  }
  return dots == 3 ? std::string(address.substr(0, end)) + ".0/24" : "unknown";
}

// The first three groups of an IPv6 address; groups that `::` leaves out are 0.
std::string network_v6(std::string_view address) {
  std::string out;
  for (int group = 0; group < 3; ++group) {
    const std::size_t colon = address.find(':');
    const std::string_view digits = address.substr(0, colon);
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (!digits.empty() && (error != std::errc{} || end != digits.data() + digits.size())) {
      return "unknown";
    }
    char text[8];
    const auto written = std::to_chars(text, text + sizeof text, value, 16);
    out += std::string(text, written.ptr) + ":";
    // An empty group is the `::`: nothing behind it counts among the first three.
    if (!digits.empty() && colon != std::string_view::npos)
      address.remove_prefix(colon + 1);
    else
      address = {};
  }
  return out + ":/48";
}

std::string in_words(const std::map<std::string, std::uint64_t>& counts) {
  std::string words;
  for (const auto& [type, count] : counts) {
    words += (words.empty() ? "" : " ") + type + "=" + std::to_string(count);
  }
  return words;
}

}  // namespace

std::string network_of(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos) {
    address.remove_prefix(kMapped.size());
  }
  if (address.find(':') != std::string_view::npos) return network_v6(address);
  return network_v4(address);
}

void Refusals::count(std::string_view address, std::string_view type) {
  std::string network = network_of(address);
  const std::lock_guard lock(mutex_);
  if (networks_.empty() && known_.empty()) since_ = steady_();
  if (networks_.size() >= kMostNetworks && !networks_.contains(network)) network = "other";
  ++networks_[network][std::string(type)];
}

void Refusals::enter(const vault::EntryDraft& entry) {
  {
    const std::lock_guard lock(mutex_);
    if (networks_.empty() && known_.empty()) since_ = steady_();
    Known& known = known_[entry.actor];
    if (known.entered == kEachByItself) {
      ++known.more[entry.outcome];
      known.last = entry;
      return;
    }
    ++known.entered;
  }
  // Refused all the same when it can't be entered: then nothing else can be done here either.
  (void)committer_.commit(entry);
}

void Refusals::flush(bool now) {
  std::map<std::string, Counts> networks;
  std::map<crypto::Id, Known> known;
  {
    const std::lock_guard lock(mutex_);
    if (networks_.empty() && known_.empty()) return;
    if (!now && steady_() - since_ < kEvery) return;
    networks.swap(networks_);
    known.swap(known_);
  }
  // Lost when nothing can be written: then the service is ending, or out of space and says so.
  for (const auto& [network, counts] : networks) {
    vault::EntryDraft entry;
    entry.action = vault::action::kRefused;
    entry.origin = network;
    entry.outcome = "refused";
    entry.detail = in_words(counts);
    (void)committer_.commit(entry);
  }
  for (auto& [person, one] : known) {
    if (one.more.empty()) continue;
    one.last.outcome = "refused";
    one.last.detail = in_words(one.more);
    one.last.request.clear();
    (void)committer_.commit(one.last);
  }
}

}  // namespace api
