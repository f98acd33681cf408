// The GEM denoiser: from a noisy motion, a noise level and the conditions of a clip to the clean motion, the camera and
// the contacts (gem.md 3). Names of parameters are those of the published checkpoint.
//
//   h = W_c (conditions + τ(t)) + W_m x + b
//   a layer: h += gate ⊙ CrossAttention(LN h, text),  h += gate ⊙ MLP(LN h)        (only with text)
//            h += gate ⊙ SelfAttention(LN h),         h += gate ⊙ MLP(LN h)
//   heads:   motion (shape averaged over the clip), camera, contacts
//
// What does not change from step to step is computed once a clip (ClipContext): the conditions' part of the
// input, keys and values of texts, masks and rotary turns. Gates and the scales of norms are folded into their
// neighbours at construction.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/network/gem/attention.h"
#include "engine/network/gem/condition_encoder.h"
#include "engine/network/gem/config.h"

namespace kinescore::gem {

/// Rows are clips, or with two branches all clips with all conditions, then all without the guided ones.
struct ClipContext {
  std::int64_t clips = 0, branches = 1, frames = 0;
  at::Tensor input;                  // [rows][L][width]
  AttentionPlan attention;
  TextPlan texts;
  std::vector<TextMemory> memories;  // a layer
  at::Tensor shapeWeights;           // [rows][L][1] what each frame counts in the mean of the shape
  at::Tensor observed,
      observedMask;  // [clips][L][151] values that replace the noisy ones where the mask is 1; or undefined
};

/// One branch of a context of several, to be asked by itself: the same numbers for its rows.
[[nodiscard]] ClipContext branchOf(const ClipContext& context, std::int64_t branch);

/// Motion normalised [rows][L][151], camera s, tx, ty [rows][L][3], contact logits [rows][L][6], last hidden state.
struct Prediction {
  at::Tensor motion, camera, contacts, hidden;
};

enum class Branches {
  All,     // with every condition
  Guided,  // and once more without text, music and speech
};

enum class Heads { All, MotionOnly };

/// Looks on while the network runs: the names of its stages ("h_in", "h_text0", "h_block0", …) with their values.
using StageObserver = std::function<void(std::string_view, const at::Tensor&)>;

/// The weights of a part of the network, when it is their turn: of a layer all names that start with `prefix`; with an
/// empty prefix everything that is in no layer.
using WeightsOfPart = std::function<Result<ParameterMap>(const std::string& prefix)>;

struct DenoiseOptions {
  Heads heads = Heads::All;
  std::function<bool()> stopped;  // asked between layers; an undefined motion comes back once it says yes
  StageObserver observer;
};

class Denoiser {
 public:
  /// `weights` as readWeights gives them, on the device the network is to run on; handed over by std::move,
  /// they are let go as their folded form is made, so that a large network is in memory once. A network in
  /// training is made anew for every step.
  Denoiser(const Config& config, ParameterMap weights);

  /// A network read part by part, so that a large one is in memory once and never twice. `layerType`: of the matrices
  /// of the layers, folded in float32 before; all else (norms, softmax, rotary positions, the sum that runs through the
  /// layers, conditions, heads) stays in float32. bfloat16 halves the memory; float32 is packed for the processor
  /// (packed_linear.h). For performing alone. Error: that of `weights`.
  [[nodiscard]] static Result<Denoiser> load(const Config& config, const WeightsOfPart& weights,
                                             at::ScalarType layerType);

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] at::Device device() const { return motionIn_.device(); }
  [[nodiscard]] const ConditionEncoder& conditionEncoder() const { return conditions_; }

  /// With Guided, a clip without text, music and speech stays at one branch: both would be the same.
  [[nodiscard]] ClipContext prepare(const ConditionTensors& conditions, Branches branches) const;
  /// From summed conditions [rows][L][width] and text features [rows][50][1024] (or [prompts][50][1024] with
  /// promptFrames), for one branch.
  [[nodiscard]] ClipContext prepare(const at::Tensor& summed, const at::Tensor& text,
                                    const std::vector<FrameSpan>& promptFrames,
                                    const std::vector<std::int64_t>& lengths) const;

  /// τ of training steps (int64 [n]): [n][width].
  [[nodiscard]] at::Tensor timeEmbedding(const at::Tensor& timesteps) const;
  /// The time's part of the input, [n][1][width]: for all steps at once, before the first.
  [[nodiscard]] at::Tensor timeInput(const at::Tensor& timesteps) const;

  /// noisy [clips][L][151]; time: a row of timeInput ([1 or rows][1][width]).
  [[nodiscard]] Prediction denoise(const ClipContext& context, const at::Tensor& noisy, const at::Tensor& time,
                                   const DenoiseOptions& options = {}) const;

  /// The features of texts [n][50][1024] as they are attended to: [n][50][width].
  [[nodiscard]] at::Tensor embedText(const at::Tensor& text) const;

 private:
  struct Mlp {
    Linear first, second;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& plain) const;
  };
  struct TextBlock {
    CrossAttention attention;
    Mlp mlp;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x, const TextMemory& memory, const TextPlan& texts) const;
  };
  struct EncoderBlock {
    SelfAttention attention;
    Mlp mlp;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x, const AttentionPlan& plan) const;
  };

  struct WithoutLayers {};
  Denoiser(const Config& config, const ParameterMap& weights, WithoutLayers);
  void packLastBlocks();
  void addEncoderBlock(const LayerReader& layers, const std::string& prefix, at::ScalarType type);
  void addTextBlock(const LayerReader& layers, const std::string& prefix, at::ScalarType type);
  [[nodiscard]] static Mlp mlpOf(const LayerReader& layers, const std::string& prefix, const std::string& norm,
                                 at::ScalarType type);

  void prepareTexts(const std::vector<at::Tensor>& texts, const std::vector<FrameSpan>& promptFrames,
                    ClipContext& context) const;
  void prepareFrames(const at::Tensor& summed, const std::vector<std::int64_t>& lengths, ClipContext& context) const;
  [[nodiscard]] Prediction predict(const at::Tensor& hidden, const ClipContext& context, Heads heads) const;

  Config config_;
  ConditionEncoder conditions_;
  at::Tensor positions_;    // [5000][width]
  at::Tensor conditionIn_, motionIn_, inputBias_;
  Linear time0_, time1_, text_;
  std::vector<TextBlock> textBlocks_;
  std::vector<EncoderBlock> blocks_;
  Mlp motionHead_, cameraHead_, contactHead_;
  at::Tensor cameraMean_, cameraDeviation_;
};

}  // namespace kinescore::gem
