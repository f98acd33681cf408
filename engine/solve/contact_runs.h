// When a foot stands: runs of frames, from the network's probabilities, from flags, or from how low
// and slow a joint is, together with those asked for.
#pragma once

#include <vector>

#include "engine/solve/solver.h"

namespace kinescore {

struct ContactRun {
  int contact = 0;  // index in kContactJoints
  FrameRange frames;
  bool isAsked = false;
  std::optional<glm::vec3> place;
};

/// In order of contact and time; runs of one contact do not overlap. At least 4 frames long.
[[nodiscard]] std::vector<ContactRun> findContactRuns(const SolveProblem& problem);

/// [frames][4]
[[nodiscard]] std::vector<std::uint8_t> flagsOf(const std::vector<ContactRun>& runs,
                                                std::int64_t frames);

}  // namespace kinescore
