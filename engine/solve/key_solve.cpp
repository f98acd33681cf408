#include "engine/solve/key_solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "engine/solve/pose_ik.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

constexpr int kMaxIterations = 8;
constexpr int kRootChannels = 3;
constexpr int kChannels = kRootChannels + 3 * kJointCount22;
using PoseChange = std::array<double, kChannels>;  // root shift, then a rotation vector a joint

constexpr double kMetMeters = 5e-5;
constexpr double kMetRadians = 1e-4;
constexpr double kUntouched = 1e-6;
// Against bending: the miss of a lone key is a hundred-thousandth of its correction.
constexpr double kRowStrength = 1e3;
// Times nearer to each other than this cannot both be met by a calm motion.
constexpr double kNearFrames = 0.75;
constexpr double kNearStrength = 0.2;

// All that is wanted at one time.
struct Moment {
  Ticks time;
  double frame = 0;  // where the time lies, in frames
  double strength = kRowStrength;
  std::optional<Pose> pose;
  std::vector<PoseTarget> targets;
  glm::vec3 rootHome{0};  // where the root is before targets pull at it
  std::vector<bool> isChannelWanted = std::vector<bool>(kChannels, false);
};

PoseChange changeBetween(const Pose& from, const Pose& to) {
  PoseChange change;
  for (int i = 0; i < 3; ++i) change[i] = double(to.rootPosition[i]) - double(from.rootPosition[i]);
  for (int j = 0; j < kJointCount22; ++j) {
    const glm::dvec3 turn = rotationVectorOf(glm::normalize(
        glm::dquat(to.localRotations[j]) * glm::conjugate(glm::dquat(from.localRotations[j]))));
    for (int i = 0; i < 3; ++i) change[kRootChannels + 3 * j + i] = turn[i];
  }
  return change;
}

Pose changed(const Pose& pose, const PoseChange& change, double share) {
  Pose out = pose;
  for (int i = 0; i < 3; ++i) out.rootPosition[i] = float(pose.rootPosition[i] + share * change[i]);
  for (int j = 0; j < kJointCount22; ++j) {
    const double* v = &change[kRootChannels + 3 * j];
    out.localRotations[j] =
        toFloat(turnOf(share * glm::dvec3(v[0], v[1], v[2])) * glm::dquat(pose.localRotations[j]));
  }
  return out;
}

class KeySolve {
 public:
  KeySolve(const std::vector<char>& isFree, Motion& motion)
      : isFree_(isFree), motion_(motion), original_(motion), corrections_(kChannels) {}

  void add(const std::vector<SolveKey>& keys, const std::vector<SolveTarget>& targets,
           const Motion& home);
  void run(std::stop_token stop, int& iterations);

 private:
  bool measure(std::vector<PoseChange>& changes);
  void spread(const std::vector<PoseChange>& changes);
  void rebuild();
  SmoothCurve curveThrough(const std::vector<std::size_t>& moments, bool isRoot) const;

  const std::vector<char>& isFree_;
  Motion& motion_;
  const Motion original_;
  std::vector<Moment> moments_;                   // by time
  std::vector<std::vector<double>> corrections_;  // [channels][frames]; empty: untouched
};

void KeySolve::add(const std::vector<SolveKey>& keys, const std::vector<SolveTarget>& targets,
                   const Motion& home) {
  std::map<Ticks, Moment> byTime;
  struct Weights {
    double total = 0, largest = 0;
  };
  std::map<Ticks, Weights> weights;
  // Several keys at one time: their weighted middle.
  for (const SolveKey& key : keys) {
    Moment& moment = byTime[key.time];
    moment.time = key.time;
    Weights& w = weights[key.time];
    const double weight = std::max(double(key.weight), 1e-6);
    w.total += weight;
    w.largest = std::max(w.largest, weight);
    const Pose middle = moment.pose.value_or(key.pose);
    moment.pose = changed(middle, changeBetween(middle, key.pose), weight / w.total);
  }
  // A weak key is met by its share.
  for (const auto& [time, w] : weights) {
    if (w.largest >= 1) continue;
    const Pose now = evaluate(motion_, time);
    byTime[time].pose = changed(now, changeBetween(now, *byTime[time].pose), w.largest);
  }
  for (const SolveTarget& target : targets) {
    Moment& moment = byTime[target.time];
    moment.time = target.time;
    const WorldPose world = forwardKinematics(*motion_.skeleton, evaluate(motion_, target.time));
    const double share = std::clamp(double(target.weight), 0.0, 1.0);
    PoseTarget wanted;
    wanted.joint = target.joint;
    wanted.position =
        glm::mix(glm::dvec3(world.positions[target.joint]), glm::dvec3(target.position), share);
    if (target.rotation) {
      wanted.rotation = glm::slerp(glm::dquat(world.rotations[target.joint]),
                                   glm::dquat(*target.rotation), share);
    }
    moment.targets.push_back(wanted);
  }
  for (auto& [time, moment] : byTime) {
    moment.frame = framePositionOf(motion_, time);
    moment.rootHome = moment.pose.value_or(evaluate(home, time)).rootPosition;
    moments_.push_back(std::move(moment));
  }
  for (std::size_t m = 0; m < moments_.size(); ++m) {
    double nearest = kNearFrames;
    if (m > 0) nearest = std::min(nearest, moments_[m].frame - moments_[m - 1].frame);
    if (m + 1 < moments_.size())
      nearest = std::min(nearest, moments_[m + 1].frame - moments_[m].frame);
    moments_[m].strength = std::max(kRowStrength * std::pow(nearest / kNearFrames, 4), kNearStrength);
  }
}

// What is missing at each moment, and whether anything is.
bool KeySolve::measure(std::vector<PoseChange>& changes) {
  bool isMissing = false;
  Pose now;
  for (std::size_t m = 0; m < moments_.size(); ++m) {
    Moment& moment = moments_[m];
    evaluateInto(motion_, moment.time, now);
    Pose wanted = moment.pose.value_or(now);
    if (!moment.targets.empty())
      wanted = reachTargets(*motion_.skeleton, wanted, moment.rootHome, moment.targets);
    changes[m] = changeBetween(now, wanted);
    for (int c = 0; c < kChannels; ++c) {
      const double size = std::abs(changes[m][c]);
      // A target holds the joints that it moves, and leaves the others to other keys.
      const int group = c / 3 * 3;
      if (moment.pose || size > kUntouched) {
        for (int i = 0; i < 3; ++i) moment.isChannelWanted[group + i] = true;
      }
      if (size > (c < kRootChannels ? kMetMeters : kMetRadians)) isMissing = true;
    }
  }
  return isMissing;
}

SmoothCurve KeySolve::curveThrough(const std::vector<std::size_t>& moments, bool isRoot) const {
  std::vector<char> moves(isFree_.size(), 0);
  std::vector<CurveRow> rows;
  for (const std::size_t m : moments) {
    const Moment& moment = moments_[m];
    rows.push_back(isRoot ? rootRow(motion_, moment.time, moment.strength)
                          : rotationRow(motion_, moment.time, moment.strength));
    const auto first = static_cast<std::int64_t>(std::floor(moment.frame)) - kFalloffFrames;
    const auto last = static_cast<std::int64_t>(std::ceil(moment.frame)) + kFalloffFrames;
    for (std::int64_t f = std::max<std::int64_t>(first, 0);
         f <= std::min(last, motion_.frameCount() - 1); ++f) {
      if (std::abs(double(f) - moment.frame) < kFalloffFrames && isFree_[f]) moves[f] = 1;
    }
  }
  return SmoothCurve(moves, std::move(rows), {.bend = 1, .slope = 0, .pull = 1e-6});
}

void KeySolve::spread(const std::vector<PoseChange>& changes) {
  // Channels held by the same moments share one factorisation.
  std::map<std::pair<bool, std::vector<std::size_t>>, SmoothCurve> curves;
  std::vector<std::size_t> held;
  std::vector<double> wanted;
  for (int c = 0; c < kChannels; ++c) {
    held.clear();
    for (std::size_t m = 0; m < moments_.size(); ++m) {
      if (moments_[m].isChannelWanted[c]) held.push_back(m);
    }
    if (held.empty()) continue;
    const bool isRoot = c < kRootChannels;
    auto curve = curves.find({isRoot, held});
    if (curve == curves.end()) {
      curve = curves.emplace(std::pair(isRoot, held), curveThrough(held, isRoot)).first;
    }
    std::vector<double>& correction = corrections_[c];
    if (correction.empty()) correction.assign(isFree_.size(), 0.0);
    wanted.clear();
    for (const std::size_t m : held) {
      const CurveRow row = isRoot ? rootRow(motion_, moments_[m].time, 1)
                                  : rotationRow(motion_, moments_[m].time, 1);
      double now = 0;
      for (int i = 0; i < 4; ++i) {
        if (row.weights[i] != 0) now += row.weights[i] * correction[row.first + i];
      }
      wanted.push_back(now + changes[m][c]);
    }
    correction = curve->second.through(wanted);
  }
}

void KeySolve::rebuild() {
  const auto at = [&](int channel, std::int64_t frame) {
    return corrections_[channel].empty() ? 0.0 : corrections_[channel][frame];
  };
  for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
    if (!isFree_[f]) continue;
    const glm::dvec3 shift(at(0, f), at(1, f), at(2, f));
    if (shift != glm::dvec3(0))
      motion_.rootPositions[f] = glm::vec3(glm::dvec3(original_.rootPositions[f]) + shift);
    for (int j = 0; j < kJointCount22; ++j) {
      const int c = kRootChannels + 3 * j;
      const glm::dvec3 turn(at(c, f), at(c + 1, f), at(c + 2, f));
      if (turn == glm::dvec3(0)) continue;
      motion_.rotation(f, j) = toFloat(turnOf(turn) * glm::dquat(original_.rotation(f, j)));
    }
  }
}

void KeySolve::run(std::stop_token stop, int& iterations) {
  std::vector<PoseChange> changes(moments_.size());
  for (int i = 0; i < kMaxIterations && !stop.stop_requested(); ++i) {
    if (!measure(changes)) break;
    spread(changes);
    rebuild();
    ++iterations;
  }
}

}  // namespace

void meetKeysAndTargets(const std::vector<SolveKey>& keys, const std::vector<SolveTarget>& targets,
                        const Motion& home, const std::vector<char>& isFree, std::stop_token stop,
                        Motion& motion, int& iterations) {
  if (keys.empty() && targets.empty()) return;
  KeySolve solve(isFree, motion);
  solve.add(keys, targets, home);
  solve.run(stop, iterations);
}

}  // namespace kinescore
