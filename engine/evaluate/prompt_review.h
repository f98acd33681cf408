// What a model makes of a fixed list of prompts: how fast it moves, how much seeds differ, how the
// feet slide before and after the solver, how far the nearest library clip lies; beside the same
// figures of captured motion. And pictures to look at.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/motion_generator.h"
#include "engine/library/library.h"
#include "engine/train/prompt_list.h"

namespace kinescore {

struct MotionFigures {
  double rootSpeed = 0, poseSpeed = 0;      // m/s: smoothed root; joints about it
  double skateBefore = 0, skateAfter = 0;   // mm a frame, contacts from positions (measureFootSkate)
  double lowToeShare = 0;                   // of frames and feet, after: a figure that hangs has few
  std::vector<float> fastToes;              // metres above the floor, of toes faster than 1 m/s
  std::array<double, 5> mbench{};           // MBench's kinematic metrics, in the order of kMBenchNames
  double nearestMeters = -1;                // to the nearest library clip; < 0: not measured
};

struct PromptRow {
  std::string prompt;
  MotionFigures mean;        // over the seeds; nearestMeters is the smallest
  std::string nearestClipId;
  double diversity = 0;      // m, mean joint distance about the root between two seeds
  std::vector<std::shared_ptr<const Motion>> motions;  // a seed each
};

struct PromptReview {
  std::vector<PromptRow> rows;
  MotionFigures mean;        // over the rows; nearestMeters is the mean of theirs
  double diversity = 0;
  std::string modelHash, deviceName;
};

/// Called with how many of all motions are done.
using ReviewProgress = std::function<void(int done, int all)>;

[[nodiscard]] Result<PromptReview> reviewPrompts(MotionGenerator& generator, const PromptList& list, Quality quality,
                                                 int references, const ReviewProgress& progress, std::stop_token stop);

/// The same figures of clean captures on a flat floor of one split; skate before = after.
[[nodiscard]] MotionFigures figuresOfCaptures(const Library& library, Split split);

/// report.md and sheet-seed-N.png (a row a prompt) in a folder, made when missing.
[[nodiscard]] Status writePromptReview(const PromptReview& review, const PromptList& list,
                                       const MotionFigures& captures, const std::filesystem::path& folder);

}  // namespace kinescore
