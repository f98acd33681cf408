#include "engine/solve/join_solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/motion/kinematics.h"
#include "engine/solve/key_solve.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/smooth_curve.h"

namespace kinescore {
namespace {

constexpr std::int64_t kShortestFreeRun = 6;
constexpr double kRoughShare = 1.1;  // of the motion's own 95th percentile of acceleration

// Mean over the joints of how much the step from f - 1 to f differs from the one to f + 1.
double accelerationAt(const std::vector<glm::vec3>& positions, int joints, std::int64_t f) {
  double sum = 0;
  for (int j = 0; j < joints; ++j) {
    const auto at = [&](std::int64_t frame) { return positions[std::size_t(frame) * joints + j]; };
    sum += glm::length(at(f + 1) - 2.0f * at(f) + at(f - 1));
  }
  return sum / joints;
}

double ordinaryAcceleration(const std::vector<glm::vec3>& positions, int joints,
                            const FrameRange& free, std::int64_t frames) {
  std::vector<double> values;
  for (std::int64_t f = 1; f + 1 < frames; ++f) {
    const bool spansBorder =
        (f >= free.start - 1 && f <= free.start) || (f >= free.end - 1 && f <= free.end);
    if (!spansBorder) values.push_back(accelerationAt(positions, joints, f));
  }
  if (values.empty()) return 0;
  const auto at = values.begin() + std::ptrdiff_t(double(values.size() - 1) * 0.95);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Frames counted from the border inwards: 0 and up are free, below stay. `step` is +1 or -1.
struct Border {
  std::int64_t first;  // the free frame at the border
  int step;
  std::int64_t inward(std::int64_t n) const { return first + n * step; }
};

// One channel: how much the first free frames miss what the frames that stay lead to.
struct Miss {
  double value;  // at frame 0
  double slope;  // a frame, inwards
};

std::vector<double> fade(const Miss& miss, std::int64_t length) {
  std::vector<char> isFree(std::size_t(length) + 2, 1);
  isFree[length] = isFree[length + 1] = 0;
  std::vector<CurveRow> rows = {{.first = 0, .weights = {1, 0, 0, 0}, .strength = 1e3},
                                {.first = 0, .weights = {-1, 1, 0, 0}, .strength = 1e3}};
  return SmoothCurve(isFree, std::move(rows), {}).through({miss.value, miss.slope});
}

void joinAt(const Border& border, std::int64_t length, Motion& motion) {
  const std::int64_t free0 = border.inward(0), free1 = border.inward(1);
  const std::int64_t kept1 = border.inward(-1), kept2 = border.inward(-2);
  std::vector<glm::vec3>& roots = motion.rootPositions;
  std::array<std::vector<double>, 3> shift;
  for (int i = 0; i < 3; ++i) {
    const double inside = double(roots[free1][i]) - roots[free0][i];
    const double outside = double(roots[kept1][i]) - roots[kept2][i];
    const double led = roots[kept1][i] + 0.5 * (inside + outside);
    shift[i] = fade({led - roots[free0][i], 0.5 * (outside - inside)}, length);
  }
  std::vector<std::array<std::vector<double>, 3>> turns(kJointCount22);
  for (int j = 0; j < kJointCount22; ++j) {
    const auto at = [&](std::int64_t f) { return glm::dquat(motion.rotation(f, j)); };
    const glm::dvec3 inside = rotationVectorOf(at(free1) * glm::conjugate(at(free0)));
    const glm::dvec3 outside = rotationVectorOf(at(kept1) * glm::conjugate(at(kept2)));
    const glm::dquat led = turnOf(0.5 * (inside + outside)) * at(kept1);
    const glm::dvec3 miss = rotationVectorOf(led * glm::conjugate(at(free0)));
    for (int i = 0; i < 3; ++i)
      turns[j][i] = fade({miss[i], 0.5 * (outside[i] - inside[i])}, length);
  }
  for (std::int64_t n = 0; n < length; ++n) {
    const std::int64_t f = border.inward(n);
    roots[f] += glm::vec3(shift[0][n], shift[1][n], shift[2][n]);
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::dvec3 turn(turns[j][0][n], turns[j][1][n], turns[j][2][n]);
      motion.rotation(f, j) = toFloat(turnOf(turn) * glm::dquat(motion.rotation(f, j)));
    }
  }
}

}  // namespace

void joinAtBorders(const FrameRange& free, Motion& motion) {
  if (free.length() < kShortestFreeRun) return;
  const int joints = motion.jointCount();
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const std::int64_t frames = motion.frameCount();
  const double limit = kRoughShare * ordinaryAcceleration(positions, joints, free, frames) + 1e-6;
  const auto isRough = [&](std::int64_t f) { return accelerationAt(positions, joints, f) > limit; };
  const std::int64_t length = std::min<std::int64_t>(kFalloffFrames, free.length() / 2 - 1);
  if (free.start >= 2 && (isRough(free.start - 1) || isRough(free.start))) {
    joinAt({free.start, +1}, length, motion);
  }
  if (free.end + 2 <= frames && (isRough(free.end - 1) || isRough(free.end))) {
    joinAt({free.end - 1, -1}, length, motion);
  }
}

}  // namespace kinescore
