// The protocol, performed: every held-out stretch said in words and performed with every seed, poses and paths of
// held-out clips given and met, all measured beside captures and beside the nearest train stretch.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "engine/core/result.h"
#include "engine/evaluate/evaluation_manifest.h"
#include "engine/evaluate/evaluation_records.h"
#include "engine/evaluate/evaluation_requests.h"
#include "engine/evaluate/evaluators.h"
#include "engine/evaluate/model_under_test.h"
#include "engine/library/library.h"
#include "engine/train/caption_texts.h"

namespace kinescore {

struct EvaluationQuestion {
  std::shared_ptr<const Library> library;
  const EvaluationManifest* manifest = nullptr;
  Split split = Split::Val;
  const EvaluatorSet* evaluators = nullptr;
  EvaluatorSetName evaluatorSet = EvaluatorSetName::A;
  SentenceEncoder encodeSentence;         // asked by one thread
  Quality quality = Quality::Good;
  int limit = 0;                          // of each kind, evenly spread; 0: everything
  std::optional<double> guidance;         // in place of the engine's own
  std::optional<int> beginnings;          // likewise; needs a model that was given the tower
  bool textsOnly = false;                 // stretches alone
  int jobs = 2;                           // motions performed at the same time; never changes a figure
  /// One model a job; called by the thread that uses it.
  std::function<Result<std::unique_ptr<ModelUnderTest>>()> openModel;
};

struct EvaluationProgress {
  int done = 0, all = 0;                  // items
  double secondsLeft = -1;
  std::string what;                       // of the item that was done last
};
using EvaluationSink = std::function<void(const EvaluationProgress&)>;

/// Fills `folder` (evaluation_records.h). Items that are there from the same question and model stay; a folder of
/// another one is refused. A stop is Cancelled and keeps what is done.
[[nodiscard]] Result<EvaluationRecords> runEvaluation(const EvaluationQuestion& question, const std::filesystem::path& folder,
                                                      const EvaluationSink& progress, std::stop_token stop);

struct SheetRow {
  std::string clip, text;
  Motion real, ours;
};
/// Some stretches, evenly spread, performed with the first seed beside their captures, for a contact sheet.
[[nodiscard]] Result<std::vector<SheetRow>> performSheet(const EvaluationQuestion& question, ModelUnderTest& model, int rows, std::stop_token stop);

}  // namespace kinescore
