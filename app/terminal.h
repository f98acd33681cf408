// What a command says while it works: one live line on stderr, and Ctrl-C as a request to stop.
#pragma once

#include <stop_token>
#include <string>

namespace kinescore {

/// One line that is rewritten on a terminal; elsewhere one line each time the text's first word or a
/// tenth of the work changes. Always stderr: stdout carries only the program's output.
class LiveLine {
 public:
  explicit LiveLine(bool enabled = true);
  ~LiveLine();
  /// `fraction` 0…1; below 0 when unknown.
  void show(const std::string& text, double fraction = -1);
  /// Ends the line, so that what follows starts on its own.
  void finish();

 private:
  bool enabled_, isTerminal_, open_ = false;
  std::size_t lastLength_ = 0;
  int lastTenth_ = -1;
  std::string lastLabel_;
};

/// While it lives, the first Ctrl-C (or SIGTERM) requests a stop; the second ends the process.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  [[nodiscard]] std::stop_token token() const;
  [[nodiscard]] bool wasInterrupted() const;

 private:
  struct State;
  State* state_;
};

/// "1 h 20 min", "3 min", "12 s"
[[nodiscard]] std::string durationText(double seconds);

}  // namespace kinescore
