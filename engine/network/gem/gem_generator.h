// GEM as a MotionGenerator: a file that `weights convert` wrote, and T5 for its texts.
//
// In turn, so that the two are never in memory together: T5 reads the prompts that it has not read
// yet, a layer at a time; then the network is loaded and stays. Branches with and without text run
// side by side, one thread each, so that bits do not depend on the number of threads. Matrices of
// the layers are in float32, the published numbers, at quality best; at the others in bfloat16
// where the processor or the card computes with it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/motion_generator.h"

namespace kinescore::gem {
struct SoundFrames;
}

namespace kinescore {

struct GemGeneratorOptions {
  std::filesystem::path weights;  // safetensors; checked against its card where there is one
  /// Where spiece.model and the weights of t5-3b may lie; the first folder that has all of them
  /// is taken. Without any, texts are left out and the report says what is missing where. A network
  /// that was trained here takes the engine's own text encoder in their place.
  std::vector<std::filesystem::path> textFolders;
  /// What is heard, asked once a request, on the generator's thread: soundReader() of sound_frames.h for the recordings
  /// that the request names. Empty: nothing is heard.
  std::function<Result<gem::SoundFrames>(const GenerationRequest&, std::stop_token)> readSound;
  DeviceChoice device = DeviceChoice::Auto;  // for requests that say Auto
};

/// DDIM steps of a quality: all 50 of the published sampler, fewer for a draft.
[[nodiscard]] int gemStepsOf(Quality quality);

/// Checks the file's header: its names, shapes and sizes. Numbers are read at the first request.
[[nodiscard]] Result<std::unique_ptr<MotionGenerator>> openGemGenerator(
    GemGeneratorOptions options);

}  // namespace kinescore
