// How far a transfer is: bytes, rate and time left, on a terminal's standard error only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/terminal.h"

namespace cli {

// Rate and time left from counts and times that are handed in; no clock, no terminal.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{100};

  // `total`: bytes to come, if known.
  ProgressMeter(std::optional<std::uint64_t> total, Clock::time_point start)
      : total_(total), start_(start), drawn_(start) {}

  // The line to draw, or none when less than kInterval has passed since the last.
  std::optional<std::string> update(std::uint64_t done, Clock::time_point now, Language language);
  // The last line: the average rate, and the time it took.
  std::string summary(std::uint64_t done, Clock::time_point now, Language language) const;

 private:
  std::optional<std::uint64_t> total_;
  Clock::time_point start_;
  Clock::time_point drawn_;
  std::uint64_t drawn_bytes_ = 0;
  double rate_ = 0;  // bytes a second, smoothed
};

// Draws a meter's line, one over the other. Silent when standard error is no terminal or `quiet`.
class Progress {
 public:
  // `label` names what moves (a file's name); `terminal` outlives the Progress.
  Progress(const Terminal& terminal, Language language, std::string label,
           std::optional<std::uint64_t> total, bool quiet = false);
  ~Progress();  // ends the line, also after a failure
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::uint64_t bytes);
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
