#include "ui/document/take_poses.h"

#include <algorithm>
#include <cstdlib>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "engine/motion/key_frames.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr std::int64_t kNearFrames = 2;       // of the project: a pose this near says the same
constexpr double kLeastLoopSeconds = 0.3;     // shorter ones are a tremble
// The frame after each end: with it the seam goes on at the same speed. In full it would hold a foot that is landing twice
// in two places, and the foot slides (measured: 10.9 cm against none at one half).
constexpr float kLeaning = 0.5f;
constexpr float kStaysWithinMeters = 0.3f;    // who has gone less far turns on the spot

QString words(const char* text) { return Session::tr(text); }

/// What is meant, of what the take lasts; empty when nothing of it is left.
TimeRange meantRange(Session& session) {
  const auto& selected = session.selection().time();
  const TimeRange range = selected ? selected->hold : session.timeline().settings().playRange;
  const TakePointer take = session.takes().shown();
  const Ticks end = std::min({range.end, session.timeline().settings().duration,
                              take && take->result.motion ? take->result.motion->duration() : Ticks{0}});
  return {range.start, std::max(range.start, end)};
}

bool hasTake(Session& session) {
  if (session.takes().shown() != nullptr) {
    return true;
  }
  Q_EMIT session.problem(words("There is no take yet to take poses from; Ctrl+Enter performs the timeline."));
  return false;
}

bool hasPoseNear(const Session& session, std::int64_t frame) {
  for (const auto& track : session.timeline().tracks()) {
    for (const auto& clip : session.timeline().clipsOf(track->id)) {
      if (std::holds_alternative<PoseCondition>(clip->condition) &&
          std::abs(nearestFrame(clip->span.start, session.rate()) - frame) <= kNearFrames) {
        return true;
      }
    }
  }
  return false;
}

bool pin(Session& session, const QString& step, ObjectId track, Ticks at, const Pose& pose, GestureId gesture) {
  return session.document().edit(step, pinPose(session.timeline(), session.document().ids(), track, at, pose), gesture);
}

/// A pose that is leaned towards, no more; where one is pinned already that one says it.
void lean(Session& session, const QString& step, ObjectId track, Ticks at, const Pose& pose, GestureId gesture) {
  Clip key;
  key.trackId = track;
  key.span = {at, at + Ticks{1}};
  key.condition = PoseCondition{pose};
  key.strength.points = {{Ticks{0}, kLeaning}};
  for (const auto& clip : session.timeline().clipsOf(track)) {
    if (clip->span.start == at) {
      return;
    }
  }
  session.document().edit(step, addClip(session.timeline(), session.document().ids(), std::move(key)), gesture);
}

/// Carries poses of a round's beginning to its end: over the ground and about the vertical, as far as the take went.
class RoundCarry {
 public:
  RoundCarry(const Pose& first, const Pose& then) : from_(first.rootPosition), to_(then.rootPosition) {
    const glm::vec2 gone(to_.x - from_.x, to_.z - from_.z);
    if (glm::length(gone) < kStaysWithinMeters) {
      to_ = from_;
      return;
    }
    const float turn = headingOf(forwardKinematics(*kinescore22(), then)) - headingOf(forwardKinematics(*kinescore22(), first));
    turn_ = glm::angleAxis(turn, glm::vec3(0, 1, 0));
  }

  [[nodiscard]] Pose carried(const Pose& pose) const {
    Pose there = pose;
    there.localRotations[0] = turn_ * pose.localRotations[0];
    const glm::vec3 way = turn_ * (pose.rootPosition - from_);
    there.rootPosition = {to_.x + way.x, pose.rootPosition.y, to_.z + way.z};
    return there;
  }

 private:
  glm::vec3 from_, to_;
  glm::quat turn_{1, 0, 0, 0};
};

}  // namespace

int makePosesFromTake(Session& session) {
  if (!hasTake(session)) {
    return 0;
  }
  const TimeRange range = meantRange(session);
  const Motion& motion = *session.takes().shown()->result.motion;
  const FrameRange frames{frameAtOrAfter(range.start, motion.rate), frameAtOrAfter(range.end, motion.rate)};
  const QString step = words("Make poses from take");
  const GestureId gesture = session.document().newGesture();
  int made = 0;
  std::optional<ObjectId> track;
  for (const std::int64_t key : keyFramesOf(motion, frames)) {
    const std::int64_t frame = nearestFrame(ticksOfFrame(key, motion.rate), session.rate());
    const Ticks at = ticksOfFrame(frame, session.rate());
    if (!range.contains(at) || hasPoseNear(session, frame)) {
      continue;
    }
    track = track ? track : session.trackOf(TrackKind::Pose, step, gesture);
    if (!track || !pin(session, step, *track, at, session.poseAt(at), gesture)) {
      break;
    }
    ++made;
  }
  Q_EMIT session.told(made == 0   ? words("Its key moments are pinned already.")
                      : made == 1 ? words("1 pose was pinned; the others are there already.")
                                  : words("%1 poses were pinned, where the take starts, stops and turns.").arg(made));
  return made;
}

bool makeLoop(Session& session) {
  if (!hasTake(session)) {
    return false;
  }
  const Ticks frame = ticksOfFrame(1, session.rate());
  TimeRange range = meantRange(session);
  range.end = std::min(range.end, session.timeline().settings().duration - frame - frame);
  if (secondsOf(range.length()) < kLeastLoopSeconds) {
    Q_EMIT session.problem(words("There is too little of the take to loop; select the time of one round over the ruler."));
    return false;
  }
  const QString step = words("Make loop");
  const GestureId gesture = session.document().newGesture();
  const auto track = session.trackOf(TrackKind::Pose, step, gesture);
  const RoundCarry round(session.poseAt(range.start), session.poseAt(range.end));
  const Pose first = session.poseAt(range.start), second = session.poseAt(range.start + frame);
  if (!track || !pin(session, step, *track, range.start, first, gesture) ||
      !pin(session, step, *track, range.end, round.carried(first), gesture)) {
    return false;
  }
  lean(session, step, *track, range.start + frame, second, gesture);
  lean(session, step, *track, range.end + frame, round.carried(second), gesture);
  TimelineSettings settings = session.timeline().settings();
  settings.playRange = range;
  session.document().edit(step, changeSettings(session.timeline(), settings), gesture);
  session.playback().setRepeat(Playback::Repeat::Loop);
  Q_EMIT session.told(words("Frames %1 to %2 end as they begin, once they are performed: Ctrl+Enter.")
                          .arg(nearestFrame(range.start, session.rate()))
                          .arg(nearestFrame(range.end, session.rate()) - 1));
  return true;
}

}  // namespace kinescore
