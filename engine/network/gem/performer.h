// A GEM network at work: from the conditions of a score to a finished performance on kinescore22.
//
// Sampling (or one look), GEM's own way back to a body in the world with its contact correction
// (gem.md 2.6, 2.7, 6), then what every network here is followed by (engine/generation/finish.h).
// Of a range the base around it is known to the sampler, frame by frame in place of what the
// network says, and the result is laid against the base's frames.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "engine/core/files.h"
#include "engine/generation/motion_generator.h"
#include "engine/network/gem/denoiser.h"
#include "engine/network/gem/estimate.h"
#include "engine/network/gem/heard_score.h"
#include "engine/network/gem/network_file.h"
#include "engine/network/worker.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore::gem {

/// Matrices of the layers in float32 or in bfloat16.
enum class Precision { Single, Half };

/// Bytes that a score needs beside the weights, about.
[[nodiscard]] std::uint64_t workBytes(const Config& config, const HeardScore& score);
[[nodiscard]] std::uint64_t weightBytes(const NetworkFile& file, Precision precision);

class Performer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Performer>> load(const TorchRuntime& runtime,
                                                               const NetworkFile& file,
                                                               Precision precision,
                                                               const GoOn& goOn);

  /// `steps` of sampling; an estimate takes one look. Model, device and precision of the answer are
  /// the caller's to tell. Runs on a thread with one intra-op thread and one of its own beside it,
  /// so that the bits depend on neither number.
  [[nodiscard]] Result<GeneratedMotion> perform(const HeardScore& score,
                                                const ClipConditions& conditions, int steps,
                                                const ProgressSink& progress, std::stop_token stop);

 private:
  explicit Performer(Denoiser denoiser) : denoiser_(std::move(denoiser)) {}

  struct Answer {
    ClipPrediction prediction;
    int evaluations = 0;
  };
  [[nodiscard]] Result<Answer> ask(const HeardScore& score, const ClipConditions& conditions,
                                   int steps, const ProgressSink& progress, std::stop_token stop);
  [[nodiscard]] Prediction lookBesides(const ClipContext& with, const ClipContext& without,
                                       const at::Tensor& noisy, const at::Tensor& time,
                                       const DenoiseOptions& options);
  [[nodiscard]] GravityAxis gravityAxis();

  Denoiser denoiser_;
  std::optional<GravityAxis>
      axis_;       // the one this network was trained with, once it was looked for
  Worker worker_;  // the branch without texts
};

}  // namespace kinescore::gem
