// What is typed on the command line, as a timeline: prompts with their times, and path files.
//
//   "0-3s: walk forward"      seconds, half-open
//   "48f-96f: turn around"    frames of the project's rate
//   "walk forward"            the whole performance
//   "1-3s: right arm: wave"   for a part of the body: left arm, right arm, head, upper body or legs
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/request/request.h"

namespace kinescore {

/// How long a performance is when nothing says so.
constexpr Ticks kDefaultDuration{kTicksPerSecond * 10};

/// "2-3.5s", "48f-96f", "48-96" (frames of `rate`), "1s-48f".
[[nodiscard]] Result<TimeRange> parseTimeRange(std::string_view text, FrameRate rate);

struct PromptText {
  std::optional<TimeRange> span;  // absent: the whole performance
  std::string prompt;
  BodyPart part = BodyPart::Whole;
  bool operator==(const PromptText&) const = default;
};

/// Times need their unit here; a text that does not begin with a time is a prompt as it is.
[[nodiscard]] Result<PromptText> parsePromptText(std::string_view text, FrameRate rate);

/// "cmu_16_02", "cmu_16_02@1-3s" (that part of the clip), "cmu_16_02@1-3s: walk forward" (for that prompt alone).
[[nodiscard]] Result<ReferencePin> parseReferencePin(std::string_view text, FrameRate rate);

/// {"points": [{"t": 0, "x": 0, "z": 0, "heading": 0}, …]}: seconds, metres, radians from +Z about
/// +Y (left is positive x); heading may be left out. `points` carry document time.
[[nodiscard]] Result<PathRequest> readPathFile(std::string_view json);

/// A timeline of one text track and, with a path, one path track. Without a duration it ends with
/// the last prompt or path point, or after kDefaultDuration.
[[nodiscard]] Result<Timeline> timelineFromTexts(std::span<const std::string> texts,
                                                 const std::optional<PathRequest>& path, FrameRate rate,
                                                 std::optional<Ticks> duration = {});

}  // namespace kinescore
