// Looks at what a network has learned: its error on held-out motion, whether it lets almost clean
// motion through, and what it makes of the fixed prompts.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/motion/motion.h"
#include "engine/network/kinescore_network.h"
#include "engine/network/weights.h"
#include "engine/torch_runtime/torch_runtime.h"
#include "engine/train/condition_draws.h"
#include "engine/train/training_data.h"

namespace kinescore {

/// How well clean motion is seen at one noise level.
struct DenoiserReading {
  double logSnr = 0;
  double featureLoss = 0;         // as in training, unweighted
  double jointErrorCm = 0;        // joints by kinematics, about the root
  double worldErrorCm = 0;        // the same in the window's space
  double velocityEnergy = 0;      // of the prediction over the truth's; 1 = neither slow nor shaky
  double velocityCorrelation = 0;
  double footSpeed = 0;           // cm/s over the floor, of joints that stand in the capture
  double footHeightErrorCm = 0;   // of the same joints
};
/// What `draws` says (plainly, see DrawOptions) over the same crops each time: `crops` of `frames` frames.
[[nodiscard]] std::vector<DenoiserReading> readDenoiser(const KinescoreNetwork& network,
                                                        const FeatureStatistics& statistics,
                                                        const TrainingData& data, int crops, int frames,
                                                        const std::vector<double>& logSnrs,
                                                        DrawOptions draws = {});

struct PromptedMotions {
  std::vector<Motion> motions;   // [prompts], first seed
  double rootSpeed = 0;          // m/s, smoothed root, mean
  double poseSpeed = 0;          // m/s, joints about the root, mean
  double diversity = 0;          // m, mean joint distance between two seeds, about the root
};
/// `seconds` of each prompt with two seeds: DPM-Solver++(2M), guidance 2. An empty answer after a stop.
[[nodiscard]] Result<PromptedMotions> performPrompts(TorchRuntime& runtime, const ModelParts& parts,
                                                     const std::vector<TextTokens>& prompts, double seconds, int steps,
                                                     std::stop_token stop);
/// Root and pose speed of captured motion, in the same way.
void motionSpeeds(std::span<const float> worldFeatures, double& rootSpeed, double& poseSpeed);

}  // namespace kinescore
