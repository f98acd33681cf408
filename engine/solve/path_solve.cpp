#include "engine/solve/path_solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "engine/motion/kinematics.h"
#include "engine/solve/root_holds.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/smooth_curve.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

constexpr double kSmoothingSeconds = 0.4;
constexpr int kIterations = 5;
constexpr double kMetMeters = 2e-3;
// Shifts faster than about one swing a second cost more than the miss that they repair.
constexpr SmoothCurve::Cost kSlowShift{.bend = 200, .slope = 0.5, .pull = 1e-6};
constexpr double kKeyStrength = 20;

std::vector<double> smoothed(const std::vector<double>& values, double sigma) {
  const auto count = static_cast<std::int64_t>(values.size());
  const auto radius = static_cast<std::int64_t>(std::ceil(3.5 * sigma));
  const auto at = [&](std::int64_t i) {
    if (0 <= i && i < count) return values[i];
    // Mirrored through the end point: a steady walk keeps its speed.
    const std::int64_t end = i < 0 ? 0 : count - 1;
    return 2 * values[end] - values[std::clamp<std::int64_t>(2 * end - i, 0, count - 1)];
  };
  std::vector<double> out(values.size());
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = 0;
    double total = 0;
    for (std::int64_t k = -radius; k <= radius; ++k) {
      const double weight = std::exp(-0.5 * double(k * k) / (sigma * sigma));
      sum += weight * at(i + k);
      total += weight;
    }
    out[i] = sum / total;
  }
  return out;
}

double wrapped(double angle) {
  return std::remainder(angle, 2 * std::numbers::pi);
}

CurveRow rowAtFrame(const Motion& motion, std::int64_t frame, double strength) {
  return rotationRow(motion, ticksOfFrame(frame, motion.rate), strength);
}

// Samples on frames of the motion, with a weight that counts.
std::vector<SolvePathSample> usable(const std::vector<SolvePathSample>& path,
                                    const Motion& motion) {
  std::vector<SolvePathSample> out;
  for (const SolvePathSample& sample : path) {
    if (0 <= sample.frame && sample.frame < motion.frameCount() && sample.weight > 0)
      out.push_back(sample);
  }
  return out;
}

bool turnToHeadings(const std::vector<SolvePathSample>& path, const std::vector<char>& isFree,
                    Motion& motion) {
  std::vector<CurveRow> rows;
  std::vector<double> wanted;
  for (const SolvePathSample& sample : path) {
    if (!sample.heading) continue;
    const double now = headingOf(forwardKinematics(*motion.skeleton, motion.pose(sample.frame)));
    rows.push_back(rowAtFrame(motion, sample.frame, std::min(double(sample.weight), 1.0)));
    wanted.push_back(wrapped(double(*sample.heading) - now));
  }
  if (rows.empty()) return false;
  // Branches of neighbouring differences belong together.
  for (std::size_t i = 1; i < wanted.size(); ++i)
    wanted[i] = wanted[i - 1] + wrapped(wanted[i] - wanted[i - 1]);
  const std::vector<double> turns =
      SmoothCurve(isFree, std::move(rows), kSlowShift).through(wanted);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    if (turns[f] == 0) continue;
    const glm::dquat turn = turnOf({0, turns[f], 0});
    motion.rotation(f, kHips) = toFloat(turn * glm::dquat(motion.rotation(f, kHips)));
  }
  return true;
}

// Returns the worst miss before the shift.
double shiftToPath(const std::vector<SolvePathSample>& path, const std::vector<SolveKey>& keys,
                   const std::vector<char>& isFree, Motion& motion) {
  const std::vector<glm::dvec2> root = smoothedRoot(motion);
  std::vector<CurveRow> rows;
  std::array<std::vector<double>, 2> wanted;
  double worst = 0;
  for (const SolvePathSample& sample : path) {
    rows.push_back(rowAtFrame(motion, sample.frame, std::min(double(sample.weight), 1.0)));
    const glm::dvec2 miss = glm::dvec2(sample.position) - root[sample.frame];
    for (int i = 0; i < 2; ++i) wanted[i].push_back(miss[i]);
    if (sample.weight >= 1) worst = std::max(worst, glm::length(miss));
  }
  const RootHolds holds = rootHolds(keys, {}, motion, kKeyStrength);
  rows.insert(rows.end(), holds.rows.begin(), holds.rows.end());
  for (int i = 0; i < 2; ++i) {
    const std::vector<double>& shifts = holds.wanted[std::size_t(2 * i)];  // x, then z
    wanted[i].insert(wanted[i].end(), shifts.begin(), shifts.end());
  }
  const SmoothCurve curve(isFree, std::move(rows), kSlowShift);
  const std::vector<double> x = curve.through(wanted[0]);
  const std::vector<double> z = curve.through(wanted[1]);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f].x = float(motion.rootPositions[f].x + x[f]);
    motion.rootPositions[f].z = float(motion.rootPositions[f].z + z[f]);
  }
  return worst;
}

}  // namespace

std::vector<glm::dvec2> smoothedRoot(const Motion& motion) {
  std::vector<double> x, z;
  for (const glm::vec3& p : motion.rootPositions) {
    x.push_back(p.x);
    z.push_back(p.z);
  }
  const double sigma = kSmoothingSeconds * motion.rate.fps();
  x = smoothed(x, sigma);
  z = smoothed(z, sigma);
  std::vector<glm::dvec2> out;
  for (std::size_t f = 0; f < x.size(); ++f) out.emplace_back(x[f], z[f]);
  return out;
}

void followPath(const std::vector<SolvePathSample>& path, const std::vector<SolveKey>& keys,
                const std::vector<char>& isFree, std::stop_token stop, Motion& motion,
                int& iterations) {
  const std::vector<SolvePathSample> samples = usable(path, motion);
  if (samples.empty()) return;
  for (int i = 0; i < 2 && !stop.stop_requested(); ++i) {
    if (!turnToHeadings(samples, isFree, motion)) break;
    ++iterations;
  }
  for (int i = 0; i < kIterations && !stop.stop_requested(); ++i) {
    ++iterations;
    if (shiftToPath(samples, keys, isFree, motion) < kMetMeters) break;
  }
}

}  // namespace kinescore
