// Times as people write and read them, at the project's rate.
#pragma once

#include <optional>
#include <vector>

#include <QString>

#include "engine/core/ticks.h"

namespace kinescore {

enum class TimeDisplay { Frames, Seconds, Timecode };

/// "00:00:04:08" (hours, minutes, seconds, frames). Non-drop: seconds are counted in whole frames
/// of the nominal rate, as every editor without drop-frame does.
[[nodiscard]] QString timecodeOf(std::int64_t frame, FrameRate rate);
[[nodiscard]] QString timeText(std::int64_t frame, FrameRate rate, TimeDisplay display);

/// Reads "48", "48 f", "+12" or "-3" (against `current`), "2s", "1.5 s", "00:00:02:00".
[[nodiscard]] std::optional<std::int64_t> frameFromText(const QString& text, FrameRate rate,
                                                        std::int64_t current);

/// "30 fps", "23.976 fps"
[[nodiscard]] QString rateText(FrameRate rate);

/// Those that a project may have: 23.976 … 120.
[[nodiscard]] const std::vector<FrameRate>& offeredRates();
/// Its place among them; -1 for one that came with a file and is none of them.
[[nodiscard]] int rateIndex(FrameRate rate);

/// "about 3 s", rounded as people speak: 1, 2, 3, 5, 10, 15, 30 s, then minutes.
[[nodiscard]] QString roughDuration(double seconds);

}  // namespace kinescore
