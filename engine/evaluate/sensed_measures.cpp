#include "engine/evaluate/sensed_measures.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <Eigen/Geometry>

#include "engine/core/random.h"
#include "engine/generation/body_view.h"

namespace kinescore {
namespace {

constexpr double kTolerance = 3;  // frames: 0.1 s

using Points = Eigen::Matrix<double, 3, kViewPoints>;

Points pointsOf(const Motion& motion, std::int64_t frame) {
  const auto all = viewPointsOf(forwardKinematics(*motion.skeleton, motion.pose(frame)));
  Points points;
  for (int k = 0; k < kViewPoints; ++k) points.col(k) << all[k].x, all[k].y, all[k].z;
  return points;
}

double nearestGap(double time, std::span<const double> sorted) {
  const auto after = std::lower_bound(sorted.begin(), sorted.end(), time);
  double gap = 1e9;
  if (after != sorted.end()) gap = *after - time;
  if (after != sorted.begin()) gap = std::min(gap, time - *(after - 1));
  return gap;
}

double shareNear(std::span<const double> times, std::span<const double> others) {
  if (times.empty()) return 0;
  const auto near = std::count_if(times.begin(), times.end(), [&](double t) { return nearestGap(t, others) <= kTolerance; });
  return double(near) / double(times.size());
}

}  // namespace

double alignedViewDistance(const Motion& made, const Motion& truth) {
  const std::int64_t frames = std::min(made.frameCount(), truth.frameCount());
  assert(frames > 0);
  double sum = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    const Points is = pointsOf(made, f), should = pointsOf(truth, f);
    const Eigen::Matrix4d fit = Eigen::umeyama(is, should, true);
    const Points fitted = (fit.topLeftCorner<3, 3>() * is).colwise() + fit.topRightCorner<3, 1>();
    sum += (fitted - should).colwise().norm().mean();
  }
  return sum / double(frames);
}

double beatAgreement(std::span<const Accent> accents, const Beat& beat, std::int64_t frames) {
  std::vector<double> marks, beats;
  for (const Accent& accent : accents) marks.push_back(accent.frame);
  for (double at = beat.first - std::floor(beat.first / beat.period) * beat.period; at < double(frames); at += beat.period) {
    beats.push_back(at);
  }
  const double precision = shareNear(marks, beats), recall = shareNear(beats, marks);
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

double beatGain(const Motion& motion, const Beat& beat, int shifts, std::uint64_t seed) {
  const MotionFeatures features = featuresFromMotion(motion);
  const std::vector<Accent> accents = accentsOf(features.values);
  const double own = beatAgreement(accents, beat, features.frames);
  CounterRandom random(seed, 0x62656174);
  double chance = 0;
  for (int i = 0; i < shifts; ++i) {
    Beat moved = beat;
    moved.first += random.uniform() * beat.period;
    chance += beatAgreement(accents, moved, features.frames) / double(shifts);
  }
  return chance > 0 ? own / chance : 0;
}

}  // namespace kinescore
