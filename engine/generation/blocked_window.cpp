#include "engine/generation/blocked_window.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <glm/geometric.hpp>
#include <glm/vec3.hpp>

namespace kinescore {
namespace {

constexpr float kFullMask = 0.999f;
/// Poses so far from each other have half of what lies between them from the curve. By val (docs/quality.md): 0.05 and
/// 0.15 do nearly as well.
constexpr double kHalfTrustedMetres = 0.1;

/// With every joint's place and turn, at full strength.
bool isPoseAsked(const WindowConditions& conditions, int frame) {
  const auto isFull = [first = frame * kJointCount22](const std::vector<float>& mask) {
    return std::all_of(mask.begin() + first, mask.begin() + first + kJointCount22, [](float m) { return m > kFullMask; });
  };
  return isFull(conditions.jointMask) && isFull(conditions.rotationMask);
}

/// Where the joints of one frame stand; `frame` [273] metres.
std::array<glm::vec3, kJointCount22> jointsOf(const float* frame) {
  const float length = std::max(1e-3f, std::hypot(frame[kHeadingChannel], frame[kHeadingChannel + 1]));
  const float c = frame[kHeadingChannel] / length, s = frame[kHeadingChannel + 1] / length;
  std::array<glm::vec3, kJointCount22> joints;
  for (int j = 0; j < kJointCount22; ++j) {
    const float* p = frame + kPositionChannel + 3 * j;
    joints[j] = {frame[0] + c * p[0] + s * p[2], p[1], frame[2] + c * p[2] - s * p[0]};
  }
  return joints;
}

/// Mean over the joints, metres.
double distanceOf(const std::array<glm::vec3, kJointCount22>& a, const std::array<glm::vec3, kJointCount22>& b) {
  double sum = 0;
  for (int j = 0; j < kJointCount22; ++j) sum += double(glm::length(a[j] - b[j]));
  return sum / kJointCount22;
}

/// A cubic between two poses that leaves them as the poses around tell, half as fast: a passage that is slow may as well
/// rest at them. `frames`: the one before, the two, the one after.
class Curve {
 public:
  explicit Curve(const std::array<int, 4>& frames) : frames_(frames) {}

  [[nodiscard]] double at(int frame, const std::array<float, 4>& v) const {
    const double length = frames_[2] - frames_[1], t = (frame - frames_[1]) / length, t2 = t * t, t3 = t2 * t;
    const double leaves = kSpeed * length * (v[2] - v[0]) / (frames_[2] - frames_[0]);
    const double arrives = kSpeed * length * (v[3] - v[1]) / (frames_[3] - frames_[1]);
    return (2 * t3 - 3 * t2 + 1) * v[1] + (t3 - 2 * t2 + t) * leaves + (3 * t2 - 2 * t3) * v[2] + (t3 - t2) * arrives;
  }

 private:
  static constexpr double kSpeed = 0.5;
  std::array<int, 4> frames_;
};

}  // namespace

std::vector<int> posesOf(const WindowConditions& conditions) {
  std::vector<int> frames;
  for (int f = 0; f < conditions.frames; ++f) {
    if (conditions.knownMask[f] > 0 || isPoseAsked(conditions, f)) frames.push_back(f);
  }
  return frames;
}

bool isBlocked(const WindowConditions& conditions) {
  int keys = 0, last = -kWidestBlockedGap / 2 - 1;  // what lies outside the first and the last pose has one alone to go by
  for (const int f : posesOf(conditions)) {
    if (f - last > kWidestBlockedGap + 1) return false;
    last = f;
    keys += conditions.knownMask[f] > 0 ? 0 : 1;
  }
  return keys >= 2 && conditions.frames - 1 - last <= kWidestBlockedGap / 2;
}

void trustNearPoses(std::span<const int> poses, const FeatureStatistics& statistics, std::span<float> look) {
  std::vector<float> metres(look.begin(), look.end());
  statistics.denormalise(metres);
  const std::vector<float> said(look.begin(), look.end());
  for (std::size_t k = 0; k + 1 < poses.size(); ++k) {
    const int from = poses[k], to = poses[k + 1];
    const std::array<int, 4> around = {poses[k > 0 ? k - 1 : k], from, to, poses[std::min(k + 2, poses.size() - 1)]};
    const auto joints = [&](int frame) { return jointsOf(metres.data() + std::size_t(frame) * kFeatureCount); };
    const double apart = distanceOf(joints(from), joints(to)) / kHalfTrustedMetres;
    const double trust = 1 / (1 + apart * apart);
    const Curve curve(around);
    for (int f = from + 1; f < to; ++f) {
      for (int c = 0; c < kVelocityChannel; ++c) {
        std::array<float, 4> values;
        for (int i = 0; i < 4; ++i) values[i] = said[std::size_t(around[i]) * kFeatureCount + c];
        float& value = look[std::size_t(f) * kFeatureCount + c];
        value = static_cast<float>(value + trust * (curve.at(f, values) - value));
      }
    }
  }
}

}  // namespace kinescore
