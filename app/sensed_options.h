// What `generate` is given to hear and to see: beats, and points found in video.
#pragma once

#include "app/generate_command.h"
#include "engine/core/result.h"
#include "engine/request/request.h"

namespace kinescore {

/// "120", "96.5@0.25": over the whole of `span`.
[[nodiscard]] Result<RhythmRequest> rhythmFrom(const std::string& text, TimeRange span);
/// The folder of options.keypoints, from the start of the performance.
[[nodiscard]] Result<ViewRequest> viewFrom(const GenerateOptions& options);

}  // namespace kinescore
