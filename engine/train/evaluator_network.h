// A small network that judges motion: it names the action, and lays motion and sentence in one space where
// what belongs together lies close. It serves evaluation alone: never as a loss, to choose among results, or
// to look up references. Nothing of torch shows here.
//
//   frames --by patches--> tokens --transformer--> mean --+--> an action (cross entropy)
//                                                         +--> point of the motion   \ symmetric InfoNCE
//   sentence vector ------------------------------------------> point of the sentence /
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/storage/safetensors.h"

namespace kinescore {

struct EvaluatorConfig {
  int patchFrames = 4;
  int width = 128, layers = 3, heads = 4;
  int feedForward = 192;   // inner width
  int embedding = 128;     // of the common space
  int inputs = 0;          // values a frame
  int sentenceWidth = 0;
  int actions = 0;
  bool operator==(const EvaluatorConfig&) const = default;
};
[[nodiscard]] nlohmann::json jsonFromEvaluatorConfig(const EvaluatorConfig& config);
/// Sizes out of all reason are refused before anything is allocated.
[[nodiscard]] Result<EvaluatorConfig> evaluatorConfigFromJson(const nlohmann::json& json);

/// One captioned stretch of motion.
struct EvaluatorSample {
  std::span<const float> values;    // [frames][inputs], normalised; at least one frame
  std::span<const float> sentence;  // [sentenceWidth], unit length
  int action = 0;
};

struct EvaluatorLosses {
  double action = 0, contrast = 0;
};

struct Judgement {
  std::vector<float> actions;  // [actions] logarithms of what each gets, up to a constant
  std::vector<float> point;    // [embedding], unit length
};

class EvaluatorNetwork {
 public:
  /// Fresh, a function of the seed alone.
  EvaluatorNetwork(const EvaluatorConfig& config, std::uint64_t seed);
  /// What `addTo` wrote; every shape is checked.
  [[nodiscard]] static Result<EvaluatorNetwork> read(const SafetensorsFile& file, const EvaluatorConfig& config);
  EvaluatorNetwork(EvaluatorNetwork&&) noexcept;
  EvaluatorNetwork& operator=(EvaluatorNetwork&&) noexcept;
  ~EvaluatorNetwork();

  [[nodiscard]] const EvaluatorConfig& config() const;
  [[nodiscard]] std::int64_t parameterCount() const;

  /// One step of AdamW on a batch. `actionWeights` [actions]. Pairs whose sentences have a cosine above 0.8 are
  /// no negatives of each other. The bits depend on the calls so far alone when the thread has one intra-op
  /// thread (Worker has).
  EvaluatorLosses train(std::span<const EvaluatorSample> batch, std::span<const float> actionWeights, double rate);
  /// From here on the running average of what training made; it judges and is written.
  void finishTraining();

  /// Motion longer than kJudgedFrames is judged in parts, which share their say.
  [[nodiscard]] Judgement judge(std::span<const float> values) const;
  [[nodiscard]] std::vector<float> pointOfSentence(std::span<const float> sentence) const;

  /// Float16.
  void addTo(SafetensorsWriter& writer) const;

  static constexpr int kJudgedFrames = 128;

 private:
  struct State;
  explicit EvaluatorNetwork(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kinescore
