#include "engine/network/detached_job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace kinescore {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

GeneratedMotion answerOf(int evaluations) {
  GeneratedMotion result;
  result.networkEvaluations = evaluations;
  return result;
}

TEST(DetachedJob, AnswersAndTellsProgressOnTheCallersThread) {
  DetachedJob job;
  const auto here = std::this_thread::get_id();
  std::thread::id there;
  std::vector<int> steps;
  const auto result = job.run(
      [&](const ProgressSink& progress, std::stop_token) -> Result<GeneratedMotion> {
        there = std::this_thread::get_id();
        progress({.phase = GenerationProgress::Phase::Sampling, .step = 7});
        return answerOf(3);
      },
      [&](const GenerationProgress& p) {
        EXPECT_EQ(std::this_thread::get_id(), here);
        steps.push_back(p.step);
      },
      {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->networkEvaluations, 3);
  EXPECT_EQ(steps, (std::vector<int>{7}));
  EXPECT_NE(there, here);
}

TEST(DetachedJob, IsLeftAtOnceWhileItsWorkGoesOn) {
  DetachedJob job;
  std::atomic<bool> ended = false;
  std::stop_source stop;
  stop.request_stop();
  const auto begin = Clock::now();
  const auto result = job.run(
      [&](const ProgressSink&, std::stop_token token) -> Result<GeneratedMotion> {
        std::this_thread::sleep_for(400ms);  // as a large network between two looks at the token
        EXPECT_TRUE(token.stop_requested());
        ended = true;
        return answerOf(1);
      },
      {}, stop.get_token());
  EXPECT_LT(Clock::now() - begin, 200ms);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_FALSE(ended);
  const auto next = job.run(
      [&](const ProgressSink&, std::stop_token) -> Result<GeneratedMotion> {
        EXPECT_TRUE(ended) << "one after the other";
        return answerOf(2);
      },
      {}, {});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->networkEvaluations, 2) << "not the answer of the one that was left";
}

TEST(DetachedJob, WhatIsThrownBecomesASentence) {
  DetachedJob job;
  const auto result = job.run(
      [](const ProgressSink&, std::stop_token) -> Result<GeneratedMotion> {
        throw std::runtime_error("why\nmore");
      },
      {}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "The network could not be run: why");
  EXPECT_EQ(result.error().code, ErrorCode::EngineFailed);
}

}  // namespace
}  // namespace kinescore
