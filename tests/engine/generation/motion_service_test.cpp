#include "engine/generation/motion_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "tests/support/fake_generator.h"

namespace kinescore {
namespace {

using namespace std::chrono_literals;

GenerationRequest someRequest(std::uint64_t seed = 1) {
  GenerationRequest request;
  request.span.end = ticksFromSeconds(2);
  request.texts.push_back({request.span, "walk forward", BodyPart::Whole, {}});
  request.seed = seed;
  return request;
}

/// Collects what the service says, from whichever thread.
class Listener {
 public:
  JobCallbacks callbacks() {
    return {[this](JobId id, const GenerationProgress&) {
              const std::lock_guard lock(mutex_);
              ++progress_[id];
              changed_.notify_all();
            },
            [this](JobId id, Result<GeneratedMotion> result) {
              const std::lock_guard lock(mutex_);
              order_.push_back(id);
              results_[id].push_back(result ? std::nullopt : std::optional(result.error()));
              changed_.notify_all();
            }};
  }
  bool waitFinished(JobId id, std::chrono::milliseconds limit = 20s) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return results_.contains(id); });
  }
  bool waitProgress(JobId id) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return progress_.contains(id); });
  }
  int answers(JobId id) {
    const std::lock_guard lock(mutex_);
    return int(results_[id].size());
  }
  std::optional<Error> error(JobId id) {
    const std::lock_guard lock(mutex_);
    return results_.at(id).front();
  }
  std::vector<JobId> order() {
    const std::lock_guard lock(mutex_);
    return order_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<JobId, int> progress_;
  std::map<JobId, std::vector<std::optional<Error>>> results_;
  std::vector<JobId> order_;
};

MotionService::GeneratorFactory factoryOf(std::chrono::milliseconds stepTime) {
  return [stepTime]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->stepTime = stepTime;
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  };
}

TEST(MotionService, JobsRunInOrderAndAnswerOnce) {
  Listener listener;
  MotionService service(factoryOf(0ms));
  std::vector<JobId> jobs;
  for (int i = 0; i < 5; ++i) jobs.push_back(service.submit(someRequest(i), listener.callbacks()));
  for (JobId job : jobs) {
    ASSERT_TRUE(listener.waitFinished(job));
    EXPECT_FALSE(listener.error(job));
    EXPECT_EQ(listener.answers(job), 1);
  }
  EXPECT_EQ(listener.order(), jobs);
  EXPECT_EQ(service.pendingJobs(), 0);
}

TEST(MotionService, TheGeneratorIsMadeAtTheFirstJobOnTheServicesThread) {
  std::atomic<int> made = 0;
  std::thread::id maker;
  Listener listener;
  MotionService service([&]() -> Result<std::unique_ptr<MotionGenerator>> {
    ++made;
    maker = std::this_thread::get_id();
    return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(made, 0);
  ASSERT_TRUE(listener.waitFinished(service.submit(someRequest(), listener.callbacks())));
  ASSERT_TRUE(listener.waitFinished(service.submit(someRequest(), listener.callbacks())));
  EXPECT_EQ(made, 1);
  EXPECT_NE(maker, std::this_thread::get_id());
}

TEST(MotionService, AnotherEnginePerformsTheJobsThatHaveNotBegun) {
  Listener listener;
  MotionService service(factoryOf(50ms));
  const JobId old = service.submit(someRequest(), listener.callbacks());
  ASSERT_TRUE(listener.waitProgress(old));
  std::atomic<int> made = 0;
  service.useGenerator([&]() -> Result<std::unique_ptr<MotionGenerator>> {
    ++made;
    auto generator = std::make_unique<FakeGenerator>();
    generator->failure = Error{ErrorCode::EngineFailed, "the other one"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  const JobId next = service.submit(someRequest(), listener.callbacks());
  const JobId third = service.submit(someRequest(), listener.callbacks());
  ASSERT_TRUE(listener.waitFinished(third));
  EXPECT_FALSE(listener.error(old)) << "ends with the engine it began with";
  EXPECT_EQ(listener.error(next)->message, "the other one");
  EXPECT_EQ(listener.error(third)->message, "the other one");
  EXPECT_EQ(made, 1);
}

TEST(MotionService, CancellingTheRunningJobReturnsAtOnceAndAnswersOnce) {
  Listener listener;
  MotionService service(factoryOf(10s));
  const JobId job = service.submit(someRequest(), listener.callbacks());
  ASSERT_TRUE(listener.waitProgress(job));
  const auto start = std::chrono::steady_clock::now();
  service.cancel(job);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 100ms);
  ASSERT_TRUE(listener.waitFinished(job, 5s));  // long before the 40 s it would have taken
  EXPECT_EQ(listener.error(job)->code, ErrorCode::Cancelled);
  service.cancel(job);
  EXPECT_EQ(listener.answers(job), 1);
}

TEST(MotionService, ACancelledWaitingJobIsNeverRun) {
  Listener listener;
  auto generator = std::make_shared<FakeGenerator*>(nullptr);
  MotionService service([generator]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto made = std::make_unique<FakeGenerator>();
    made->stepTime = 20ms;
    *generator = made.get();
    return std::unique_ptr<MotionGenerator>(std::move(made));
  });
  const JobId first = service.submit(someRequest(1), listener.callbacks());
  ASSERT_TRUE(listener.waitProgress(first));
  const JobId second = service.submit(someRequest(2), listener.callbacks());
  const JobId third = service.submit(someRequest(3), listener.callbacks());
  EXPECT_EQ(service.pendingJobs(), 3);
  service.cancel(second);
  EXPECT_EQ(service.pendingJobs(), 2);
  ASSERT_TRUE(listener.waitFinished(third));
  ASSERT_TRUE(listener.waitFinished(second));
  EXPECT_FALSE(listener.error(first));
  EXPECT_EQ(listener.error(second)->code, ErrorCode::Cancelled);
  EXPECT_FALSE(listener.error(third));
  EXPECT_EQ((*generator)->calls, 2);
}

TEST(MotionService, AFailingFactoryFailsTheJobAndIsTriedAgain) {
  Listener listener;
  int tries = 0;
  MotionService service([&tries]() -> Result<std::unique_ptr<MotionGenerator>> {
    if (++tries == 1) return Error{ErrorCode::NotFound, "The weights are missing"};
    return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
  });
  const JobId first = service.submit(someRequest(), listener.callbacks());
  ASSERT_TRUE(listener.waitFinished(first));
  EXPECT_EQ(listener.error(first)->message, "The weights are missing");
  const JobId second = service.submit(someRequest(), listener.callbacks());
  ASSERT_TRUE(listener.waitFinished(second));
  EXPECT_FALSE(listener.error(second));
}

class ThrowingGenerator final : public MotionGenerator {
 public:
  Result<GeneratedMotion> generate(const GenerationRequest&, const ProgressSink&, std::stop_token) override {
    throw std::runtime_error("the card fell off the bus");
  }
  std::string describe() const override { return "CPU · throwing"; }
};

TEST(MotionService, AnExceptionIsAnErrorOfThatJobOnly) {
  Listener listener;
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> {
    return std::unique_ptr<MotionGenerator>(std::make_unique<ThrowingGenerator>());
  });
  for (int i = 0; i < 2; ++i) {
    const JobId job = service.submit(someRequest(), listener.callbacks());
    ASSERT_TRUE(listener.waitFinished(job));
    EXPECT_EQ(listener.error(job)->code, ErrorCode::EngineFailed);
    EXPECT_NE(listener.error(job)->message.find("fell off the bus"), std::string::npos);
  }
}

TEST(MotionService, ClosingAnswersEveryJob) {
  Listener listener;
  std::vector<JobId> jobs;
  {
    MotionService service(factoryOf(10s));
    for (int i = 0; i < 3; ++i) jobs.push_back(service.submit(someRequest(), listener.callbacks()));
    ASSERT_TRUE(listener.waitProgress(jobs[0]));
  }
  for (JobId job : jobs) {
    EXPECT_EQ(listener.answers(job), 1);
    EXPECT_EQ(listener.error(job)->code, ErrorCode::Cancelled);
  }
}

TEST(MotionService, ACallbackMaySubmitTheNextJob) {
  Listener listener;
  MotionService service(factoryOf(0ms));
  std::atomic<JobId> second = 0;
  service.submit(someRequest(), {{}, [&](JobId, Result<GeneratedMotion>) {
                                   second = service.submit(someRequest(), listener.callbacks());
                                 }});
  for (int i = 0; i < 2000 && second == 0; ++i) std::this_thread::sleep_for(1ms);
  ASSERT_NE(second, 0u);
  EXPECT_TRUE(listener.waitFinished(second));
}

// What a job asks may take time to find out: that is the job's time, on the service's thread.
TEST(MotionServiceTest, ARequestMayBeMadeWhenItsTurnComes) {
  Listener listener;
  std::atomic<std::uint64_t> seed = 0;
  const auto thisThread = std::this_thread::get_id();
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> {
    return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
  });
  const JobId first = service.submit(someRequest(), listener.callbacks());
  const JobId second = service.submit(
      [&](JobId id, const ProgressSink& report, std::stop_token) -> Result<GenerationRequest> {
        EXPECT_NE(std::this_thread::get_id(), thisThread);
        EXPECT_EQ(id, 2u);
        report({.phase = GenerationProgress::Phase::Listening});
        seed = 7;
        return someRequest(seed);
      },
      listener.callbacks());
  const JobId third = service.submit(
      [](JobId, const ProgressSink&, std::stop_token) -> Result<GenerationRequest> {
        return Error{ErrorCode::NotFound, "nothing is there"};
      },
      listener.callbacks());
  ASSERT_TRUE(listener.waitFinished(third));
  EXPECT_EQ(listener.order(), (std::vector<JobId>{first, second, third}));
  EXPECT_FALSE(listener.error(second));
  EXPECT_EQ(seed, 7u);
  ASSERT_TRUE(listener.error(third));
  EXPECT_EQ(listener.error(third)->message, "nothing is there");
}

TEST(MotionServiceTest, MakingARequestCanBeCancelled) {
  Listener listener;
  int calls = 0;
  MotionService service([&]() -> Result<std::unique_ptr<MotionGenerator>> {
    ++calls;
    return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
  });
  const JobId job = service.submit(
      [](JobId, const ProgressSink& report, std::stop_token stop) -> Result<GenerationRequest> {
        report({.phase = GenerationProgress::Phase::Listening});
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return Error{ErrorCode::Cancelled, "Listening was stopped."};
      },
      listener.callbacks());
  ASSERT_TRUE(listener.waitProgress(job));
  service.cancel(job);
  ASSERT_TRUE(listener.waitFinished(job));
  EXPECT_EQ(listener.error(job)->code, ErrorCode::Cancelled);
  EXPECT_EQ(calls, 0) << "no engine was needed";
}

}  // namespace
}  // namespace kinescore
