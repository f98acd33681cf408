#include "engine/library/clip_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <glm/glm.hpp>

#include "engine/io/text_scanner.h"
#include "engine/motion/kinematics.h"
#include "engine/retarget/stance.h"

namespace kinescore {
namespace {

constexpr double kUnitTolerance = 0.02;
constexpr float kLowToe = 0.05f;            // m, as model figures have it
constexpr double kShortestStand = 0.13;     // s
constexpr double kLongestGap = 0.1;         // s: a toe that rolls over its tip has not left the floor
// Quadratic through seven frames (Savitzky and Golay 1964): what it leaves is faster than about 5 Hz.
constexpr std::array<float, 7> kSmoothing = {-2 / 21.0f, 3 / 21.0f, 6 / 21.0f, 7 / 21.0f, 6 / 21.0f, 3 / 21.0f, -2 / 21.0f};

constexpr std::array<CheckLimit, 9> kLimits = {{
    {"short", "s", Defect::TooShort, &CheckLimits::seconds, &ClipFigures::seconds, true, false,
     "the shortest clip the trainer draws from, 16 frames"},
    {"static", "m/s", Defect::Static, &CheckLimits::liveliness, &ClipFigures::liveliness, true, false,
     "between the captures that are still poses (0.011 to 0.040) and the calmest performance that ships (0.090)"},
    {"skate", "mm/frame", Defect::FootSkate, &CheckLimits::footSkate, &ClipFigures::footSkate, false, true,
     "2.5 times the 95th percentile of the 338 clean captures that ship (4.9)"},
    {"depth", "m", Defect::Penetration, &CheckLimits::depth, &ClipFigures::depth, false, true,
     "a palm's thickness; 99 in 100 of the clean captures that ship stay above 0.030"},
    {"float", "m", Defect::Floating, &CheckLimits::clearance, &ClipFigures::clearance, false, true,
     "the height of an ankle; captures on flat floors stand at 0.000"},
    {"jerk", "m/s³", Defect::Jerk, &CheckLimits::jerk, &ClipFigures::jerk, false, false,
     "1.2 times the 99th percentile of the 338 clean captures that ship (548)"},
    {"jitter", "mm", Defect::Jitter, &CheckLimits::jitter, &ClipFigures::jitter, false, false,
     "1.2 times the 99th percentile of the 338 clean captures that ship (5.0)"},
    {"turn", "degrees/frame", Defect::Glitch, &CheckLimits::turn, &ClipFigures::turn, false, false,
     "dataset build eases what turns faster than 60; no joint of the captures that ship does"},
    {"leap", "m/frame", Defect::Glitch, &CheckLimits::leap, &ClipFigures::leap, false, false,
     "a sprinter at 12.4 m/s makes 0.41"},
}};

bool isFinite(const Motion& motion) {
  for (const glm::vec3& p : motion.rootPositions) {
    if (!std::isfinite(p.x + p.y + p.z)) return false;
  }
  for (const glm::quat& q : motion.localRotations) {
    const float square = glm::dot(q, q);
    if (!(std::abs(square - 1) < 2 * kUnitTolerance)) return false;
  }
  return true;
}

class Measuring {
 public:
  explicit Measuring(const Motion& motion)
      : motion_(motion), positions_(worldPositions(motion)), frames_(motion.frameCount()), joints_(motion.jointCount()),
        fps_(motion.rate.fps()) {}

  void floor(ClipFigures& figures) const {
    std::vector<float> lowest;
    for (std::int64_t f = 0; f < frames_; ++f) lowest.push_back(lowestPoint(f));
    figures.depth = std::max(0.0f, -percentile(lowest, 0.01));
    figures.clearance = std::max(0.0f, percentile(lowest, 0.05));
    figures.footSkate = footSkate();
  }

  void smoothness(ClipFigures& figures) const {
    std::vector<float> jerks, residuals;
    double sum = 0;
    for (std::int64_t f = 3; f < frames_; ++f) {
      for (int j = 0; j < joints_; ++j) {
        const glm::vec3 third = at(f, j) - 3.0f * (at(f - 1, j) - at(f - 2, j)) - at(f - 3, j);
        jerks.push_back(glm::length(third) * float(fps_ * fps_ * fps_));
        sum += jerks.back();
      }
    }
    if (!jerks.empty()) {
      figures.jerk = sum / double(jerks.size());
      figures.jerk95 = percentile(std::move(jerks), 0.95);
    }
    for (std::int64_t f = 3; f + 3 < frames_; ++f) {
      float mean = 0;
      for (int j = 0; j < joints_; ++j) {
        glm::vec3 smooth(0);
        for (int k = 0; k < 7; ++k) smooth += kSmoothing[k] * at(f + k - 3, j);
        mean += glm::length(at(f, j) - smooth) / float(joints_);
      }
      residuals.push_back(mean);
    }
    if (!residuals.empty()) figures.jitter = 1000 * percentile(std::move(residuals), 0.5);
  }

  void speed(ClipFigures& figures) const {
    if (frames_ < 2) return;
    std::vector<double> running = {0};
    double root = 0;
    for (std::int64_t f = 1; f < frames_; ++f) {
      double mean = 0;
      for (int j = 0; j < joints_; ++j) mean += glm::length(at(f, j) - at(f - 1, j)) / joints_;
      running.push_back(running.back() + mean);
      const glm::vec3 step = at(f, kHips) - at(f - 1, kHips);
      root += std::hypot(step.x, step.z);
    }
    const std::int64_t window = std::min<std::int64_t>(std::llround(fps_), frames_ - 1);
    for (std::int64_t f = window; f < frames_; ++f) {
      figures.liveliness = std::max(figures.liveliness, (running[f] - running[f - window]) * fps_ / double(window));
    }
    figures.rootSpeed = root * fps_ / double(frames_ - 1);
  }

  void jumps(ClipFigures& figures) const {
    const double perFrame = fps_ / kEngineRate.fps();
    for (std::int64_t f = 1; f < frames_; ++f) {
      for (int j = 0; j < joints_; ++j) {
        const double dot = std::abs(glm::dot(motion_.rotation(f - 1, j), motion_.rotation(f, j)));
        const double degrees = glm::degrees(2 * std::acos(std::min(dot, 1.0))) * perFrame;
        if (degrees <= figures.turn) continue;
        figures.turn = degrees;
        figures.turnSeconds = double(f) / fps_;
        figures.turnJoint = j;
      }
      const double leap = glm::length(at(f, kHips) - at(f - 1, kHips)) * perFrame;
      if (leap <= figures.leap) continue;
      figures.leap = leap;
      figures.leapSeconds = double(f) / fps_;
    }
  }

 private:
  const glm::vec3& at(std::int64_t f, int j) const { return positions_[std::size_t(f) * joints_ + j]; }

  // A foot that steps stands still for a while each time its toe is down; one that slides never does. So
  // a stretch of frames with a low toe counts by its slowest quarter: runners, whose toes are fast and low
  // before and after they stand, do not look as if they slid.
  double footSkate() const {
    const auto shortest = std::max<std::int64_t>(3, std::llround(kShortestStand * fps_));
    const std::int64_t longestGap = std::llround(kLongestGap * fps_);
    double sum = 0;
    std::int64_t counted = 0;
    for (const int toe : {int(kLeftToeBase), int(kRightToeBase)}) {
      std::vector<float> speeds;
      std::int64_t gap = 0;
      for (std::int64_t f = 1; f <= frames_; ++f) {
        const bool isLow = f < frames_ && at(f, toe).y < kLowToe && at(f - 1, toe).y < kLowToe;
        if (isLow) {
          const glm::vec3 step = at(f, toe) - at(f - 1, toe);
          speeds.push_back(float(1000 * std::hypot(step.x, step.z) * fps_ / kEngineRate.fps()));
          gap = 0;
          continue;
        }
        if (f < frames_ && ++gap <= longestGap) continue;
        if (std::int64_t(speeds.size()) >= shortest) {
          counted += std::int64_t(speeds.size());
          sum += double(speeds.size()) * percentile(speeds, 0.25);
        }
        speeds.clear();
      }
    }
    return counted > 0 ? sum / double(counted) : 0;
  }

  float lowestPoint(std::int64_t f) const {
    float lowest = INFINITY;
    for (int j = 0; j < joints_; ++j) lowest = std::min(lowest, at(f, j).y);
    if (joints_ != kJointCount22) return lowest;
    WorldPose world;
    forwardKinematicsInto(*motion_.skeleton, motion_.pose(f), world);
    for (const SolePoint& sole : kSolePoints) {
      lowest = std::min(lowest, (world.positions[sole.joint] + world.rotations[sole.joint] * sole.offset).y);
    }
    return lowest;
  }

  const Motion& motion_;
  std::vector<glm::vec3> positions_;
  std::int64_t frames_;
  int joints_;
  double fps_;
};

std::string number(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string sentence(const CheckLimit& limit, const ClipFigures& figures, double figure, double allowed) {
  const auto words = [&](const std::string& before, double factor, int digits, const std::string& unit) {
    return before + " " + number(factor * figure, digits) + " " + unit + " (at " + (limit.isLeast ? "least " : "most ") +
           number(factor * allowed, digits) + ")";
  };
  switch (limit.defect) {
    case Defect::NotFinite: return "it holds numbers that are not finite or rotations that are none";
    case Defect::TooShort: return words("it lasts", 1, 2, "s");
    case Defect::Static: return words("it stands still: its liveliest second moves", 100, 1, "cm/s");
    case Defect::FootSkate: return words("its feet slide", 1, 1, "mm a frame");
    case Defect::Penetration: return words("it sinks into the floor by", 100, 1, "cm");
    case Defect::Floating: return words("it hangs above the floor by", 100, 1, "cm");
    case Defect::Jerk: return words("its joints jerk by", 1, 0, "m/s³");
    case Defect::Jitter: return words("it shakes by", 1, 1, "mm");
    case Defect::Glitch: break;
  }
  if (limit.figure == &ClipFigures::leap) {
    return words("at " + number(figures.leapSeconds, 2) + " s it leaps", 1, 2, "m between two frames");
  }
  const std::string joint = kinescore22()->jointNames[std::size_t(figures.turnJoint)];
  return words("at " + number(figures.turnSeconds, 2) + " s " + joint + " turns", 1, 0, "degrees between two frames");
}

}  // namespace

std::string_view nameOf(Defect defect) {
  constexpr std::string_view kNames[] = {"not-finite", "short", "static", "skate", "penetration", "floating", "jerk", "jitter", "glitch"};
  return kNames[int(defect)];
}

ClipFigures measureClip(const Motion& motion) {
  ClipFigures figures;
  figures.seconds = double(motion.frameCount()) / motion.rate.fps();
  figures.finite = isFinite(motion);
  if (!figures.finite || motion.frameCount() < 1) return figures;
  const Measuring measuring(motion);
  measuring.floor(figures);
  measuring.smoothness(figures);
  measuring.speed(figures);
  measuring.jumps(figures);
  return figures;
}

std::span<const CheckLimit> checkLimits() { return kLimits; }

Status setLimit(CheckLimits& limits, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view name = assignment.substr(0, equals);
  const double value = equals == std::string_view::npos ? -1 : parseNumber(assignment.substr(equals + 1)).value_or(-1);
  std::string names;
  for (const CheckLimit& limit : kLimits) {
    names += (names.empty() ? "" : ", ") + std::string(limit.name);
    if (limit.name != name || !(value >= 0 && value < 1e9)) continue;
    limits.*limit.value = value;
    return {};
  }
  return Error{ErrorCode::InvalidArgument,
               "“" + std::string(assignment) + "” is no limit: write NAME=NUMBER with one of the names " + names + "."};
}

ClipCheck checkClip(const LibraryClip& clip, const CheckLimits& limits) {
  ClipCheck check;
  check.figures = measureClip(clip.motion);
  if (!check.figures.finite) {
    check.reasons.push_back({Defect::NotFinite, 0, 0, "it holds numbers that are not finite or rotations that are none"});
    return check;
  }
  for (const CheckLimit& limit : kLimits) {
    if (limit.needsFloor && !clip.flatFloor) continue;
    const double figure = check.figures.*limit.figure;
    const double allowed = limits.*limit.value;
    const bool isGood = limit.isLeast ? figure >= allowed : figure <= allowed;
    if (!isGood) check.reasons.push_back({limit.defect, figure, allowed, sentence(limit, check.figures, figure, allowed)});
  }
  return check;
}

}  // namespace kinescore
