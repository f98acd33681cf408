// What the network said, in the terms of a body: seen from the camera and in the world, with standing feet fixed
// (gem.md 2.6 – 2.8 and 6).
#pragma once

#include <span>
#include <vector>

#include "engine/network/gem/camera.h"
#include "engine/network/gem/contact_fix.h"
#include "engine/network/gem/sampler.h"
#include "engine/network/gem/world.h"

namespace kinescore::gem {

/// The network's outputs of one clip, frame by frame, on the CPU.
struct ClipPrediction {
  std::vector<MotionVector> motion;  // normalised
  std::vector<glm::vec3> camera;     // s, tx, ty
  std::vector<ContactLogits> contacts;
};
/// Clip `row` of a prediction; its first `frames` frames.
[[nodiscard]] ClipPrediction predictionOfClip(const Prediction& prediction, std::int64_t row, std::int64_t frames);

/// Of the video a clip was seen in, frame by frame.
struct CameraTrack {
  std::vector<PersonBox> boxes;
  std::vector<Intrinsics> intrinsics;
  std::vector<SixD> velocity;  // raw
};

struct EstimateOptions {
  GravityAxis gravityAxis = GravityAxis::Up;
  bool fixesContacts = true;
};

struct Estimate {
  DecodedMotion decoded;
  SmplMotion camera;  // in the space of each frame's camera
  SmplMotion world;   // y-up
};
/// Fixing contacts replaces the body pose in all three and the translation in the world.
[[nodiscard]] Estimate estimateOf(const ClipPrediction& prediction, const CameraTrack& track, const BodyModel& body,
                                  const MotionStatistics& statistics, const EstimateOptions& options = {});

}  // namespace kinescore::gem
