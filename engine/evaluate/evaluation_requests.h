// What the protocol asks of a model.
#pragma once

#include "engine/evaluate/evaluation_manifest.h"
#include "engine/library/library.h"
#include "engine/request/request.h"

namespace kinescore {

/// Nothing but a length: no references are found for it.
[[nodiscard]] GenerationRequest emptyRequest(std::int64_t frames, std::uint64_t seed, Quality quality);

/// What is asked of the model for one stretch.
[[nodiscard]] GenerationRequest stretchRequest(const EvaluationStretch& stretch, std::uint64_t seed, Quality quality,
                                               bool withReferences);

/// Adds what is said of some frames of a clip, as text_c.
void addCaptions(const LibraryClip& clip, const FrameRange& frames, GenerationRequest& request);

/// Where the first frame stands becomes the origin, and the way it faces +Z: a performance that is told of nothing
/// earlier begins there.
[[nodiscard]] Motion fromOrigin(Motion motion);

}  // namespace kinescore
