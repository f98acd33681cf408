// Places in the sentences of a report. They are written as marks, so that each surface says them in its own way: the command
// line in seconds, the window in frames of the project's rate. Text without marks, as of takes of before, stays as it is.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/core/ticks.h"

namespace kinescore {

/// A moment, "2.00 s" or "frame 60".
[[nodiscard]] std::string placeMark(Ticks time);
/// A run of time, half-open, "5.87 to 6.13 s" or "frames 176 to 183".
[[nodiscard]] std::string placeMark(TimeRange run);
/// The same of engine frames.
[[nodiscard]] std::string placeMark(FrameRange engineFrames);

/// `text` with its marks in words; of a moment start and end are the same. A text that begins with one begins with a capital.
[[nodiscard]] std::string withPlaces(std::string_view text, const std::function<std::string(TimeRange)>& words);
[[nodiscard]] std::string withPlacesInSeconds(std::string_view text);

}  // namespace kinescore
