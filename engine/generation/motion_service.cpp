#include "engine/generation/motion_service.h"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "engine/generation/engine_failure.h"
#include "engine/generation/parts.h"

namespace kinescore {
namespace {

constexpr int kNiceness = 5;

/// The window's thread goes first: what it does is short, and generating takes every core for seconds. Threads that this
/// one makes follow it.
void stepBack() {
#ifdef __linux__
  ::setpriority(PRIO_PROCESS, id_t(::syscall(SYS_gettid)), kNiceness);
#endif
}

Error cancelledError() { return {ErrorCode::Cancelled, "Generating was cancelled"}; }

}  // namespace

struct MotionService::Job {
  JobId id = 0;
  GenerationRequest request;
  RequestMaker makeRequest;  // empty: `request` is what is asked
  JobCallbacks callbacks;
  std::stop_source stop;
};

struct MotionService::State {
  explicit State(GeneratorFactory make) : makeGenerator(std::move(make)) {}

  void run();
  void perform(Job& job);
  Result<GeneratedMotion> generate(Job& job);

  GeneratorFactory makeGenerator;
  std::unique_ptr<MotionGenerator> generator;  // touched by the thread alone

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<Job>> waiting;
  std::stop_source runningStop;
  JobId runningId = 0;  // 0: idle
  JobId lastId = 0;
  GeneratorFactory other;  // to be used from the next job on; empty: no change
  bool closing = false;
  std::thread thread;
};

void MotionService::State::run() {
  for (;;) {
    std::unique_ptr<Job> job;
    bool isOther = false;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return closing || !waiting.empty(); });
      if (waiting.empty()) return;
      // What was cancelled while it waited is answered first.
      auto next = std::find_if(waiting.begin(), waiting.end(),
                               [](const auto& j) { return j->stop.stop_requested(); });
      if (next == waiting.end()) next = waiting.begin();
      job = std::move(*next);
      waiting.erase(next);
      if (closing) job->stop.request_stop();
      runningStop = job->stop;
      runningId = job->id;
      if (other) {
        makeGenerator = std::exchange(other, nullptr);
        isOther = true;
      }
    }
    if (isOther) generator.reset();
    perform(*job);
  }
}

void MotionService::State::perform(Job& job) {
  Result<GeneratedMotion> result = job.stop.stop_requested() ? cancelledError() : generate(job);
  // A result that came although the job was cancelled meanwhile is not wanted any more.
  if (result && job.stop.stop_requested()) result = cancelledError();
  {
    const std::lock_guard lock(mutex);
    runningId = 0;
  }
  if (job.callbacks.onFinished) job.callbacks.onFinished(job.id, std::move(result));
}

Result<GeneratedMotion> MotionService::State::generate(Job& job) {
  const ProgressSink report = [&job](const GenerationProgress& progress) {
    if (job.callbacks.onProgress && !job.stop.stop_requested()) job.callbacks.onProgress(job.id, progress);
  };
  // Whatever a library throws (memory, a device that vanished) ends this job only.
  try {
    if (job.makeRequest) {
      Result<GenerationRequest> asked = job.makeRequest(job.id, report, job.stop.get_token());
      if (!asked) return asked.error();
      job.request = *std::move(asked);
    }
    if (!generator) {
      report({.phase = GenerationProgress::Phase::Loading});
      Result<std::unique_ptr<MotionGenerator>> made = makeGenerator();
      if (!made) return made.error();  // the next job tries again
      assert(*made);
      generator = std::move(*made);
    }
    return generateInParts(*generator, job.request, report, job.stop.get_token());
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::EngineFailed, "There is not enough memory to generate this; close other programs or shorten it"};
  } catch (const std::exception& e) {
    return engineFailure("The engine failed", e.what());
  }
}

MotionService::MotionService(GeneratorFactory makeGenerator)
    : state_(std::make_unique<State>(std::move(makeGenerator))) {
  state_->thread = std::thread([state = state_.get()] {
    stepBack();
    state->run();
  });
}

MotionService::~MotionService() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
    for (const auto& job : state_->waiting) job->stop.request_stop();
    state_->runningStop.request_stop();
  }
  state_->wake.notify_all();
  state_->thread.join();
}

void MotionService::useGenerator(GeneratorFactory makeGenerator) {
  assert(makeGenerator);
  const std::lock_guard lock(state_->mutex);
  state_->other = std::move(makeGenerator);
}

JobId MotionService::submit(GenerationRequest request, JobCallbacks callbacks) {
  auto job = std::make_unique<Job>();
  job->request = std::move(request);
  job->callbacks = std::move(callbacks);
  return enqueue(std::move(job));
}

JobId MotionService::submit(RequestMaker makeRequest, JobCallbacks callbacks) {
  assert(makeRequest);
  auto job = std::make_unique<Job>();
  job->makeRequest = std::move(makeRequest);
  job->callbacks = std::move(callbacks);
  return enqueue(std::move(job));
}

JobId MotionService::enqueue(std::unique_ptr<Job> job) {
  JobId id;
  {
    const std::lock_guard lock(state_->mutex);
    id = job->id = ++state_->lastId;
    state_->waiting.push_back(std::move(job));
  }
  state_->wake.notify_one();
  return id;
}

void MotionService::cancel(JobId id) {
  const std::lock_guard lock(state_->mutex);
  if (state_->runningId == id) state_->runningStop.request_stop();
  for (const auto& job : state_->waiting) {
    if (job->id == id) job->stop.request_stop();
  }
}

int MotionService::pendingJobs() const {
  const std::lock_guard lock(state_->mutex);
  const auto alive = std::count_if(state_->waiting.begin(), state_->waiting.end(),
                                   [](const auto& job) { return !job->stop.stop_requested(); });
  return static_cast<int>(alive) + (state_->runningId != 0 ? 1 : 0);
}

}  // namespace kinescore
