// The one thread that owns the engine. Jobs wait in order; messages come back on that thread (the
// interface queues them to its own).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/generation/motion_generator.h"

namespace kinescore {

using JobId = std::uint64_t;

struct JobCallbacks {
  std::function<void(JobId, const GenerationProgress&)> onProgress;
  /// Exactly once a job, also when it failed or was cancelled.
  std::function<void(JobId, Result<GeneratedMotion>)> onFinished;
};

class MotionService {
 public:
  /// `makeGenerator` runs on the service's thread at the first job, so that start-up costs nothing.
  using GeneratorFactory = std::function<Result<std::unique_ptr<MotionGenerator>>()>;
  explicit MotionService(GeneratorFactory makeGenerator);
  /// Stops the running job and waits for it.
  ~MotionService();
  MotionService(const MotionService&) = delete;
  MotionService& operator=(const MotionService&) = delete;

  /// Another engine for every job that has not begun; a running one ends with the engine it began with. The new one is
  /// made at its first job.
  void useGenerator(GeneratorFactory makeGenerator);

  JobId submit(GenerationRequest request, JobCallbacks callbacks);
  /// Makes what a job asks when its turn comes, on the service's thread: for what takes time to find out (sound has to be
  /// listened to). Its error is the job's.
  using RequestMaker = std::function<Result<GenerationRequest>(JobId, const ProgressSink&, std::stop_token)>;
  JobId submit(RequestMaker makeRequest, JobCallbacks callbacks);
  /// Returns at once. A waiting job is dropped, a running one is asked to stop.
  void cancel(JobId job);
  /// Waiting and running.
  [[nodiscard]] int pendingJobs() const;

 private:
  struct State;
  struct Job;
  JobId enqueue(std::unique_ptr<Job> job);
  std::unique_ptr<State> state_;
};

}  // namespace kinescore
