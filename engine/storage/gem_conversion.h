// From a published checkpoint of GEM to our own file: safetensors with a card beside it, under the names of
// gem_layout.h. Nothing of the checkpoint is executed (torch_archive.h), it is read a tensor at a time, and the
// result appears only when all of it has been checked and written.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/storage/gem_layout.h"
#include "engine/storage/torch_archive.h"

namespace kinescore {

struct GemConversionOptions {
  /// Attention heads. No shape tells them; the published models have 8.
  int heads = kGemPublishedHeads;
  /// Leave tensors that GEM does not have out instead of refusing the checkpoint.
  bool leaveOutExtra = false;
};

/// Which tensors of a checkpoint become which of ours.
struct GemPlan {
  GemSizes sizes;
  std::vector<GemTensor> tensors;  // what is written: parameters, statistics, one position table
  std::map<std::string, std::size_t> sourceOf;  // for each of them its place in the checkpoint's list
  std::vector<std::string> notes;  // what was left out and why, a sentence each
};

/// Names are taken as published; all of them with “model.” before; the denoiser's without its prefix; and
/// embedders inside the denoiser, where older checkpoints have them. Training's own leftovers (the body model and
/// the statistics of the codec) are left out, copies of the position table and counters, too. Errors: no GEM at
/// all, a missing tensor, one of another shape than the rest asks for, one that GEM does not have.
[[nodiscard]] Result<GemPlan> planGemConversion(const std::vector<ArchiveTensor>& tensors,
                                                const GemConversionOptions& options);

struct GemConversionSummary {
  GemSizes sizes;
  std::size_t namesRead = 0, tensorsWritten = 0;
  std::int64_t parameters = 0;
  std::uint64_t bytes = 0;  // of the file written
  std::vector<std::string> notes;
  std::filesystem::path weights, card;
};

/// Hears what is being done, as "Reading", and how much of it is, 0…1.
using ConversionProgress = std::function<void(std::string_view doing, double fraction)>;

/// Writes `output` (must end in .safetensors) in float32 and its card (".json" instead); neither may be there.
/// All numbers must be finite. Holds one tensor in memory at a time.
[[nodiscard]] Result<GemConversionSummary> convertGemCheckpoint(const std::filesystem::path& checkpoint,
                                                                const std::filesystem::path& output,
                                                                const GemConversionOptions& options,
                                                                const ConversionProgress& progress,
                                                                std::stop_token stop);

/// What a card says of the terms of these weights.
[[nodiscard]] std::string gemLicenceNote();

}  // namespace kinescore
