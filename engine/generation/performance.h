// A request performed: planned into windows, each sampled, joined to one motion, solved and judged.
// Knows the network as a Denoiser only, so that all of it can be tested without one.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "engine/generation/denoiser.h"
#include "engine/generation/motion_generator.h"
#include "engine/generation/nearest_clip.h"
#include "engine/generation/prompt_tokens.h"
#include "engine/generation/reference_finder.h"
#include "engine/generation/samplers.h"
#include "engine/library/library.h"

namespace kinescore {

/// What a performance needs besides the request.
struct Ensemble {
  Denoiser* denoiser = nullptr;
  PromptEncoder encodePrompt;
  /// For references; asked only when the request names one. May be empty.
  std::function<Result<std::shared_ptr<const Library>>()> openLibrary;
  /// For those that the engine finds itself; null where there is nothing to find. May be empty.
  std::function<Result<std::shared_ptr<const ReferenceLibrary>>()> openReferences;
  /// How far the result is from the library; absent: not measured.
  std::function<Result<std::optional<NearestClips::Answer>>(const Motion&, std::stop_token)> findNearestClip;
  /// Judges the beginnings of a window; null or absent: there is one alone.
  std::function<Result<std::shared_ptr<const RetrievalTower>>()> openTower;
  std::optional<int> beginnings;  // in place of the quality's own; for sweeps
};

/// Drafts have a single beginning.
[[nodiscard]] SamplerOptions samplerOptionsOf(Quality quality, const SamplingWishes& wishes = {});

/// Frames outside request.range are the base's, bit for bit. See MotionGenerator for the promises.
[[nodiscard]] Result<GeneratedMotion> perform(const GenerationRequest& request, Ensemble& ensemble,
                                              const ProgressSink& progress, std::stop_token stop);

}  // namespace kinescore
