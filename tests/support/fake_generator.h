// An instant, deterministic MotionGenerator for tests of everything around the engine: a figure that
// sways and walks along the path, strikes the asked poses, and copies its base outside a range.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <thread>

#include <glm/gtc/quaternion.hpp>

#include "engine/core/random.h"
#include "engine/generation/motion_generator.h"

namespace kinescore {

class FakeGenerator final : public MotionGenerator {
 public:
  int steps = 4;
  std::chrono::milliseconds stepTime{0};  // how long a step takes; polls `stop` every millisecond
  std::optional<Error> failure;           // answered after the last step
  std::vector<std::string> library;       // clips that each prompt is shown, unless they are forbidden
  int calls = 0;

  Result<GeneratedMotion> generate(const GenerationRequest& request, const ProgressSink& progress,
                                   std::stop_token stop) override {
    ++calls;
    if (Status checked = checkRequest(request); !checked) return checked.error();
    for (int i = 0; i < steps; ++i) {
      if (progress) {
        progress({.phase = GenerationProgress::Phase::Sampling, .step = i, .steps = steps,
                  .fraction = double(i) / steps,
                  .secondsLeft = i == 0 ? -1 : std::chrono::duration<double>(stepTime).count() * (steps - i)});
      }
      const auto end = std::chrono::steady_clock::now() + stepTime;
      do {
        if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Generating was cancelled"};
        if (stepTime.count() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      } while (std::chrono::steady_clock::now() < end);
    }
    if (failure) return *failure;
    GeneratedMotion result;
    result.motion = std::make_shared<const Motion>(perform(request));
    result.modelHash = "fake";
    result.precisionPath = "cpu-fp32";
    result.deviceName = "a test";
    result.networkEvaluations = steps;
    result.report.lines.push_back({false, "Performed by the test's generator", "", std::nullopt});
    for (const TextRequest& text : request.texts) {
      for (const std::string& clip : library) {
        const bool isPinned = std::any_of(request.wishes.pins.begin(), request.wishes.pins.end(),
                                          [&](const ReferencePin& pin) { return pin.clipId == clip && pin.prompt == text.prompt; });
        if (request.wishes.forbids(clip)) continue;
        result.report.references.push_back({text.prompt, clip, {{0}, ticksFromSeconds(1)}, false, isPinned});
      }
    }
    if (progress) progress({.phase = GenerationProgress::Phase::Done, .step = steps, .steps = steps, .fraction = 1});
    return result;
  }

  std::string describe() const override { return "CPU · fake"; }

 private:
  static Motion perform(const GenerationRequest& request) {
    Motion motion;
    const std::int64_t frames = request.frameCount();
    motion.resize(frames);
    motion.contacts.assign(std::size_t(frames) * 4, 0);
    for (std::int64_t f = 0; f < frames; ++f) {
      Pose pose = restPose(*motion.skeleton);
      const float phase = float(f) * 0.2f + normalNoise(request.seed, 0, 0);
      pose.rootPosition.z += 0.03f * float(f);
      pose.localRotations[kLeftArm] = glm::angleAxis(-1.2f + 0.2f * std::sin(phase), glm::vec3(0, 0, 1));
      pose.localRotations[kRightArm] = glm::angleAxis(1.2f - 0.2f * std::sin(phase), glm::vec3(0, 0, 1));
      pose.localRotations[kLeftUpLeg] = glm::angleAxis(0.4f * std::sin(phase), glm::vec3(1, 0, 0));
      pose.localRotations[kRightUpLeg] = glm::angleAxis(-0.4f * std::sin(phase), glm::vec3(1, 0, 0));
      motion.setPose(f, pose);
      motion.contacts[std::size_t(f) * 4 + (std::sin(phase) > 0 ? 1 : 3)] = 1;
    }
    for (const PoseKeyRequest& key : request.poses) {
      motion.setPose(std::min(nearestFrame(key.time, kEngineRate), frames - 1), key.pose);
    }
    if (request.range && request.base) {
      for (std::int64_t f = 0; f < frames; ++f) {
        if (request.range->contains(f)) continue;
        motion.setPose(f, request.base->pose(f));
        if (request.base->contacts.empty()) continue;
        std::copy_n(request.base->contacts.begin() + f * 4, 4, motion.contacts.begin() + f * 4);
      }
    }
    return motion;
  }
};

}  // namespace kinescore
