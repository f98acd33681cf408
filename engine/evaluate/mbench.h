// MBench's kinematic metrics (ViMoGen, section "Motion Quality"): how much a motion shakes, sinks, floats, slides
// and moves. Distances a frame of 20 a second; no reference motion is needed.
//
// One code, two ways to call it: `mbenchFigures` on joint positions as given repeats the published evaluation
// number by number, also where that reads a coordinate as height that is none (the released script saves Y-up
// files and measures the third component). `mbenchFiguresOf` measures a motion of any rate as it is meant.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

constexpr int kMBenchFps = 20;
constexpr std::array<std::string_view, 5> kMBenchNames = {"Jitter_Degree", "Ground_Penetration", "Foot_Floating",
                                                          "Foot_Sliding", "Dynamic_Degree"};

/// The three counts of Foot_Floating, in frames.
struct FloatingCounts {
  int frames = 0;     // the root travels and the feet that stand do not go back under it as fast
  int airborne = 0;   // of both feet: in the air and carried along
  int wholeBody = 0;  // both in the air on a path that bends more than twice
};

struct MBenchFigures {
  double jitter = 0;             // m/frame²: mean acceleration, of the joints and of the joints about the root
  double groundPenetration = 0;  // m: mean depth of the foot joints where they are deeper than 5 mm
  double footFloating = 0;       // share of the frames; can exceed 1
  double footSliding = 0;        // m/frame over the floor, of feet in contact
  double dynamicDegree = 0;      // m/frame: mean speed, of the joints and of the joints about the root
  FloatingCounts floating;
  std::vector<std::array<bool, 2>> contact;  // [frames] left, right

  /// In the order of kMBenchNames.
  [[nodiscard]] std::array<double, 5> values() const {
    return {jitter, groundPenetration, footFloating, footSliding, dynamicDegree};
  }
};

struct MBenchOptions {
  /// Foot_Floating counts bends of a flight; those of less prominence than this do not count. 0 as published:
  /// then the rounding of a straight line bends too.
  double smallestBendDegrees = 0;
};

/// joints [frames][22][3], metres, 20 frames a second, SMPL order (that of kinescore22), third component up,
/// floor at 0. Needs three frames or more.
[[nodiscard]] Result<MBenchFigures> mbenchFigures(std::span<const float> joints, const MBenchOptions& options = {});

/// A kinescore22 motion as MBench means it: 20 frames a second, Y up, toes as high as those of the SMPL body, bends
/// of one degree or more.
[[nodiscard]] Result<MBenchFigures> mbenchFiguresOf(const Motion& motion);
/// What `mbenchFiguresOf` measures: [frames][22][3] as `mbenchFigures` wants it.
[[nodiscard]] std::vector<float> mbenchJoints(const Motion& motion);

/// Mean and population deviation a metric, in the order of kMBenchNames; zeros of nothing.
struct MBenchAggregate {
  std::array<double, 5> mean{}, deviation{};
  std::size_t count = 0;
};
[[nodiscard]] MBenchAggregate aggregateOf(std::span<const MBenchFigures> figures);

}  // namespace kinescore
