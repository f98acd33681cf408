// The Kinescore network behind the samplers' Denoiser.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/core/result.h"
#include "engine/generation/denoiser.h"
#include "engine/torch_runtime/torch_runtime.h"

namespace kinescore {

struct ModelParts;

/// So much of what the network adds to the linear look at a blocked window (isBlocked) is taken: both are estimates, their
/// errors are not the same, and a mean of two is nearer. Chosen on val (docs/quality.md).
constexpr double kBlockedLookShare = 0.65;

/// Opens weights (safetensors with a JSON card beside them). The runtime must outlive the denoiser.
/// begin() computes once what does not depend on the step; each branch then runs on a thread of its
/// own with one intra-op thread, so that the bits do not depend on the number of cores.
[[nodiscard]] Result<std::unique_ptr<Denoiser>> openKinescoreDenoiser(TorchRuntime& runtime,
                                                                      const std::filesystem::path& weights);

/// The same over a model in memory, for the trainer's looks at what it has learned.
[[nodiscard]] std::unique_ptr<Denoiser> makeKinescoreDenoiser(TorchRuntime& runtime, const ModelParts& parts,
                                                              std::string hash);

}  // namespace kinescore
