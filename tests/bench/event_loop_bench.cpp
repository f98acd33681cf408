// Whether the window stays quick while the engine works: how late a timer of a millisecond and events posted by
// another thread arrive in the real window, idle and while generating, in turn in one process. The ratio of the 99th
// percentiles is the result (at most 2; below a millisecond both count as one, nobody sees less); the milliseconds are
// this machine's. Exits 1 over it.
//
//   bench_event_loop <weights> [<library>]   with the engine
//   bench_event_loop                         with a thread a core that computes without end, in the engine's place
//   --seconds N                              of each of the six measurements; 5 when not said
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "tests/ui/ui_test_support.h"
#ifdef KINESCORE_BENCH_ENGINE
#include "engine/network/kinescore_generator.h"
#endif
#include "ui/main_window.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

using Clock = std::chrono::steady_clock;

/// Every core at work until it is told to stop, as the engine's threads are.
class BusyGenerator final : public MotionGenerator {
 public:
  Result<GeneratedMotion> generate(const GenerationRequest&, const ProgressSink& progress, std::stop_token stop) override {
    std::vector<std::jthread> threads;
    std::atomic<double> sink{0};
    for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) {
      threads.emplace_back([&] {
        double x = 1;
        while (!stop.stop_requested()) {
          for (int k = 0; k < 100'000; ++k) x = x * 1.0000001 + 1e-9;
        }
        sink = sink + x;
      });
    }
    for (int step = 0; !stop.stop_requested(); ++step) {
      progress({.phase = GenerationProgress::Phase::Sampling, .step = step, .steps = 1'000'000});
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    threads.clear();
    return Error{ErrorCode::Cancelled, "Generating was cancelled"};
  }
  std::string describe() const override { return "busy threads"; }
};

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[std::min(values.size() - 1, std::size_t(share * double(values.size())))];
}

struct Delays {
  std::vector<double> timer, posted;  // milliseconds
};

void measure(double seconds, const std::function<void()>& keepGoing, Delays& into) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  QObject receiver;
  auto due = Clock::now() + std::chrono::milliseconds(1);
  QTimer timer;
  timer.setTimerType(Qt::PreciseTimer);
  timer.setInterval(1);
  QObject::connect(&timer, &QTimer::timeout, [&] {
    const auto now = Clock::now();
    into.timer.push_back(std::max(0.0, std::chrono::duration<double, std::milli>(now - due).count()));
    due = now + std::chrono::milliseconds(1);
  });
  timer.start();
  std::jthread poster([&](std::stop_token stop) {
    while (!stop.stop_requested()) {
      QMetaObject::invokeMethod(&receiver, [&into, sent = Clock::now()] {
        into.posted.push_back(std::chrono::duration<double, std::milli>(Clock::now() - sent).count());
      }, Qt::QueuedConnection);
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  });
  while (Clock::now() < end) {
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
    keepGoing();
  }
  poster.request_stop();
  poster.join();
  QCoreApplication::processEvents();
}

bool tell(const char* what, const std::vector<double>& idle, const std::vector<double>& busy) {
  const double a = percentile(idle, 0.99), b = percentile(busy, 0.99);
  const double ratio = std::max(b, 1.0) / std::max(a, 1.0);
  std::printf("%-14s idle median %6.3f p99 %7.3f ms   generating median %6.3f p99 %7.3f ms   ratio %5.2f   %s\n", what,
              percentile(idle, 0.5), a, percentile(busy, 0.5), b, ratio, ratio <= 2 ? "met" : "OVER");
  return ratio <= 2;
}

int run(MotionService::GeneratorFactory factory, double seconds) {
  testApplication();
  MotionService service(std::move(factory));
  MainWindow window(WindowServices{service, QStringLiteral("bench"), {}, {}});
  window.setAsksBeforeClosing(false);
  window.show();
  Session& session = window.session();
  Clip clip;
  clip.trackId = session.timeline().tracks().front()->id;
  clip.span = {{0}, ticksFromSeconds(10)};
  clip.condition = TextCondition{"walk forward", BodyPart::Whole};
  session.document().edit(QStringLiteral("Add"), addClip(session.timeline(), session.document().ids(), clip));
  session.setQuality(Quality::Best);
  const auto works = [&] {
    return session.jobs().isBusy() && session.jobs().jobs().front().progress.phase == GenerationProgress::Phase::Sampling;
  };
  bool failed = false;
  QObject::connect(&session.jobs(), &GenerationJobs::failed, [&](int, const QString& sentence) {
    std::fprintf(stderr, "%s\n", qPrintable(sentence));
    failed = true;
  });
  const auto keepWorking = [&] {
    if (!session.jobs().isBusy() && !failed) {
      session.newSeed();
      (void)session.generate();
    }
  };
  Delays idle, busy;
  measure(0.5, [] {}, idle);  // the window is laid out
  idle = {};
  for (int turn = 0; turn < 3 && !failed; ++turn) {
    measure(seconds, [] {}, idle);
    keepWorking();
    while (!works() && !failed) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    measure(seconds, keepWorking, busy);
    session.jobs().cancelAll();
    while (service.pendingJobs() > 0) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
  }
  if (failed) return 2;
  const bool timer = tell("timer of 1 ms", idle.timer, busy.timer);
  const bool posted = tell("posted events", idle.posted, busy.posted);
  return timer && posted ? 0 : 1;
}

}  // namespace
}  // namespace kinescore

int main(int argc, char** argv) {
  using namespace kinescore;
  double seconds = 5;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      seconds = std::max(0.2, std::atof(argv[++i]));
    } else {
      files.emplace_back(argv[i]);
    }
  }
#ifdef KINESCORE_BENCH_ENGINE
  if (!files.empty()) {
    return run([files] {
      KinescoreGeneratorOptions options;
      options.weights = files[0];
      if (files.size() > 1) options.library = files[1];
      return openKinescoreGenerator(options);
    }, seconds);
  }
#endif
  std::printf("Without weights: a thread a core computes in the engine's place.\n");
  return run([]() -> Result<std::unique_ptr<MotionGenerator>> { return std::unique_ptr<MotionGenerator>(new BusyGenerator); }, seconds);
}
