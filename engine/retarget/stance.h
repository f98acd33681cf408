// How a source's feet stand when they stand flat: measured on its still, low moments, so that the
// skeleton's own slant of the foot can be turned away and its soles put on y = 0.
#pragma once

#include <vector>

#include "engine/retarget/mapped_clip.h"

namespace kinescore {

/// Less than this tells nothing.
constexpr int kFewStanceSamples = 3;

/// What one clip shows. Angles in the foot's own frame, radians.
struct StanceSamples {
  std::vector<float> ankleHeights;  // metres, as scaled
  std::vector<float> toeHeights;
  std::vector<float> footLengths;   // ankle to toe joint, level distance
  std::vector<float> pitches;       // how far the source's flat foot points up
  std::vector<float> rolls;         // … and is rolled outward
  std::vector<float> toePitches;

  [[nodiscard]] int count() const { return int(ankleHeights.size()); }
  void append(const StanceSamples& other);
};

/// Ankle and toe slower than 0.15 m/s and at the clip's lowest such height.
[[nodiscard]] StanceSamples findStance(const MappedClip& clip);

/// One per actor: a constant turn of the feet.
struct FootCalibration {
  float pitch = 0;
  float roll = 0;
  float toePitch = 0;
  float footLength = 0.1116f;  // metres, ankle to toe joint, level, as scaled
};

[[nodiscard]] FootCalibration calibrateFeet(const StanceSamples& samples);

/// Heights of ankle and toe joint in the clip's own flat stance, metres, before the shift.
struct FlatHeights {
  float ankle = 0.075f;
  float toe = 0.03f;
};

/// From the clip's own stance; a clip that never stands still gives its lowest moments.
[[nodiscard]] FlatHeights flatHeightsOf(const MappedClip& clip, const StanceSamples& samples);

/// Speed of a point over ± 1/30 s, metres a second.
[[nodiscard]] std::vector<float> speedsOf(const std::vector<glm::vec3>& points, FrameRate rate);

/// The value below which `share` of them lie.
[[nodiscard]] float percentile(std::vector<float> values, double share);

}  // namespace kinescore
