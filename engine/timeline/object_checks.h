// What every object on a timeline must keep to, whoever made it.
#pragma once

#include "engine/core/result.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

/// Nothing lies further from 0 than this.
constexpr Ticks kMaxDocumentTime{kTicksPerSecond * 3600 * 24};
constexpr std::size_t kMaxTextBytes = std::size_t(1) << 20;

/// Spans not empty, times within a day, numbers finite, envelopes and paths sorted, poses of
/// kinescore22, texts UTF-8 and of at most 1 MB. One sentence otherwise.
[[nodiscard]] Status checkObject(const TimelineObject& object);

/// Whether a clip with this condition may lie on a track of this kind. Poses and targets share
/// the pose track.
[[nodiscard]] bool fits(TrackKind kind, const Condition& condition);

[[nodiscard]] bool isValidUtf8(std::string_view text);

}  // namespace kinescore
