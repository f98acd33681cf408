// The Kinescore denoiser: a rotary transformer over pairs of frames (or groups of pairs) that says what clean motion it
// sees in a noisy one (x0), under texts, references and constraints.
//
//   pose = closed-form estimate (MotionPrior) · gate(log-SNR, text) + its deviation · F(noisy, log-SNR, conditions)
//   root = the sum of the pose's steps, pulled to where the root was seen or given, + deviation · F
//
// F is the transformer. The estimate is the best for all motion there is; the gate, one factor a
// principal direction, makes it the best for what the text names: walking arms stray less than arms do.
// What F says about the root is smoothed as the root itself is. Texts reach it three ways: as tokens by
// cross-attention where they cover a token, as a pooled sentence with the progress inside the text that
// modulates every layer (AdaLN), and added to the input. Constraints are added to the input; frames known
// whole also replace the noisy input. References (clips) share the queries and the output of the text
// attention. Rhythm and view are added to the input by a small network of their own, a draft by another: a trained
// one can be given them afterwards, since what they say starts at zero.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include "engine/network/layers.h"
#include "engine/network/motion_prior.h"
#include "engine/network/network_config.h"
#include "engine/network/network_inputs.h"
#include "engine/network/parameters.h"
#include "engine/network/target_pull.h"

namespace kinescore {

constexpr int kWorldWidth = 4 * kJointCount22 + 7 * kJointCount22 + 3 + 3 + 2 + 8;
constexpr int kSenseWidth = kRhythmChannels + 1 + kViewChannels + 1;
constexpr int kDraftWidth = kDraftChannels + 1;
constexpr int kSenseHidden = 256;      // of rhythm and view, and of a draft
constexpr int kPositionFeatures = 16;  // where in the window a token stands
/// What enters anew at every noise level: the estimate of the pose over the window and from each patch alone,
/// of the root and its speed, and how the targets lie as seen from that root.
constexpr int kRootInputs = kRootChannels + 4;
constexpr int kTargetInputs = 9 * kJointCount22;
constexpr int kTimeFeatures = 64;
constexpr int kProgressFeatures = 4;
constexpr int kLayerModulations = 6;                  // shift, scale, gate of two branches
constexpr int kModulations = kLayerModulations + 2;   // and shift, scale before the output

/// Frames a token.
[[nodiscard]] inline int tokenFrames(const NetworkConfig& config) { return config.tokenPatches * kPatchFrames; }
/// Principal directions of a patch that a token takes in and gives out, those that move most first.
[[nodiscard]] inline int toldDirections(const NetworkConfig& config) {
  return config.directions > 0 ? std::min(config.directions, kPosePatch) : kPosePatch;
}
/// Numbers a token takes in once a window, takes in at every level, and gives out.
[[nodiscard]] inline int conditionWidth(const NetworkConfig& config) {
  return tokenFrames(config) * (kFeatureCount + 1 + kWorldWidth) + kPositionFeatures;
}
[[nodiscard]] inline int stepWidth(const NetworkConfig& config) {
  return config.tokenPatches * (2 * toldDirections(config) + kPatchFrames * (kRootInputs + kTargetInputs));
}
[[nodiscard]] inline int patchOutput(const NetworkConfig& config) {
  return toldDirections(config) + kPatchFrames * kRootChannels;
}

/// What of a window does not depend on the noise level: computed once a window.
struct NetworkContext {
  std::int64_t batch = 0, patches = 0, tokens = 0;
  bool padded = false, hasReferences = false;
  bool hasKnown = false;            // some frame is known whole
  PoseSpectrum spectrum;
  at::Tensor valid, lastFrame, known, knownMask;
  at::Tensor exactRoot, exactRootMask;          // [B][T][kRootChannels] normalised
  at::Tensor targetPosition, targetPositionMask;  // [B][T][3][22] metres, [B][T][1][22]
  at::Tensor targetRotation, targetRotationMask;  // [B][T][6][22], [B][T][1][22]
  JointTargets targets;
  double lookShare = 1;             // of what the network adds to the linear look in pure noise
  at::Tensor rootDefinition, rootSmoothing, headingSmoothing;   // [B or 1][T][T] rows sum to 1 over valid frames
  at::Tensor tokenInput;            // [B][N][W] conditions and sentences, to be added to the input
  at::Tensor sentence;              // [B][N][W] for the modulation, with the quality
  at::Tensor wideMask, narrowMask;  // [B or 1][1][N][N]
  at::Tensor cosine, sine;          // [N][1][head / 2]
  std::vector<at::Tensor> textKeys, textValues;            // a layer: [B][H][K + 1][head]
  at::Tensor shown;                 // [R] int64, the windows that are shown references; what follows is theirs alone
  std::vector<at::Tensor> referenceKeys, referenceValues;  // a layer: [R][H][M][head]
  at::Tensor textBias, referenceBias, referenceGiven;
};

/// What is asked of it in pure noise, an estimate: above this there is something to see.
constexpr double kLookBelow = -11.5;

/// Thins out activations in training; its own random stream, so that threads do not share one.
struct Dropout {
  double rate = 0;
  at::Generator generator;
};

class KinescoreNetwork {
 public:
  KinescoreNetwork(const NetworkConfig& config, MotionPrior prior, const ParameterMap& parameters);

  [[nodiscard]] NetworkContext prepare(const NetworkInputs& inputs) const;
  /// noisy [B][T][273] normalised, logSnr [B]; answers [B][T][273]. `stopped` is asked between the
  /// blocks; an undefined tensor comes back once it says yes.
  [[nodiscard]] at::Tensor denoise(const NetworkContext& context, const at::Tensor& noisy,
                                   const at::Tensor& logSnr, const Dropout* dropout = nullptr,
                                   const std::function<bool()>& stopped = {}) const;

  [[nodiscard]] const NetworkConfig& config() const { return config_; }

 private:
  struct Layer {
    at::Tensor modulationBias;
    Linear qkv, selfOut, query, crossOut, feed0, feed1;
    Norm crossNorm;
  };
  struct ReferenceLayer {
    Norm norm0, norm1;
    Linear qkv, out, feed0, feed1;
  };

  /// [B][patches][C] as [B][tokens][patches of a token · C], the last token filled up with zeros; and back.
  [[nodiscard]] at::Tensor byToken(const at::Tensor& patches, const NetworkContext& context) const;
  [[nodiscard]] at::Tensor byPatch(const at::Tensor& tokens, const NetworkContext& context) const;
  void prepareTexts(const NetworkInputs& inputs, NetworkContext& context) const;
  void prepareReferences(const NetworkInputs& inputs, NetworkContext& context) const;
  void prepareMasks(const NetworkInputs& inputs, NetworkContext& context) const;
  void prepareExact(const NetworkInputs& inputs, NetworkContext& context) const;
  [[nodiscard]] at::Tensor rootAndTargets(const RootEstimate& root, const NetworkContext& context) const;
  [[nodiscard]] at::Tensor selfAttention(const Layer& layer, const at::Tensor& x, const NetworkContext& context,
                                         bool narrow) const;
  [[nodiscard]] at::Tensor crossAttention(int index, const at::Tensor& x, const NetworkContext& context) const;
  [[nodiscard]] at::Tensor trackOfPose(const at::Tensor& pose, const at::Tensor& heading, const RootEstimate& root,
                                       const NetworkContext& context) const;
  [[nodiscard]] at::Tensor smoothOverSeams(const at::Tensor& clean, const NetworkContext& context) const;

  NetworkConfig config_;
  MotionPrior prior_;
  at::Tensor inputScale_;  // [kPosePatch] how loud each direction enters
  Linear input_, condition_, senses0_, senses1_, draft0_, draft1_, time0_, time1_, textToken_, textSentence_, textPool_, textInput_, textKv_,
      modulation_, gate_, output_, referenceInput_, referenceKv_;
  Norm textNorm_, referenceNorm_;
  at::Tensor quality_, textSide_, textNull_, sentenceSide_, progress_, textNone_, finalBias_, smooth_,
      referenceGate_;
  std::vector<Layer> layers_;
  std::vector<ReferenceLayer> referenceLayers_;
};

}  // namespace kinescore
