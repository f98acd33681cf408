// The first half of a retarget: rotations on our joints and the source's legs at our size, still
// at the source's rate. What the feet's flat stance and the contacts are measured on.
#pragma once

#include <array>

#include "engine/core/result.h"
#include "engine/retarget/alignment.h"
#include "engine/retarget/source_clip.h"

namespace kinescore {

enum Side { kLeft = 0, kRight = 1 };

/// Length of our thigh and shin together, metres.
constexpr double kLegLength22 = 0.4042 + 0.4387;

struct LegPoints {
  glm::vec3 hip, knee, ankle, toe;
};

struct MappedClip {
  SourceFamily family = SourceFamily::Asf;
  FrameRate rate;
  float scale = 1;                                           // ours / source's leg
  std::vector<std::array<glm::quat, kJointCount22>> world;   // [frames] global rotations, ours
  std::vector<std::array<LegPoints, 2>> legs;                // [frames][side], scaled, metres

  [[nodiscard]] std::int64_t frameCount() const { return std::int64_t(world.size()); }
};

/// `floorHeight` (metres, of the source) is taken off before scaling.
[[nodiscard]] Result<MappedClip> mapClip(const SourceClip& source, double floorHeight);

}  // namespace kinescore
