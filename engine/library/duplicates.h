// Clips that show the same performance: copied, played at another speed, mirrored, or cut out of
// each other. Found from the poses alone, whatever the clips are called.
//
// How: poses are compared where the figure stands and faces, as joint positions about the hips
// (kinescore22, so the actor's size is gone). Moments of one clip look up nearly equal poses of all
// others; a straight line through many such meetings (time of one clip against time of the other) is
// a guess, which is refined and then checked frame by frame.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

enum class Likeness {
  Same,     ///< both from end to end, at the same speed
  Retimed,  ///< both from end to end, one faster
  Cut,      ///< one is a part of the other
  Overlap,  ///< parts of both are the same
};
[[nodiscard]] std::string_view nameOf(Likeness likeness);

struct Duplicate {
  int kept = 0, other = 0;          // numbers of clips; `kept` is the longer, or the earlier
  Likeness likeness = Likeness::Same;
  bool mirrored = false;
  double speed = 1;                 // seconds of `kept` that pass in a second of `other`
  FrameRange keptFrames, otherFrames;
  double meters = 0;                // mean distance of the joints (root mean square over the joints)
  [[nodiscard]] bool isWhole() const { return likeness != Likeness::Overlap; }
};

struct DuplicateOptions {
  double meters = 0.008;       // mean distance over the run; the nearest two different takes among the
                               // clips that ship (walks of one person) are 0.011 apart
  double seconds = 1.0;        // shorter runs are chance
  double travel = 0.25;        // m: the joints' mean way about the hips over the run; stillness is alike anywhere
  double fastest = 5;          // times the other's speed
};

/// Motions of kinescore22 at one rate, finite. Nothing when stopped.
[[nodiscard]] std::vector<Duplicate> findDuplicates(std::span<const Motion* const> motions, const DuplicateOptions& options = {},
                                                    const std::function<void(int done, int total)>& progress = {},
                                                    std::stop_token stop = {});

}  // namespace kinescore
