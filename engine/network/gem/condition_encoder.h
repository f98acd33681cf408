// Conditions to what is added to every frame's input (gem.md 3.7). Each condition but the keypoints says with a flag
// whether it is there; one that is not still adds a constant, which the network was trained to see.
#pragma once

#include <optional>

#include "engine/network/gem/conditions.h"
#include "engine/network/gem/config.h"
#include "engine/network/gem/speech_encoder.h"

namespace kinescore::gem {

/// What each condition contributes, [B][L][width]. Undefined music and speech: the wiring has none.
struct ConditionParts {
  at::Tensor keypoints, box, image, camera, music, speech;
  at::Tensor speechFeatures;  // [B][128][L], before its embedder; undefined without speech

  /// In the order of the reference, since sums round.
  [[nodiscard]] at::Tensor sum() const;
};

class ConditionEncoder {
 public:
  ConditionEncoder(const Config& config, const ParameterMap& parameters);

  [[nodiscard]] ConditionParts encode(const ConditionTensors& conditions) const;
  /// The unconditional branch of guidance: music and speech are left out, what a video shows stays (T9).
  [[nodiscard]] ConditionParts withoutGuided(ConditionParts parts) const;
  /// Nothing at all.
  [[nodiscard]] ConditionParts encodeNothing(std::int64_t batch, std::int64_t frames) const;

 private:
  // The embedding where it exists, and whether it does.
  struct Existence {
    Linear first, second;
    [[nodiscard]] at::Tensor operator()(const at::Tensor& embedding, const at::Tensor& mask) const;
    [[nodiscard]] at::Tensor absent(std::int64_t batch, std::int64_t frames) const;
  };
  struct Mlp {
    Linear first, second;
  };

  [[nodiscard]] at::Tensor embedKeypoints(const at::Tensor& points, const at::Tensor& visible) const;

  bool hearsMusicAndSpeech_;
  at::Tensor hiddenToken_;  // [17][32] of joints that are not seen
  Linear pointToken_;
  Mlp keypoints_, box_, camera_, music_;
  Norm imageNorm_, speechNorm_;
  Linear image_, speech_;
  std::optional<SpeechEncoder> speechEncoder_;
  Existence hasBox_, hasImage_, hasCamera_, hasMusic_, hasSpeech_;
};

}  // namespace kinescore::gem
