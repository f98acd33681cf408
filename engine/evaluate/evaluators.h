// The judges of the protocol: two sets of three networks. Set A selects on val; set B, with other seeds and
// two frames a token, speaks only in the final report. Both learn from train clips and their mirror images
// alone.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/evaluate/evaluator_input.h"
#include "engine/library/library.h"
#include "engine/train/caption_texts.h"
#include "engine/train/evaluator_network.h"

namespace kinescore {

enum class EvaluatorSetName : char { A = 'a', B = 'b' };
constexpr int kEvaluatorsOfSet = 3;

struct EvaluatorTrainOptions {
  int steps = 1500, batch = 32;
  double learningRate = 2e-3;
  EvaluatorConfig sizes;  // patchFrames, inputs, sentenceWidth and actions are set by the data
  int jobs = 2;           // networks that learn at the same time; never changes a bit
};
struct EvaluatorTrainStatus {
  std::int64_t step = 0, steps = 0;  // of all networks together
  double secondsLeft = -1;
  double loss = 0;
  std::string network;               // the one that reports
};
using EvaluatorTrainProgress = std::function<void(const EvaluatorTrainStatus&)>;

struct TrainedEvaluator {
  std::string name;            // "evaluator-a1"
  std::int64_t parameters = 0;
  double accuracy = 0;         // of captioned stretches of val, classes with ten train stretches or more
  double rankedThird = 0;      // share of val stretches whose caption is among the best 3 of 32
};
struct EvaluatorTrainSummary {
  std::vector<TrainedEvaluator> networks;  // those that are done
  bool stopped = false;
};

/// Writes evaluator-a1 … b3 (.safetensors and .json) into a folder. Those that are there and were made from the
/// same data with the same options stay; a stop keeps what is done.
[[nodiscard]] Result<EvaluatorTrainSummary> trainEvaluators(const Library& library, const SentenceEncoder& encoder,
                                                            const std::filesystem::path& folder,
                                                            const EvaluatorTrainOptions& options,
                                                            const EvaluatorTrainProgress& progress, std::stop_token stop);

struct Evaluator {
  EvaluatorNetwork network;
  EvaluatorStatistics statistics;

  /// Of a whole motion, from its features.
  [[nodiscard]] Judgement judge(const MotionFeatures& features) const;
};

struct EvaluatorSet {
  std::vector<Evaluator> members;
  std::vector<std::string> actions;    // that the members name, in their order
  std::vector<int> trainStretches;     // of each
  std::string hash;                    // of all files
  /// -1: not known.
  [[nodiscard]] int actionNumber(const std::string& action) const;
};
[[nodiscard]] Result<EvaluatorSet> loadEvaluators(const std::filesystem::path& folder, EvaluatorSetName name);

}  // namespace kinescore
