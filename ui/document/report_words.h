// The report's sentences as the window writes them: places are frames of the project's rate, as everywhere else in it.
#pragma once

#include <string>

#include <QString>

#include "engine/core/ticks.h"

namespace kinescore {

[[nodiscard]] QString reportWords(const std::string& text, FrameRate rate);

}  // namespace kinescore
