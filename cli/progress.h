// How far long work is: amount, rate and time left, on a terminal's standard error only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/terminal.h"

namespace cli {

enum class Unit { bytes, things };

// Rate and time left from counts and times that are handed in; no clock, no terminal.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{100};

  // `total`: what is to come, if known.
  ProgressMeter(std::optional<std::uint64_t> total, Clock::time_point start,
                Unit unit = Unit::bytes)
      : total_(total), start_(start), drawn_(start), unit_(unit) {}

  // The line to draw, or none when less than kInterval has passed since the last.
  std::optional<std::string> update(std::uint64_t done, Clock::time_point now, Language language);
  // The last line: the average rate, and the time it took.
  std::string summary(std::uint64_t done, Clock::time_point now, Language language) const;

 private:
  std::string shown(std::uint64_t amount, Language language) const;
  std::string shown_rate(double rate, Language language) const;

  std::optional<std::uint64_t> total_;
  Clock::time_point start_;
  Clock::time_point drawn_;
  std::uint64_t drawn_amount_ = 0;
  double rate_ = 0;  // a second, smoothed
  Unit unit_;
};

// Draws a meter's line, one over the other. Silent when standard error is no terminal or `quiet`.
class Progress {
 public:
  // `label` names what moves (a file's name); `terminal` outlives the Progress.
  Progress(const Terminal& terminal, Language language, std::string_view label,
           std::optional<std::uint64_t> total, bool quiet = false, Unit unit = Unit::bytes);
  ~Progress();  // ends the line, also after a failure
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::uint64_t amount);
  // Replaces the line by the summary.
  void finish();

 private:
  void draw(const std::string& line);

  const Terminal& terminal_;
  Language language_;
  std::string label_;
  bool shown_;
  bool line_open_ = false;
  std::uint64_t done_ = 0;
  ProgressMeter meter_;
};

}  // namespace cli
