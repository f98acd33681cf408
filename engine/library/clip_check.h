// Is a clip fit to learn from? Figures of its motion, a limit for each with where the limit comes
// from, and for every limit that is passed a reason that names both.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/library/library.h"

namespace kinescore {

enum class Defect { NotFinite, TooShort, Static, FootSkate, Penetration, Floating, Jerk, Jitter, Glitch };
[[nodiscard]] std::string_view nameOf(Defect defect);

/// Of a kinescore22 motion at its own rate; speeds of joints in the world. The floor is y = 0.
struct ClipFigures {
  double seconds = 0;
  bool finite = true;          // numbers are, and rotations have length 1
  double footSkate = 0;        // mm a frame of 1/30 s: the slowest quarter of each time a toe is below 5 cm
  double depth = 0;            // m: how deep the lowest point is in the worst hundredth of the frames
  double clearance = 0;        // m: the lowest point in the best twentieth of the frames
  double jerk = 0, jerk95 = 0; // m/s³: mean and 95th percentile over joints and frames
  double jitter = 0;           // mm: half of the frames shake more than this about a smooth path
  double liveliness = 0;       // m/s: mean joint speed of the liveliest second
  double rootSpeed = 0;        // m/s: mean, level
  double turn = 0;             // degrees a frame of 1/30 s: the fastest turn of a joint …
  double turnSeconds = 0;      // … and when
  int turnJoint = 0;
  double leap = 0;             // m: the root's farthest way between two frames of 1/30 s …
  double leapSeconds = 0;      // … and when
};
[[nodiscard]] ClipFigures measureClip(const Motion& motion);

/// What is still good. `kCheckLimits` tells each one's name, unit and source.
struct CheckLimits {
  double seconds = 16.0 / 30;
  double footSkate = 12;
  double depth = 0.05;
  double clearance = 0.08;
  double jerk = 650;
  double jitter = 6;
  double liveliness = 0.05;
  double turn = 65;
  double leap = 0.5;
};
struct CheckLimit {
  std::string_view name, unit;
  Defect defect;
  double CheckLimits::*value;
  double ClipFigures::*figure;
  bool isLeast;             // the figure must not be below; else: not above
  bool needsFloor;          // is not asked where the ground is not flat
  std::string_view source;  // where the default comes from
};
[[nodiscard]] std::span<const CheckLimit> checkLimits();
/// "skate=20" into the limit of that name.
[[nodiscard]] Status setLimit(CheckLimits& limits, std::string_view assignment);

struct ClipReason {
  Defect defect = Defect::NotFinite;
  double figure = 0, limit = 0;
  std::string text;  // "its feet slide 22.1 mm a frame (at most 14)"
};
struct ClipCheck {
  ClipFigures figures;
  std::vector<ClipReason> reasons;  // empty: good
  [[nodiscard]] bool isGood() const { return reasons.empty(); }
};
[[nodiscard]] ClipCheck checkClip(const LibraryClip& clip, const CheckLimits& limits = {});

}  // namespace kinescore
