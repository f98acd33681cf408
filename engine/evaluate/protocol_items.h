// The items of the protocol: one stretch, in-between, set of keys or path performed and measured, with what is the
// same for all of them.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/evaluate/evaluation_run.h"
#include "engine/evaluate/motion_measures.h"
#include "engine/storage/json.h"

namespace kinescore {

constexpr int kFewStretches = 10;  // an action with fewer in train is not asked for

/// What an evaluation that was stopped answers.
[[nodiscard]] Error evaluationStopped();

class ProtocolItems {
 public:
  /// `question` must outlive it.
  ProtocolItems(const EvaluationQuestion& question, std::stop_token stop)
      : q_(question), split_(question.manifest->splits.at(question.split)), stop_(std::move(stop)) {}

  /// Embeds captions, draws the pools of wrong ones, gathers what train clips look like.
  [[nodiscard]] Status prepare();

  // One item each, as it is written down; by several threads at once. Numbers are those of split().
  [[nodiscard]] Result<nlohmann::json> stretch(Column column, int number, ModelUnderTest* model) const;
  [[nodiscard]] Result<nlohmann::json> inbetween(int number, ModelUnderTest* model) const;
  [[nodiscard]] Result<nlohmann::json> keys(int number, ModelUnderTest* model) const;
  [[nodiscard]] Result<nlohmann::json> path(int number, ModelUnderTest* model) const;

  [[nodiscard]] const EvaluationSplit& split() const { return split_; }

 private:
  struct TrainStretch {
    const LibraryClip* clip;
    const Caption* caption;
    std::vector<float> sentence;  // of text_c
  };

  Result<std::vector<float>> sentenceOf(const std::string& text) const;
  static glm::vec3 placeOf(const Motion& motion, const EvaluationTarget& target);
  // Which stretches' captions stand beside the right one, pool by pool.
  void drawPools();
  [[nodiscard]] MotionRecord measure(const Motion& motion, int number) const;
  // What no network makes: the train stretches whose captions come nearest, the nearest first, one a clip.
  [[nodiscard]] std::vector<Motion> copiesFor(int number) const;
  // Captures of the same action by different clips, as long as the stretch at most.
  [[nodiscard]] std::vector<MotionFeatures> realOfAction(int number) const;

  const EvaluationQuestion& q_;
  const EvaluationSplit& split_;
  std::stop_token stop_;
  std::optional<TrainWindows> windows_;
  std::vector<std::vector<float>> ofB_, ofC_;               // [stretches][384]
  std::vector<std::vector<std::vector<float>>> points_;     // [evaluators][stretches][embedding]
  std::vector<std::vector<std::vector<int>>> pools_;        // [stretches][pools][wrong captions]
  std::vector<TrainStretch> train_;
};

}  // namespace kinescore
