#include "ui/document/plan_fixes.h"

#include <algorithm>
#include <functional>

#include "engine/generation/fulfilment.h"
#include "engine/generation/report.h"
#include "engine/motion/kinematics.h"
#include "engine/request/path_pace.h"
#include "engine/timeline/time_edit.h"

namespace kinescore {
namespace {

/// Where a time of the clip's inside went when its path's points went elsewhere.
Ticks carried(Ticks time, const std::vector<PathPoint>& before, const std::vector<PathPoint>& after) {
  const auto next = std::upper_bound(before.begin(), before.end(), time, [](Ticks t, const PathPoint& p) { return t < p.time; });
  if (next == before.begin()) {
    return time;
  }
  const std::size_t i = std::size_t(next - before.begin()) - 1;
  if (next == before.end()) {
    return time + (after[i].time - before[i].time);
  }
  const double share = double((time - before[i].time).value) / double((before[i + 1].time - before[i].time).value);
  return after[i].time + Ticks{std::int64_t(share * double((after[i + 1].time - after[i].time).value))};
}

Clip slowed(Clip clip, const std::vector<PathPoint>& after) {
  auto& path = std::get<PathCondition>(clip.condition);
  for (EnvelopePoint& point : clip.strength.points) {
    point.time = carried(point.time, path.points, after);
  }
  path.points = after;
  return clip;
}

/// How long the project has to be for all that it held before an edit.
Ticks endNeeded(const Timeline& before, const Timeline& after, ObjectId track) {
  const Ticks duration = before.settings().duration;
  Ticks end = duration;
  for (const auto& clip : after.clipsOf(track)) {
    const auto was = before.findClip(clip->id);
    if (was && was->span.end <= duration) {
      end = std::max(end, clip->span.end);
    }
  }
  return end;
}

/// `next` on what `patch` makes of the timeline, both as one.
Result<TimelinePatch> with(const Timeline& timeline, const TimelinePatch& patch,
                           const std::function<Result<TimelinePatch>(const Timeline&)>& next) {
  const Result<Timeline> between = apply(timeline, patch);
  if (!between) {
    return between.error();
  }
  const Result<TimelinePatch> second = next(*between);
  if (!second) {
    return second.error();
  }
  return merged(patch, *second);
}

Result<TimelinePatch> moreTimePatch(const Timeline& timeline, const Clip& clip) {
  const auto& points = std::get<PathCondition>(clip.condition).points;
  const std::vector<PathPoint> later = slowedTo(kRunningMetersPerSecond, points, timeline.settings().rate);
  const Ticks more = later.back().time - points.back().time;
  Result<TimelinePatch> patch = rippleTrim(timeline, clip.id, {clip.span.start, clip.span.end + more});
  if (patch) {
    patch = with(timeline, *patch, [&](const Timeline& longer) {
      Clip changed = slowed(clip, later);
      changed.span = longer.findClip(clip.id)->span;
      return changeClip(longer, changed);
    });
  }
  if (patch) {
    patch = with(timeline, *patch, [&](const Timeline& moved) -> Result<TimelinePatch> {
      TimelineSettings settings = moved.settings();
      settings.duration = endNeeded(timeline, moved, clip.trackId);
      if (settings.duration > kMaxPerformance) {
        return Error{ErrorCode::InvalidArgument, "The path cannot have more time: a performance ends after an hour."};
      }
      return changeSettings(moved, settings);
    });
  }
  return patch;
}

}  // namespace

QString giveMoreTime(Session& session, ObjectId path) {
  const auto clip = session.timeline().findClip(path);
  if (clip == nullptr || !std::holds_alternative<PathCondition>(clip->condition)) {
    return {};
  }
  const Ticks duration = session.timeline().settings().duration;
  if (!session.document().edit(Session::tr("Give path more time"), moreTimePatch(session.timeline(), *clip))) {
    return {};
  }
  const FrameRate rate = session.rate();
  const std::int64_t more = nearestFrame(session.timeline().findClip(path)->span.end, rate) - nearestFrame(clip->span.end, rate);
  const QString longer = more == 1 ? Session::tr("The path takes 1 frame more") : Session::tr("The path takes %1 frames more").arg(more);
  const Ticks end = session.timeline().settings().duration;
  return end == duration ? longer : Session::tr("%1, and the project is %2 frames long now").arg(longer).arg(nearestFrame(end, rate));
}

std::optional<ReachFix> reachFixOf(const Timeline& timeline, const Take& take, const ReportLine& line) {
  if (!line.isNote || !line.engineFrame) {
    return std::nullopt;
  }
  const Motion& motion = *take.result.motion;
  const Ticks frame = ticksOfFrame(1, kEngineRate), near = ticksOfFrame(*line.engineFrame, kEngineRate);
  for (const auto& track : timeline.tracks()) {
    if (track->kind != TrackKind::Pose) {
      continue;
    }
    for (const auto& clip : timeline.clipsOf(track->id)) {
      if (!std::holds_alternative<TargetCondition>(clip->condition) || clip->span.start > near + frame || clip->span.end < near - frame) {
        continue;
      }
      for (const TargetRequest& target : requestOfClip(timeline, *clip, {}).targets) {
        // The line is this target's when the same would be said of it.
        if (beyondReach(motion, target) && lineOf(target, motion) == line) {
          const WorldPose world = forwardKinematics(*motion.skeleton, evaluate(motion, target.time));
          return ReachFix{clip->id, world.positions[std::size_t(target.joint)]};
        }
      }
    }
  }
  return std::nullopt;
}

bool moveTargetToReach(Session& session, const ReachFix& fix) {
  const auto clip = session.timeline().findClip(fix.target);
  if (clip == nullptr || !std::holds_alternative<TargetCondition>(clip->condition)) {
    return false;
  }
  Clip changed = *clip;
  std::get<TargetCondition>(changed.condition).position = fix.place;
  return session.document().edit(Session::tr("Move target to reach"), changeClip(session.timeline(), changed));
}

}  // namespace kinescore
