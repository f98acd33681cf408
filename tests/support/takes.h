// Takes and requests made to order, without an engine.
#pragma once

#include "engine/request/take.h"
#include "tests/support/motions.h"

namespace kinescore {

/// One prompt over ten seconds.
inline GenerationRequest walkRequest() {
  GenerationRequest request;
  request.texts.push_back({request.span, "walk forward"});
  return request;
}

/// What a generator might have answered.
inline GeneratedMotion generatedMotion(std::int64_t frames, std::uint64_t seed = 1) {
  GeneratedMotion result;
  result.motion = std::make_shared<const Motion>(swayingMotion(frames, seed));
  result.report.lines.push_back({true, "Right hand 2.1 cm off its pose", "Frame 214. Tolerance is 1 cm.", 214});
  result.report.keyErrorMeanMeters = 0.0071;
  result.report.nearestClipId = "walk-04";
  result.report.nearestClipMeters = 0.083;
  result.modelHash = "modelhash";
  result.precisionPath = "cpu-fp32";
  result.deviceName = "a test";
  result.networkEvaluations = 16;
  result.seconds = 1.5;
  return result;
}

inline std::shared_ptr<const Take> takeOf(std::uint64_t seed, int number = 1) {
  GenerationRequest request = walkRequest();
  request.seed = seed;
  return makeTake(request, generatedMotion(300, seed), nullptr, number);
}

}  // namespace kinescore
