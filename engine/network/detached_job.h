// Long work whose caller may leave at once: a large network answers a request to stop only between
// its layers, which on a processor can be seconds apart. The work goes on to its next look at the
// stop token and its result is dropped; the job after it waits for that.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/generation/motion_generator.h"
#include "engine/network/worker.h"

namespace kinescore {

class DetachedJob {
 public:
  using Work =
      std::function<Result<GeneratedMotion>(const ProgressSink& progress, std::stop_token stop)>;

  /// Waits for work that was left.
  ~DetachedJob();

  /// Runs `work` on the job's own thread, which has one intra-op thread. `progress` is told on the
  /// caller's thread. Answers Cancelled within a few hundredths of a second of a request to stop.
  /// `work` may be running still then: what it refers to must outlive this object.
  Result<GeneratedMotion> run(Work work, const ProgressSink& progress, std::stop_token stop);

 private:
  /// Between the two threads.
  struct Mail {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<GenerationProgress> progress;  // the latest that was not told yet
    std::optional<Result<GeneratedMotion>> result;
  };
  [[nodiscard]] bool isDone() const;

  std::shared_ptr<Mail> mail_;  // of the latest work
  std::stop_source stop_;
  Worker worker_;
};

}  // namespace kinescore
