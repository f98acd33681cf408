#include "engine/generation/join_report.h"

#include <algorithm>
#include <cstdio>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/report_text.h"

namespace kinescore {
namespace {

/// Frames on each side of a seam whose accelerations the seam has a part in.
constexpr std::int64_t kSeamReach = 2;
/// A figure that stands still is not judged by its trembling: metres a frame².
constexpr double kLeastAcceleration = 1e-3;
/// Of how many frames around the seam the motion's own liveliness is taken.
constexpr std::int64_t kAround = 90;

std::string text(const char* format, double value) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

}  // namespace

double joinRatio(const Motion& motion, std::int64_t seam) {
  const std::int64_t first = std::max<std::int64_t>(0, seam - kAround), end = std::min(motion.frameCount(), seam + kAround);
  const std::vector<glm::vec3> places = worldPositions(motion.slice({first, end}));
  const std::size_t joints = std::size_t(motion.jointCount());
  double atSeam = 0;
  std::vector<double> elsewhere;
  for (std::int64_t f = first + 1; f + 1 < end; ++f) {
    const glm::vec3* at = &places[std::size_t(f - first) * joints];
    double acceleration = 0;
    for (std::size_t j = 0; j < joints; ++j) acceleration += double(glm::length(at[joints + j] - 2.0f * at[j] + at[j - joints]));
    acceleration /= double(joints);
    // the second differences of the last frame before the seam and of the first behind it reach across it
    if (f == seam - 1 || f == seam) atSeam = std::max(atSeam, acceleration);
    else if (f < seam - kSeamReach || f >= seam + kSeamReach) elsewhere.push_back(acceleration);
  }
  if (elsewhere.empty()) return 0;
  const auto high = elsewhere.begin() + std::ptrdiff_t(double(elsewhere.size() - 1) * 0.95);
  std::nth_element(elsewhere.begin(), high, elsewhere.end());
  return atSeam / std::max(*high, kLeastAcceleration);
}

std::vector<ReportLine> joinLines(const GenerationRequest& request, const Motion& motion) {
  if (!request.range) return {};
  double worst = 0;
  std::int64_t worstSeam = -1;
  for (const FrameRange& part : request.madeParts()) {
    for (const std::int64_t seam : {part.start, part.end}) {
      if (seam <= 0 || seam >= motion.frameCount()) continue;
      const double ratio = joinRatio(motion, seam);
      if (worstSeam < 0 || ratio > worst) {
        worst = ratio;
        worstSeam = seam;
      }
    }
  }
  if (worstSeam < 0) return {};
  const std::string when = placeMark(ticksOfFrame(worstSeam, kEngineRate));
  const std::string detail = text("Speeds change %.1f× as fast", worst) + " at " + when + " as in the liveliest moments around.";
  if (worst > kRoughJoin) return {{true, "The join at " + when + " jerks", detail, worstSeam}};
  return {{false, "Joins are smooth", detail, worstSeam}};
}

}  // namespace kinescore
