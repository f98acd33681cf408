// Between time and pixels of the timeline's canvas.
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/core/ticks.h"

namespace kinescore {

struct TimeAxis {
  Ticks left;                     // at x = 0 of the canvas
  double pixelsPerSecond = 100;

  [[nodiscard]] double xOf(Ticks t) const { return secondsOf(t - left) * pixelsPerSecond; }
  [[nodiscard]] Ticks timeAt(double x) const { return left + ticksOf(x); }
  [[nodiscard]] Ticks ticksOf(double pixels) const { return ticksFromSeconds(pixels / pixelsPerSecond); }
  [[nodiscard]] double widthOf(Ticks length) const { return secondsOf(length) * pixelsPerSecond; }
  [[nodiscard]] TimeRange visible(int width) const { return {left, timeAt(width)}; }

  /// The time under `x` stays under it.
  void zoomAt(double x, double factor) {
    const Ticks anchor = timeAt(x);
    pixelsPerSecond = std::clamp(pixelsPerSecond * factor, kLeastZoom, kMostZoom);
    left = anchor - ticksOf(x);
  }

  static constexpr double kLeastZoom = 0.05, kMostZoom = 6000;
};

}  // namespace kinescore
