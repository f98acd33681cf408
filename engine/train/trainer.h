// Trains the Kinescore network on a motion library. Nothing of torch shows here.
//
// The output folder holds: checkpoint-*.safetensors (the newest three), latest.safetensors and .json (float16
// running average, what `generate` loads), losses.csv, losses.png, contact-sheet.png, log lines through the
// callback. Starting again on the same folder goes on from the newest checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/library.h"
#include "engine/network/network_config.h"
#include "engine/train/caption_texts.h"
#include "engine/train/gem/gem_reading.h"
#include "engine/train/left_out.h"

namespace kinescore {

/// What the coarse network of a new run begins as.
enum class CoarseStart {
  GoOn,   // the one that the weights have, where they have one; else Small
  Copy,   // a copy of the network that it is for, at its sizes: what that one knows need not be learned again
  Small,  // few, long tokens (kCoarseTokenPatches), from nothing
};

struct TrainOptions {
  std::filesystem::path library;        // .kslib
  std::filesystem::path output;         // folder, made when missing
  std::filesystem::path startFrom;      // weights to go on from; empty: from nothing. A checkpoint goes first. Where
                                        // they have a coarse network, what that is asked is not learned
  std::filesystem::path coarseFor;      // weights that get a coarse network of their own (ModelParts::coarse), which is
                                        // what is trained then; empty: the network itself is
  CoarseStart coarseStart = CoarseStart::GoOn;
  std::shared_ptr<const Library> mixedWith;  // clips that every second crop is drawn from; null: none
  std::filesystem::path prompts;        // JSON with "prompts"; empty: no prompted motions
  std::filesystem::path lockFile;       // while this exists, training waits; empty: never
  NetworkConfig network;                // ignored when a checkpoint is there
  double hours = 0;                     // of this run; 0: by steps
  std::int64_t steps = 0;               // in all, counted from the very first; 0: by hours
  int batch = 10, frames = 192;         // together the frames of a step
  int shards = 2;                       // threads; part of what the bits depend on
  double learningRate = 1.2e-3;
  int warmUp = 200;
  double averageDecay = 0.9995;
  double dropout = 0.05;
  bool references = false;              // show other clips of the same action
  LeftOut leftOut;                      // to measure what it is worth
  int clips = 0;                        // > 0: learn only so many clips by heart, and validate on them: can the
                                        // network hold them at all?
  std::uint64_t seed = 1;
  double checkpointMinutes = 10, validateMinutes = 15, sheetMinutes = 60;
  int validationCrops = 32;
  bool lowPriority = true;              // nice 19
};

/// The denoiser at one time of the schedule (0 clean … 1 noise), text given.
struct NoiseReading {
  double time = 0;
  double jointErrorCm = 0;              // about the root
  double velocityEnergy = 0, velocityCorrelation = 0;  // against the truth's
  double footSpeed = 0, footHeightErrorCm = 0;  // of feet that stand; cm/s
};

struct ValidationReading {
  double featureLoss = 0;               // x0, log-SNR −1 … 4, held-out clips
  double jointErrorCm = 0, velocityEnergy = 0;  // at log-SNR −1
  double seenErrorCm = 0;               // one look at pure noise and 17 points seen by a camera, no text
  double rootSpeed = 0, poseSpeed = 0, diversity = 0;  // of the prompted motions; 0 without prompts
  std::vector<NoiseReading> byNoise;
  // the same with the best moments of the train clips beside the text, and with any; empty if not trained so
  std::vector<NoiseReading> withReferences, withWrongReferences;
};

struct TrainStatus {
  std::int64_t step = 0, steps = 0;     // steps = 0: by hours
  double loss = 0, featureLoss = 0;     // means since the last call
  double gradient = 0;
  double secondsPerStep = 0, secondsLeft = 0;
  int skipped = 0;
  std::optional<ValidationReading> validation;
  std::optional<GemReading> gem;        // in its place where a GEM network is trained
  std::string note;                     // what is going on beside steps
};
/// Every 25 steps, after each validation and for notes.
using TrainProgress = std::function<void(const TrainStatus&)>;

struct TrainSummary {
  std::int64_t steps = 0;
  double hours = 0;                     // of all runs together
  bool stopped = false;                 // asked to; everything is saved
  double loss = 0, featureLoss = 0;
  std::optional<ValidationReading> validation;
  std::filesystem::path weights;        // latest.safetensors
};

/// Blocks. A stop saves a checkpoint and is no failure.
[[nodiscard]] Result<TrainSummary> trainKinescore(const TrainOptions& options, const TrainProgress& progress,
                                                  std::stop_token stop);

/// The same over a library in memory and any source of sentence embeddings; `onEmbedded` is called once all
/// captions went through it.
[[nodiscard]] Result<TrainSummary> trainOn(const Library& library, const SentenceEncoder& encoder,
                                           const TrainOptions& options, const TrainProgress& progress,
                                           std::stop_token stop, const std::function<void()>& onEmbedded = {});

/// Float16 weights and card from the newest checkpoint of an output folder.
[[nodiscard]] Status exportTrained(const std::filesystem::path& output, const std::filesystem::path& weights);

}  // namespace kinescore
