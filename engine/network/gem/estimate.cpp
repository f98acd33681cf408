#include "engine/network/gem/estimate.h"

#include <algorithm>
#include <cassert>

#include <ATen/ATen.h>

namespace kinescore::gem {
namespace {

// [frames][N] of a row, as arrays of N floats.
template <class Frame>
std::vector<Frame> framesOfRow(const at::Tensor& values, std::int64_t row, std::int64_t frames) {
  const at::Tensor part = values[row].narrow(0, 0, frames).to(at::kCPU, at::kFloat).contiguous();
  const std::int64_t width = part.size(1);
  std::vector<Frame> result(static_cast<std::size_t>(frames));
  for (std::int64_t t = 0; t < frames; ++t) {
    std::copy_n(part.const_data_ptr<float>() + t * width, width, &result[std::size_t(t)][0]);
  }
  return result;
}

void fixContacts(const BodyModel& body, std::span<const ContactLogits> contacts, Estimate& estimate) {
  const std::vector<glm::vec3> path = contactTranslation(body, estimate.world, contacts);
  for (std::size_t t = 0; t < path.size(); ++t) estimate.world[t].translation = path[t];
  const auto poses = contactPoses(body, estimate.world, contacts);
  for (std::size_t t = 0; t < poses.size(); ++t) {
    estimate.world[t].bodyPose = estimate.camera[t].bodyPose = estimate.decoded[t].bodyPose = poses[t];
  }
}

}  // namespace

ClipPrediction predictionOfClip(const Prediction& prediction, std::int64_t row, std::int64_t frames) {
  return {framesOfRow<MotionVector>(prediction.motion, row, frames),
          framesOfRow<glm::vec3>(prediction.camera, row, frames),
          framesOfRow<ContactLogits>(prediction.contacts, row, frames)};
}

Estimate estimateOf(const ClipPrediction& prediction, const CameraTrack& track, const BodyModel& body,
                    const MotionStatistics& statistics, const EstimateOptions& options) {
  const std::size_t frames = prediction.motion.size();
  assert(track.boxes.size() >= frames && track.intrinsics.size() >= frames && track.velocity.size() >= frames);
  Estimate estimate;
  estimate.decoded = decodeMotion(prediction.motion, statistics);
  for (std::size_t t = 0; t < frames; ++t) {
    const DecodedFrame& frame = estimate.decoded[t];
    estimate.camera.push_back(
        {frame.bodyPose, frame.shape, frame.orientCamera,
         translationOfCameraHead(prediction.camera[t], track.boxes[t], track.intrinsics[t])});
  }
  const auto velocity = std::span(track.velocity).first(frames);
  estimate.world = worldMotion(estimate.decoded, worldRollout(estimate.decoded, velocity, options.gravityAxis));
  if (options.fixesContacts) fixContacts(body, prediction.contacts, estimate);
  return estimate;
}

}  // namespace kinescore::gem
