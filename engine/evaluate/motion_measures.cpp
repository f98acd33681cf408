#include "engine/evaluate/motion_measures.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "engine/solve/solver.h"

namespace kinescore {
namespace {

constexpr int kPoseStride = 3;         // frames from pose to pose: 10 a second
constexpr int kPosesOfWindow = 10;
constexpr int kPoseValues = 3 * kJointCount22;
constexpr std::int64_t kWindowSpan = kPoseStride * kPosesOfWindow;

// [frames − 3][22] lengths of third differences
std::vector<double> jerks(const Motion& motion) {
  std::vector<double> result;
  const std::vector<glm::vec3> p = worldPositions(motion);
  const int joints = motion.jointCount();
  const double scale = std::pow(motion.rate.fps(), 3);
  for (std::int64_t f = 0; f + 3 < motion.frameCount(); ++f) {
    for (int j = 0; j < joints; ++j) {
      const auto at = [&](int k) { return glm::dvec3(p[std::size_t(f + k) * joints + j]); };
      result.push_back(scale * glm::length(at(3) - 3.0 * at(2) + 3.0 * at(1) - at(0)));
    }
  }
  return result;
}

double meanOf(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / double(values.size());
}

// Poses seen from the figure at ten a second.
std::vector<float> posesOf(const MotionFeatures& features) {
  std::vector<float> poses;
  for (std::int64_t f = 0; f < features.frames; f += kPoseStride) {
    const auto first = features.values.begin() + f * kFeatureCount + kPositionChannel;
    poses.insert(poses.end(), first, first + kPoseValues);
  }
  return poses;
}

float jointDistances(const float* a, const float* b) {
  float sum = 0;
  for (int j = 0; j < kPoseValues; j += 3) {
    const float x = a[j] - b[j], y = a[j + 1] - b[j + 1], z = a[j + 2] - b[j + 2];
    sum += std::sqrt(x * x + y * y + z * z);
  }
  return sum;
}

// The quaternion's logarithm and back; unit quaternions with a positive real part or near it.
glm::vec3 logOf(const glm::quat& q) {
  const glm::vec3 v(q.x, q.y, q.z);
  const float length = glm::length(v);
  if (length < 1e-7f) return glm::vec3(0);
  return v / length * std::atan2(length, q.w);
}
glm::quat expOf(const glm::vec3& v) {
  const float angle = glm::length(v);
  if (angle < 1e-7f) return {1, 0, 0, 0};
  const glm::vec3 axis = v / angle * std::sin(angle);
  return {std::cos(angle), axis.x, axis.y, axis.z};
}

struct Place {
  std::size_t key;  // the one before
  float share;      // of the way to the next
};
Place placeOf(std::int64_t frame, std::span<const std::int64_t> keys) {
  std::size_t k = std::size_t(std::upper_bound(keys.begin(), keys.end(), frame) - keys.begin());
  k = std::clamp<std::size_t>(k, 1, keys.size() - 1) - 1;
  return {k, float(frame - keys[k]) / float(keys[k + 1] - keys[k])};
}

template <class Root, class Turn>
Motion between(const Motion& truth, std::span<const std::int64_t> keys, const Root& root, const Turn& turn) {
  assert(keys.size() > 1 && keys.front() == 0 && keys.back() == truth.frameCount() - 1);
  Motion made = truth;
  made.contacts.clear();
  for (std::int64_t f = 0; f < truth.frameCount(); ++f) {
    const Place place = placeOf(f, keys);
    made.rootPositions[f] = root(place);
    for (int j = 0; j < truth.jointCount(); ++j) made.rotation(f, j) = turn(place, j);
  }
  return made;
}

}  // namespace

SkateSums skateSums(const Motion& motion) {
  const FootSkate skate = measureFootSkate(motion);
  SkateSums sums;
  sums.pairs = 2.0 * double(std::max<std::int64_t>(0, motion.frameCount() - 1));
  sums.low = std::round(skate.lowToeShare * sums.pairs);
  sums.fast = std::round(skate.fastShare * sums.low);
  sums.millimetres = skate.meanMillimetersPerFrame * sums.low;
  return sums;
}

JerkFigures jerkOf(const Motion& motion) {
  std::vector<double> values = jerks(motion);
  if (values.empty()) return {};
  const double mean = meanOf(values);
  const auto at = values.begin() + std::ptrdiff_t(0.95 * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return {mean, *at};
}

double jerkNear(const Motion& motion, std::span<const std::int64_t> frames, int reach) {
  const std::vector<double> values = jerks(motion);
  const int joints = motion.jointCount();
  double sum = 0, count = 0;
  for (std::int64_t f = 0; f + 3 < motion.frameCount(); ++f) {
    const double middle = double(f) + 1.5;
    const bool isNear = std::any_of(frames.begin(), frames.end(), [&](std::int64_t k) { return std::abs(middle - double(k)) <= reach; });
    if (!isNear) continue;
    sum += meanOf(std::span(values).subspan(std::size_t(f) * joints, joints));
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

double poseDistance(const MotionFeatures& a, const MotionFeatures& b) {
  const std::int64_t frames = std::min(a.frames, b.frames);
  double sum = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    sum += jointDistances(a.values.data() + f * kFeatureCount + kPositionChannel, b.values.data() + f * kFeatureCount + kPositionChannel);
  }
  return frames > 0 ? sum / (double(frames) * kJointCount22) : 0;
}

double worldDistance(const Motion& a, const Motion& b, std::span<const std::int64_t> frames) {
  assert(a.frameCount() == b.frameCount());
  WorldPose poseA, poseB;
  double sum = 0;
  for (const std::int64_t f : frames) {
    forwardKinematicsInto(*a.skeleton, a.pose(f), poseA);
    forwardKinematicsInto(*b.skeleton, b.pose(f), poseB);
    for (std::size_t j = 0; j < poseA.positions.size(); ++j) sum += glm::length(glm::dvec3(poseA.positions[j]) - glm::dvec3(poseB.positions[j]));
  }
  return frames.empty() ? 0 : sum / (double(frames.size()) * a.jointCount());
}

Motion slerpBetween(const Motion& truth, std::span<const std::int64_t> keys) {
  return between(
      truth, keys,
      [&](const Place& p) { return glm::mix(truth.rootPositions[keys[p.key]], truth.rootPositions[keys[p.key + 1]], p.share); },
      [&](const Place& p, int j) {
        return glm::normalize(glm::slerp(truth.rotation(keys[p.key], j), truth.rotation(keys[p.key + 1], j), p.share));
      });
}

Motion squadBetween(const Motion& truth, std::span<const std::int64_t> keys) {
  const auto clamped = [&](std::int64_t k) { return keys[std::size_t(std::clamp<std::int64_t>(k, 0, std::int64_t(keys.size()) - 1))]; };
  const auto position = [&](std::int64_t k) { return truth.rootPositions[clamped(k)]; };
  const auto tangent = [&](std::int64_t k) {  // metres a frame, by the neighbours
    const auto frames = float(clamped(k + 1) - clamped(k - 1));
    return frames > 0 ? (position(k + 1) - position(k - 1)) / frames : glm::vec3(0);
  };
  // Keys of a joint all on the side of the one before; their inner quadrangle points.
  const int joints = truth.jointCount();
  std::vector<std::vector<glm::quat>> turns(joints), inner(joints);
  for (int j = 0; j < joints; ++j) {
    for (const std::int64_t f : keys) {
      glm::quat q = truth.rotation(f, j);
      if (!turns[j].empty() && glm::dot(turns[j].back(), q) < 0) q = -q;
      turns[j].push_back(q);
    }
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const glm::quat& q = turns[j][k];
      if (k == 0 || k + 1 == keys.size()) {
        inner[j].push_back(q);
        continue;
      }
      const glm::quat back = glm::conjugate(q);
      inner[j].push_back(glm::normalize(q * expOf(-0.25f * (logOf(back * turns[j][k + 1]) + logOf(back * turns[j][k - 1])))));
    }
  }
  const auto plainSlerp = [](const glm::quat& a, const glm::quat& b, float t) {  // along the arc that the signs say
    const float cosine = std::clamp(glm::dot(a, b), -1.0f, 1.0f);
    const float angle = std::acos(cosine), sine = std::sin(angle);
    if (sine < 1e-4f) return glm::normalize(a * (1 - t) + b * t);
    return a * (std::sin((1 - t) * angle) / sine) + b * (std::sin(t * angle) / sine);
  };
  return between(
      truth, keys,
      [&](const Place& p) {
        const auto k = std::int64_t(p.key);
        const float t = p.share, length = float(keys[p.key + 1] - keys[p.key]);
        const float t2 = t * t, t3 = t2 * t;
        return (2 * t3 - 3 * t2 + 1) * position(k) + (t3 - 2 * t2 + t) * length * tangent(k) + (3 * t2 - 2 * t3) * position(k + 1) +
               (t3 - t2) * length * tangent(k + 1);
      },
      [&](const Place& p, int j) {
        const float t = p.share;
        const glm::quat outer = plainSlerp(turns[j][p.key], turns[j][p.key + 1], t);
        const glm::quat through = plainSlerp(inner[j][p.key], inner[j][p.key + 1], t);
        return glm::normalize(plainSlerp(outer, through, 2 * t * (1 - t)));
      });
}

Result<TrainWindows> TrainWindows::build(const Library& library, std::stop_token stop) {
  TrainWindows windows;
  for (const LibraryClip& clip : library.clips) {
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "The evaluation was stopped."};
    if (clip.split != Split::Train) continue;
    const std::vector<float> poses = posesOf(featuresFromMotion(clip.motion));
    const auto before = std::int64_t(windows.poses_.size()) / kPoseValues, count = std::int64_t(poses.size()) / kPoseValues;
    for (std::int64_t p = 0; p + kPosesOfWindow <= count; ++p) windows.starts_.push_back(before + p);
    windows.poses_.insert(windows.poses_.end(), poses.begin(), poses.end());
  }
  return windows;
}

double TrainWindows::nearest(const float* window, double bound) const {
  constexpr double kJoints = double(kPosesOfWindow) * kJointCount22;
  double best = bound * kJoints;
  const auto tryAt = [&](std::int64_t start) {
    const float* candidate = poses_.data() + start * kPoseValues;
    double sum = 0;
    for (const int pose : {4, 0, 9, 7, 2, 5, 1, 8, 3, 6}) {  // far apart first: most are given up after one or two
      sum += double(jointDistances(window + pose * kPoseValues, candidate + pose * kPoseValues));
      if (sum >= best) return;
    }
    best = sum;
  };
  constexpr std::size_t kThin = 7;  // a first pass over few finds a good bound
  for (std::size_t i = 0; i < starts_.size(); i += kThin) tryAt(starts_[i]);
  for (const std::int64_t start : starts_) tryAt(start);
  return best / kJoints;
}

std::vector<double> TrainWindows::distances(const Motion& motion) const {
  std::vector<double> result;
  if (starts_.empty() || motion.frameCount() < kWindowSpan) return result;
  // A mirrored clip is as near to the motion as the clip is to the mirrored motion.
  const std::vector<float> own = posesOf(featuresFromMotion(motion)), mirror = posesOf(featuresFromMotion(mirrored(motion)));
  for (std::int64_t f = 0; f + kWindowSpan <= motion.frameCount(); f += kWindowSpan) {
    const std::ptrdiff_t at = f / kPoseStride * kPoseValues;
    const double straight = nearest(own.data() + at, std::numeric_limits<float>::max());
    result.push_back(nearest(mirror.data() + at, straight));
  }
  return result;
}

}  // namespace kinescore
