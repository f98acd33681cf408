// Frames of one take in the place of another's (comping): which frames come from where, how the borrowed ones are placed
// so that they fit, and what is left for the engine to make anew, the joins on both sides.
#pragma once

#include "engine/request/build_request.h"

namespace kinescore {

struct Splice {
  /// The receiving take with the borrowed frames in it, to be the base of the request: its id, its origins but for
  /// those frames. Never stored itself.
  std::shared_ptr<const Take> base;
  /// How the borrowed frames were moved and turned about the vertical so that both ends fit; 0 where they fitted.
  float movedMeters = 0, turnedRadians = 0;
  /// Frames that each join needs at least, for what is still missing there to be walked and turned at ease.
  std::int64_t leastJoinIn = 0, leastJoinOut = 0;
};

/// How far places and headings may differ where frames are taken as they are, bit for bit.
constexpr float kFitMeters = 0.01f, kFitRadians = 0.01f;
/// A join of fewer frames would jerk, one of more makes too much of the performance anew.
constexpr std::int64_t kLeastJoinFrames = 10, kMostJoinFrames = 45;

/// How borrowed frames are placed in the world.
enum class SplicePlacing {
  WhereEndsFit,  // moved and turned as a whole to meet the frames around them
  AsTheyStand    // the joins do all the meeting
};

/// Poses, targets and paths are places in the world: frames with one of them are taken as they stand, for moving them
/// would miss what the score asks for there.
[[nodiscard]] SplicePlacing splicePlacing(const Timeline& timeline, FrameRange frames);

/// `frames` of `donor` in place of `receiver`'s. Both are of the same length and skeleton: else one sentence.
[[nodiscard]] Result<Splice> spliceTakes(const Take& receiver, const Take& donor, FrameRange frames,
                                         SplicePlacing placing = SplicePlacing::WhereEndsFit);

/// The options for making the joins: `hold` stays as it is in `splice.base`, the falloffs beside it are made anew, each
/// at least as long as the splice needs, where the performance reaches that far.
void askForJoins(RequestOptions& options, const Splice& splice, FrameRange hold, Ticks falloffIn, Ticks falloffOut);

/// "Frames 110 to 195 are take 6's", for the report; frames of the engine.
[[nodiscard]] ReportLine spliceLine(const Splice& splice, const Take& donor, FrameRange frames);

}  // namespace kinescore
