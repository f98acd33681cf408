// The skeleton and the animations of a binary glTF 2.0 file. Meshes, materials and images are not
// looked at.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

struct GlbNode {
  std::string name;
  int parent = kNoParent;
  glm::vec3 translation{0};
  glm::quat rotation{1, 0, 0, 0};
  glm::vec3 scale{1};
};

struct GlbChannel {
  enum class Path { Translation, Rotation, Scale };
  enum class Interpolation { Step, Linear, CubicSpline };
  int node = 0;
  Path path = Path::Translation;
  Interpolation interpolation = Interpolation::Linear;
  std::vector<float> times;   // seconds, ascending
  std::vector<float> values;  // [times][width], three times as many for CubicSpline
};

struct GlbAnimation {
  std::string name;
  double duration = 0;  // seconds
  std::vector<GlbChannel> channels;
};

struct GlbFile {
  std::string name;
  std::vector<GlbNode> nodes;  // parents first
  std::vector<GlbAnimation> animations;
};

[[nodiscard]] Result<GlbFile> readGlbAnimations(std::string_view bytes, std::string_view fileName);

/// Every node as a joint, in the world; bones may change their length.
struct GlbMotion {
  std::shared_ptr<const Skeleton> skeleton;
  FrameRate rate;
  std::vector<glm::vec3> positions;  // [frames][nodes]
  std::vector<glm::quat> rotations;  // [frames][nodes]
};

[[nodiscard]] Result<GlbMotion> sampleGlbAnimation(const GlbFile& file, std::string_view animation, FrameRate rate);

}  // namespace kinescore
