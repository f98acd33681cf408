// A small network over made-up walks: big enough to have every part, small enough for tests.
#pragma once

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "engine/core/random.h"
#include "engine/network/kinescore_network.h"
#include "engine/network/weights.h"

namespace kinescore {

/// A walk on a curve with swinging limbs, different for each seed.
inline Motion smallWalk(int frames, std::uint64_t seed) {
  CounterRandom random(seed, 77);
  const float pace = float(random.uniform(0.15, 0.3)), reach = float(random.uniform(0.3, 0.8));
  const float speed = float(random.uniform(0.01, 0.04)), bend = float(random.uniform(-0.01, 0.01));
  const float sway = float(random.uniform(0, 0.5)), swayPace = float(random.uniform(0.02, 0.06));
  Motion motion;
  float x = 0, z = 0;
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    const float s = std::sin(f * pace), heading = bend * f + sway * std::sin(f * swayPace);
    x += speed * std::sin(heading);
    z += speed * std::cos(heading);
    pose.rootPosition = {x, kRestRootHeight + 0.02f * std::cos(2 * f * pace), z};
    pose.localRotations[kHips] = glm::angleAxis(heading, glm::vec3(0, 1, 0));
    pose.localRotations[kLeftUpLeg] = glm::angleAxis(reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kRightUpLeg] = glm::angleAxis(-reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kLeftArm] = glm::angleAxis(-reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kRightArm] = glm::angleAxis(reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kSpine1] = glm::angleAxis(0.1f * s, glm::vec3(0, 1, 0));
    motion.appendPose(pose);
  }
  return motion;
}

/// Features of a walk in the space of its first frame, not normalised.
inline MotionFeatures smallWindow(int frames, std::uint64_t seed) {
  MotionFeatures features = featuresFromMotion(smallWalk(frames, seed));
  moveToWindow(features.values, spaceOfFrame(features.values));
  return features;
}

/// Joints of features in the space they are in, metres, 22 a frame.
inline std::vector<glm::vec3> jointsOfFeatures(std::span<const float> values) {
  std::vector<glm::vec3> joints;
  for (std::size_t at = 0; at < values.size(); at += kFeatureCount) {
    const float* v = values.data() + at;
    const float length = std::hypot(v[kHeadingChannel], v[kHeadingChannel + 1]);
    const float c = v[kHeadingChannel] / length, s = v[kHeadingChannel + 1] / length;
    for (int j = 0; j < kJointCount22; ++j) {
      const float* p = v + kPositionChannel + 3 * j;
      joints.push_back({v[0] + c * p[0] + s * p[2], p[1], v[2] - s * p[0] + c * p[2]});
    }
  }
  return joints;
}

inline NetworkConfig smallConfig() {
  NetworkConfig config;
  config.width = 32;
  config.layers = 2;
  config.heads = 2;
  config.feedForward = 2;
  config.referenceWidth = 32;
  config.referenceLayers = 1;
  config.narrowFrames = 12;
  return config;
}

/// The output is not zero, so that what enters shows in what comes out.
inline void makeTalkative(ModelParts& parts) {
  CounterRandom random(9);
  for (const ParameterSpec& spec : parts.specs) {
    if (spec.name != "output.weight" && spec.name != "reference.gate" && spec.name != "smooth" &&
        spec.name != "gate.weight" && spec.name != "senses.1.weight" && spec.name != "draft.1.weight") {
      continue;
    }
    float* values = parts.values.data_ptr<float>() + spec.offset;
    for (std::int64_t i = 0; i < spec.count(); ++i) values[i] = float(0.1 * random.normal());
  }
}

/// `talkative`: the output is not zero, so that what enters shows in what comes out.
inline ModelParts smallModel(bool talkative = true) {
  constexpr int kWindows = 80;
  std::vector<MotionFeatures> windows;
  for (int i = 0; i < kWindows; ++i) windows.push_back(smallWindow(kWindowFrames, 100 + i));
  ModelParts parts;
  parts.config = smallConfig();
  parts.statistics = measureStatistics(windows);
  at::Tensor all = at::empty({kWindows, kWindowFrames, kFeatureCount});
  for (int i = 0; i < kWindows; ++i) {
    parts.statistics.normalise(windows[i].values);
    std::copy(windows[i].values.begin(), windows[i].values.end(),
              all.data_ptr<float>() + std::int64_t(i) * kWindowFrames * kFeatureCount);
  }
  parts.prior = measurePrior(all, at::full({kWindows}, std::int64_t(kWindowFrames), at::kLong), parts.statistics);
  parts.specs = networkParameters(parts.config);
  parts.values = startingParameters(parts.specs, 3);
  if (talkative) makeTalkative(parts);
  return parts;
}

/// A second network for loud noise beside `parts`: four pairs of frames a token.
inline ModelParts smallCoarse(const ModelParts& parts) {
  ModelParts coarse = parts;
  coarse.config.tokenPatches = 4;
  coarse.config.directions = 24;
  coarse.specs = networkParameters(coarse.config);
  coarse.values = startingParameters(coarse.specs, 5);
  makeTalkative(coarse);
  return coarse;
}

inline KinescoreNetwork networkOf(const ModelParts& parts) {
  return {parts.config, parts.prior, viewsOf(parts.specs, parts.values)};
}

inline TextTokens smallText(std::uint64_t seed, int start, int end) {
  CounterRandom random(seed, 5);
  TextTokens text;
  text.startFrame = start;
  text.endFrame = end;
  text.sides = {Side::None, Side::Left, Side::None};
  for (int i = 0; i < 3 * kTextWidth; ++i) text.tokens.push_back(float(0.3 * random.normal()));
  for (int i = 0; i < kTextWidth; ++i) text.sentence.push_back(float(random.normal() / std::sqrt(double(kTextWidth))));
  return text;
}

/// Normalised clean window [1][frames][273] and its noisy version at a level.
inline at::Tensor cleanWindow(const ModelParts& parts, int frames, std::uint64_t seed) {
  MotionFeatures window = smallWindow(frames, seed);
  parts.statistics.normalise(window.values);
  return at::tensor(at::ArrayRef<float>(window.values)).view({1, frames, kFeatureCount});
}

inline at::Tensor noisyWindow(const at::Tensor& clean, double logSnr, std::uint64_t seed) {
  CounterRandom random(seed, 6);
  at::Tensor noise = at::empty_like(clean);
  for (std::int64_t i = 0; i < noise.numel(); ++i) noise.data_ptr<float>()[i] = float(random.normal());
  const double signal = 1 / (1 + std::exp(-logSnr));
  return clean * std::sqrt(signal) + noise * std::sqrt(1 - signal);
}

inline at::Tensor denoiseOne(const KinescoreNetwork& network, const WindowConditions& conditions,
                             const at::Tensor& noisy, double logSnr) {
  at::NoGradGuard noGradients;
  const WindowConditions* windows[] = {&conditions};
  return network.denoise(network.prepare(gatherInputs(windows)), noisy, at::full({1}, logSnr));
}

}  // namespace kinescore
