// Biovision Hierarchy: read with strict limits, kept as the file says it, then turned into a Motion.
//
// Rotations multiply in channel order, the first listed outermost. Position channels of a root
// replace its OFFSET. On other joints they replace it too, unless they are zero (but for
// rounding) in every frame: then they add to it (exports of MakeHuman and the like would collapse otherwise).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <glm/gtc/quaternion.hpp>
#include <glm/vec3.hpp>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

enum class BvhChannel : std::uint8_t { XPosition, YPosition, ZPosition, XRotation, YRotation, ZRotation };

struct BvhJoint {
  std::string name;
  int parent = kNoParent;
  glm::dvec3 offset{0};                // file units
  std::vector<BvhChannel> channels;    // in the file's order
  int firstChannel = 0;                // column of its first value
  std::optional<glm::dvec3> endSite;   // file units
  bool positionsReplaceOffset = true;  // see above
};

struct BvhFile {
  std::vector<BvhJoint> joints;  // parents first
  int channelCount = 0;
  double frameTime = 0;          // seconds; 0 when the file has no usable one
  std::int64_t declaredFrames = 0;
  std::vector<double> values;    // [frames][channels], positions in file units, degrees
  std::vector<std::string> warnings;

  [[nodiscard]] std::int64_t frameCount() const {
    return channelCount == 0 ? 0 : std::int64_t(values.size()) / channelCount;
  }
};

/// A file without MOTION is a skeleton without frames. Numbers that are not finite count as 0, with
/// a warning; a row that is cut off is dropped, with a warning.
[[nodiscard]] Result<BvhFile> readBvh(std::string_view bytes, std::string_view fileName);

/// Exact for the frame rates in use; 30 when the file has no usable frame time.
[[nodiscard]] FrameRate frameRateFromFrameTime(double seconds);

/// World positions (file units) of all joints in one frame. Frame -1: the rest pose.
[[nodiscard]] std::vector<glm::dvec3> bvhWorldPositions(const BvhFile& file, std::int64_t frame);

/// Bones keep the length of the first frame: a joint whose position channels move, other than the
/// first root's, is an error when `strict`, else it is fixed there.
[[nodiscard]] Result<Motion> motionFromBvh(const BvhFile& file, double metresPerUnit, bool strict = false);

}  // namespace kinescore
