#include "engine/evaluate/mbench.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr int kRoot = 0, kFeet[2] = {kLeftToeBase, kRightToeBase};
constexpr float kContactSpeed = 0.01f;        // m/frame
constexpr float kContactHeight = 0.02f;       // m
constexpr float kPenetrationTolerance = 0.005f;
constexpr float kRootMoves = 0.001f;          // m/frame
constexpr float kFootMoves = 1.2e-4f;         // m/frame
constexpr float kCarriedRatio = 0.6f, kRacingRatio = 1.75f, kAirborneRatio = 0.4f;
constexpr float kTiny = 1e-6f;
constexpr int kShortestRun = 4;
constexpr int kMostBends = 2;
// A toe joint of the mean SMPL body stands this high; that of kinescore22 stands higher.
constexpr float kSmplToeHeight = 0.015f;

struct Run {
  int first, last;  // frames, both in it
  [[nodiscard]] int length() const { return last - first + 1; }
};

// Positions by frame and joint, and the speeds that the metrics are made of. Single precision as the published
// evaluation, whose thresholds decide on it.
class Sequence {
 public:
  explicit Sequence(std::span<const float> joints)
      : joints_(joints), frames_(int(joints.size() / (3 * kJointCount22))) {}

  [[nodiscard]] int frames() const { return frames_; }
  [[nodiscard]] glm::vec3 at(int frame, int joint) const {
    const float* p = joints_.data() + (std::size_t(frame) * kJointCount22 + std::size_t(joint)) * 3;
    return {p[0], p[1], p[2]};
  }
  [[nodiscard]] glm::vec3 aboutRoot(int frame, int joint) const { return at(frame, joint) - at(frame, kRoot); }
  // from a frame to the next; the last one as the one before
  [[nodiscard]] glm::vec3 step(int frame, int joint) const {
    const int from = std::min(frame, frames_ - 2);
    return at(from + 1, joint) - at(from, joint);
  }
  [[nodiscard]] glm::vec3 stepAboutRoot(int frame, int joint) const {
    const int from = std::min(frame, frames_ - 2);
    return aboutRoot(from + 1, joint) - aboutRoot(from, joint);
  }

 private:
  std::span<const float> joints_;
  int frames_;
};

// Mean length of differences of order 1 or 2: of the joints, and of the joints about the root.
double meanDifference(const Sequence& s, int order) {
  double sum = 0;
  for (int f = 0; f + order < s.frames(); ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      glm::vec3 all = s.step(f, j), relative = s.stepAboutRoot(f, j);
      if (order == 2) {
        all = s.step(f + 1, j) - all;
        relative = s.stepAboutRoot(f + 1, j) - relative;
      }
      sum += double(glm::length(all)) + double(glm::length(relative));
    }
  }
  return sum / (double(s.frames() - order) * kJointCount22);
}

double penetration(const Sequence& s) {
  double depth = 0;
  int count = 0;
  for (int f = 0; f < s.frames(); ++f) {
    for (const int foot : kFeet) {
      const float height = s.at(f, foot).z;
      if (!(height < -kPenetrationTolerance)) continue;
      depth -= double(height);
      ++count;
    }
  }
  return count > 0 ? depth / count : 0;
}

std::vector<std::array<bool, 2>> contacts(const Sequence& s) {
  std::vector<std::array<bool, 2>> result;
  for (int f = 0; f < s.frames(); ++f) {
    std::array<bool, 2> both{};
    for (int i = 0; i < 2; ++i) {
      both[i] = glm::length(s.step(f, kFeet[i])) < kContactSpeed || s.at(f, kFeet[i]).z < kContactHeight;
    }
    result.push_back(both);
  }
  return result;
}

double sliding(const Sequence& s, const std::vector<std::array<bool, 2>>& contact) {
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    double way = 0, frames = 0;
    for (int f = 0; f < s.frames(); ++f) {
      if (!contact[f][i]) continue;
      way += double(glm::length(glm::vec2(s.step(f, kFeet[i]))));
      ++frames;
    }
    sum += way / (frames + double(kTiny)) / 2;
  }
  return sum;
}

std::vector<Run> airborneRuns(const std::vector<std::array<bool, 2>>& contact, int foot) {
  std::vector<Run> runs;
  const int frames = int(contact.size());
  for (int f = 0; f < frames; ++f) {
    if (contact[f][foot]) continue;
    if (!runs.empty() && runs.back().last == f - 1) {
      runs.back().last = f;
    } else {
      runs.push_back({f, f});
    }
  }
  return runs;
}

// How far a peak rises above the higher of the two valleys beside it, as far as the next higher value.
double prominence(const std::vector<float>& values, int first, int last) {
  const float top = values[first];
  float left = top, right = top;
  for (int i = first - 1; i >= 0 && values[i] <= top; --i) left = std::min(left, values[i]);
  for (int i = last + 1; i < int(values.size()) && values[i] <= top; ++i) right = std::min(right, values[i]);
  return double(top - std::max(left, right));
}

// Samples or flat tops strictly higher than both neighbours; the ends never count.
int peaks(const std::vector<float>& values, double smallest) {
  int count = 0;
  const int n = int(values.size());
  for (int i = 1; i + 1 < n;) {
    int last = i;
    while (last + 1 < n && values[last + 1] == values[i]) ++last;
    const bool isPeak = values[i - 1] < values[i] && last + 1 < n && values[last + 1] < values[i];
    if (isPeak && prominence(values, i, last) >= smallest) ++count;
    i = last + 1;
  }
  return count;
}

// Bends of the left foot's way through the air, by its angle to the straight line.
int bendsOfFlight(const Sequence& s, const Run& flight, double smallest) {
  const auto direction = [](const glm::vec3& v) { return v / (glm::length(v) + kTiny); };
  const glm::vec3 start = s.at(flight.first, kFeet[0]);
  const glm::vec3 whole = direction(s.at(flight.last, kFeet[0]) - start);
  std::vector<float> angles;
  for (int f = flight.first + 1; f <= flight.last; ++f) {
    const float cosine = glm::dot(direction(s.at(f, kFeet[0]) - start), whole);
    angles.push_back(std::abs(std::acos(std::clamp(cosine, -1.0f, 1.0f))) * float(180 / M_PI));
  }
  return peaks(angles, smallest);
}

class Floating {
 public:
  Floating(const Sequence& s, const std::vector<std::array<bool, 2>>& contact) : s_(s), contact_(contact) {
    for (int f = 0; f < s.frames(); ++f) {
      rootSpeed_.push_back(glm::length(s.step(f, kRoot)));
      std::array<float, 2> ratio{}, speed{};
      for (int i = 0; i < 2; ++i) {
        ratio[i] = glm::length(s.stepAboutRoot(f, kFeet[i])) / (rootSpeed_.back() + kTiny);
        speed[i] = glm::length(s.step(f, kFeet[i]));
      }
      ratio_.push_back(ratio);
      footSpeed_.push_back(speed);
    }
  }

  [[nodiscard]] FloatingCounts counts(double smallestBend) const {
    FloatingCounts counts;
    for (int f = 0; f < s_.frames(); ++f) counts.frames += standsWrong(f) ? 1 : 0;
    const std::array<std::vector<Run>, 2> runs = {airborneRuns(contact_, 0), airborneRuns(contact_, 1)};
    for (int i = 0; i < 2; ++i) {
      for (const Run& run : runs[i]) counts.airborne += carriedFrames(run, i);
    }
    for (const Run& left : runs[0]) {
      for (const Run& right : runs[1]) {
        const Run both{std::max(left.first, right.first), std::min(left.last, right.last)};
        if (both.first >= both.last || both.length() < kShortestRun) continue;
        if (bendsOfFlight(s_, both, smallestBend) > kMostBends) counts.wholeBody += both.length();
      }
    }
    return counts;
  }

 private:
  [[nodiscard]] bool isBad(int f, int foot) const {
    if (!(footSpeed_[f][foot] > kFootMoves)) return false;
    return ratio_[f][foot] < kCarriedRatio || (ratio_[f][foot] > kRacingRatio && rootSpeed_[f] > kFootMoves);
  }
  [[nodiscard]] bool standsWrong(int f) const {
    if (rootSpeed_[f] < kRootMoves) return false;
    const auto& [left, right] = contact_[f];
    if (!left && !right) return false;
    return (!left || isBad(f, 0)) && (!right || isBad(f, 1));
  }
  [[nodiscard]] int carriedFrames(const Run& run, int foot) const {
    if (run.length() < kShortestRun) return 0;
    int slow = 0, carried = 0;
    for (int f = run.first; f <= run.last; ++f) {
      slow += rootSpeed_[f] < kRootMoves ? 1 : 0;
      carried += ratio_[f][foot] < kAirborneRatio ? 1 : 0;
    }
    return 2 * slow > run.length() ? 0 : carried;
  }

  const Sequence& s_;
  const std::vector<std::array<bool, 2>>& contact_;
  std::vector<float> rootSpeed_;
  std::vector<std::array<float, 2>> ratio_, footSpeed_;
};

}  // namespace

Result<MBenchFigures> mbenchFigures(std::span<const float> joints, const MBenchOptions& options) {
  constexpr std::size_t kRow = 3 * kJointCount22;
  if (joints.size() % kRow != 0) {
    return Error{ErrorCode::InvalidArgument, "MBench measures motions of 22 joints with three coordinates each."};
  }
  const Sequence sequence(joints);
  if (sequence.frames() < 3) {
    return Error{ErrorCode::InvalidArgument, "MBench needs three frames at 20 frames a second; the motion has " +
                                                 std::to_string(sequence.frames()) + "."};
  }
  if (!std::all_of(joints.begin(), joints.end(), [](float value) { return std::isfinite(value); })) {
    return Error{ErrorCode::InvalidArgument, "A motion that MBench should measure holds values that are not numbers."};
  }
  MBenchFigures figures;
  figures.jitter = meanDifference(sequence, 2);
  figures.dynamicDegree = meanDifference(sequence, 1);
  figures.groundPenetration = penetration(sequence);
  figures.contact = contacts(sequence);
  figures.footSliding = sliding(sequence, figures.contact);
  figures.floating = Floating(sequence, figures.contact).counts(options.smallestBendDegrees);
  const FloatingCounts& f = figures.floating;
  figures.footFloating = (f.frames + 0.5 * f.airborne + f.wholeBody) / double(sequence.frames());
  return figures;
}

std::vector<float> mbenchJoints(const Motion& motion) {
  const Motion at20 = resample(motion, {kMBenchFps, 1});
  const WorldPose rest = forwardKinematics(*kinescore22(), restPose(*kinescore22()));
  const float lower = rest.positions[kLeftToeBase].y - kSmplToeHeight;
  std::vector<float> joints;
  for (const glm::vec3& p : worldPositions(at20)) joints.insert(joints.end(), {p.x, -p.z, p.y});
  const auto frames = joints.size() / (3 * kJointCount22);
  for (std::size_t f = 0; f < frames; ++f) {
    for (const int foot : kFeet) joints[(f * kJointCount22 + std::size_t(foot)) * 3 + 2] -= lower;
  }
  return joints;
}

Result<MBenchFigures> mbenchFiguresOf(const Motion& motion) {
  if (motion.jointCount() != kJointCount22) {
    return Error{ErrorCode::InvalidArgument, "MBench measures motions of the 22-joint skeleton only."};
  }
  return mbenchFigures(mbenchJoints(motion), {.smallestBendDegrees = 1});
}

MBenchAggregate aggregateOf(std::span<const MBenchFigures> figures) {
  MBenchAggregate aggregate;
  aggregate.count = figures.size();
  if (figures.empty()) return aggregate;
  const double share = 1.0 / double(figures.size());
  for (std::size_t m = 0; m < kMBenchNames.size(); ++m) {
    for (const MBenchFigures& f : figures) aggregate.mean[m] += share * f.values()[m];
    double square = 0;
    for (const MBenchFigures& f : figures) square += share * std::pow(f.values()[m] - aggregate.mean[m], 2);
    aggregate.deviation[m] = std::sqrt(square);
  }
  return aggregate;
}

}  // namespace kinescore
