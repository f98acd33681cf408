#include "app/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <thread>

namespace kinescore {
namespace {

// A signal handler may do little more than write a byte; a thread turns the byte into the request.
std::atomic<int> gSignalPipe = -1;

void onSignal(int) {
  const int fd = gSignalPipe.load();
  const char byte = 1;
  if (fd >= 0 && ::write(fd, &byte, 1) < 0) ::_exit(130);
}

}  // namespace

LiveLine::LiveLine(bool enabled) : enabled_(enabled), isTerminal_(::isatty(STDERR_FILENO) == 1) {}
LiveLine::~LiveLine() { finish(); }

void LiveLine::show(const std::string& text, double fraction) {
  if (!enabled_) return;
  if (isTerminal_) {
    std::string line = text;
    if (line.size() < lastLength_) line.append(lastLength_ - line.size(), ' ');
    std::fprintf(stderr, "\r%s", line.c_str());
    std::fflush(stderr);
    lastLength_ = text.size();
    open_ = true;
    return;
  }
  const std::string label = text.substr(0, text.find(' '));
  const int tenth = fraction < 0 ? -1 : static_cast<int>(fraction * 10);
  if (label == lastLabel_ && tenth == lastTenth_) return;
  lastLabel_ = label;
  lastTenth_ = tenth;
  std::fprintf(stderr, "%s\n", text.c_str());
}

void LiveLine::finish() {
  if (open_) std::fputc('\n', stderr);
  open_ = false;
  lastLength_ = 0;
}

struct InterruptGuard::State {
  std::stop_source source;
  std::atomic<bool> interrupted = false;
  int pipe[2] = {-1, -1};
  struct sigaction oldInterrupt {}, oldTerminate {};
  std::thread watcher;
};

InterruptGuard::InterruptGuard() : state_(new State) {
  if (::pipe2(state_->pipe, O_CLOEXEC) != 0) return;
  gSignalPipe = state_->pipe[1];
  state_->watcher = std::thread([state = state_] {
    for (;;) {
      char byte = 0;
      const ssize_t count = ::read(state->pipe[0], &byte, 1);
      if (count < 0 && errno == EINTR) continue;  // the signal came to this very thread
      if (count != 1 || byte != 1) break;
      if (state->interrupted.exchange(true)) ::_exit(130);
      state->source.request_stop();
    }
  });
  struct sigaction action {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, &state_->oldInterrupt);
  ::sigaction(SIGTERM, &action, &state_->oldTerminate);
}

InterruptGuard::~InterruptGuard() {
  if (state_->watcher.joinable()) {
    ::sigaction(SIGINT, &state_->oldInterrupt, nullptr);
    ::sigaction(SIGTERM, &state_->oldTerminate, nullptr);
    gSignalPipe = -1;
    const char end = 0;
    if (::write(state_->pipe[1], &end, 1) == 1) state_->watcher.join();
    else state_->watcher.detach();
    ::close(state_->pipe[0]);
    ::close(state_->pipe[1]);
  }
  delete state_;
}

std::stop_token InterruptGuard::token() const { return state_->source.get_token(); }
bool InterruptGuard::wasInterrupted() const { return state_->interrupted; }

std::string durationText(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string((whole + 30) / 60) + " min";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

}  // namespace kinescore
