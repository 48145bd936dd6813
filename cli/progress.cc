#include "cli/progress.h"

#include <cmath>
#include <cstdio>

#include "cli/display.h"

namespace cli {
namespace {

using Seconds = std::chrono::duration<double>;

// A jump of the network shows within about a second and does not make the figure dance.
constexpr double kSmoothing = 0.15;

}  // namespace

std::string ProgressMeter::shown(std::uint64_t amount, Language language) const {
  return unit_ == Unit::bytes ? shown_size(amount, language) : std::to_string(amount);
}

std::string ProgressMeter::shown_rate(double rate, Language language) const {
  return Message(Text::progress_rate, shown(static_cast<std::uint64_t>(rate), language))
      .in(language);
}

std::optional<std::string> ProgressMeter::update(std::uint64_t done, Clock::time_point now,
                                                 Language language) {
  if (now - drawn_ < kInterval) return std::nullopt;
  const double seconds = Seconds(now - drawn_).count();
  const double latest = static_cast<double>(done - drawn_amount_) / seconds;
  // Slow calls weigh more: the weight is that of as many intervals as have passed.
  const double keep = std::pow(1 - kSmoothing, seconds / Seconds(kInterval).count());
  rate_ = drawn_ == start_ ? latest : keep * rate_ + (1 - keep) * latest;
  drawn_ = now;
  drawn_amount_ = done;

  if (!total_) {
    return Message(Text::progress_open, shown(done, language), shown_rate(rate_, language))
        .in(language);
  }
  const std::uint64_t left = done < *total_ ? *total_ - done : 0;
  const std::uint64_t percent = *total_ == 0
                                    ? 100
                                    : static_cast<std::uint64_t>(100.0 * static_cast<double>(done) /
                                                                 static_cast<double>(*total_));
  // No rate, no promise.
  constexpr double kLongest = 99 * 3600;
  const double seconds_left = rate_ < 1 ? kLongest : static_cast<double>(left) / rate_;
  const std::string time =
      seconds_left >= kLongest
          ? "-:--"
          : shown_duration(static_cast<std::uint64_t>(std::ceil(seconds_left)));
  return Message(Text::progress_known, shown(done, language), shown(*total_, language), percent,
                 shown_rate(rate_, language), time)
      .in(language);
}

std::string ProgressMeter::summary(std::uint64_t done, Clock::time_point now,
                                   Language language) const {
  const double seconds = std::max(Seconds(now - start_).count(), 0.001);
  return Message(Text::progress_done, shown(done, language),
                 shown_rate(static_cast<double>(done) / seconds, language),
                 shown_duration(static_cast<std::uint64_t>(std::llround(seconds))))
      .in(language);
}

Progress::Progress(const Terminal& terminal, Language language, std::string_view label,
                   std::optional<std::uint64_t> total, bool quiet, Unit unit)
    : terminal_(terminal),
      language_(language),
      label_(printable(label)),
      shown_(!quiet && terminal.shows_progress()),
      meter_(total, ProgressMeter::Clock::now(), unit) {}

Progress::~Progress() {
  if (line_open_) (void)std::fputs("\n", stderr);
}

void Progress::advance(std::uint64_t amount) {
  done_ += amount;
  if (!shown_) return;
  if (const auto line = meter_.update(done_, ProgressMeter::Clock::now(), language_)) draw(*line);
}

void Progress::finish() {
  if (shown_) draw(meter_.summary(done_, ProgressMeter::Clock::now(), language_));
}

void Progress::draw(const std::string& line) {
  // One column is left free: a full line would make some terminals scroll.
  const std::size_t columns = terminal_.columns() - 1;
  const std::string whole = shortened(label_ + "  " + line, columns);
  (void)std::fprintf(stderr, "\r%s", padded(whole, columns).c_str());
  (void)std::fflush(stderr);
  line_open_ = true;
}

}  // namespace cli
