// Projects made to order.
#pragma once

#include "engine/project/project.h"
#include "engine/timeline/edit.h"
#include "engine/timeline/ids.h"
#include "tests/support/takes.h"

namespace kinescore {

/// Builds a timeline edit by edit; an edit that fails is a mistake of the test.
class TimelineBuilder {
 public:
  ObjectId track(TrackKind kind, const std::string& name) {
    const TimelinePatch patch = run(addTrack(timeline_, ids_, kind, name));
    return patch.changes.front().id;
  }
  ObjectId clip(ObjectId trackId, double start, double end, Condition condition, StrengthEnvelope strength = {}) {
    Clip added;
    added.trackId = trackId;
    added.span = {ticksFromSeconds(start), ticksFromSeconds(end)};
    added.condition = std::move(condition);
    added.strength = std::move(strength);
    return run(addClip(timeline_, ids_, added)).changes.front().id;
  }
  void pose(ObjectId trackId, double at, const Pose& pose) {
    run(pinPose(timeline_, ids_, trackId, ticksFromSeconds(at), pose));
  }
  void marker(double at, const std::string& name) { run(addMarker(timeline_, ids_, ticksFromSeconds(at), name)); }
  void settings(const TimelineSettings& settings) { run(changeSettings(timeline_, settings)); }
  [[nodiscard]] const Timeline& timeline() const { return timeline_; }

 private:
  TimelinePatch run(const Result<TimelinePatch>& patch) {
    if (!patch) throw std::logic_error(patch.error().message);
    timeline_ = *apply(timeline_, *patch);
    return *patch;
  }

  SequentialIds ids_;
  Timeline timeline_;
};

/// Every kind of track and condition, a marker and 23.976 fps.
inline Timeline everyKindTimeline() {
  CounterRandom random(42);
  TimelineBuilder b;
  TimelineSettings settings;
  settings.rate = {24000, 1001};
  settings.duration = ticksFromSeconds(8);
  settings.playRange = {ticksFromSeconds(1), ticksFromSeconds(6)};
  b.settings(settings);
  b.clip(b.track(TrackKind::Text, "Body"), 0, 3, TextCondition{"walk “forward”"}, {{{{0}, 0.25f}, {ticksFromSeconds(2), 1}}});
  b.clip(b.track(TrackKind::PartText, "Arms"), 1, 2, TextCondition{"wave", BodyPart::LeftArm});
  b.clip(b.track(TrackKind::Audio, "Music"), 0, 8, AudioCondition{"music/song.wav", ticksFromSeconds(1), 120.5, 0.1});
  b.clip(b.track(TrackKind::Video, "Video"), 0, 4, VideoCondition{"video/me.mp4", {0}, 0.5, true});
  const ObjectId poses = b.track(TrackKind::Pose, "Keys");
  b.pose(poses, 1.7, randomPose(random));
  b.clip(poses, 2, 2.1, TargetCondition{kRightHand, {0.4f, 1.3f, 0.2f}, randomRotation(random), 0.02f});
  b.clip(b.track(TrackKind::Path, "Path"), 0, 6, PathCondition{{{{0}, {0, 0}, 0.1f}, {ticksFromSeconds(6), {1, 5}, std::nullopt}}});
  b.clip(b.track(TrackKind::Contact, "Feet"), 3, 4, ContactCondition{1, false, glm::vec3(0.1f, 0, 2)});
  b.clip(b.track(TrackKind::Reference, "References"), 4, 6, ReferenceCondition{"walk-04", ticksFromSeconds(2), 1.25, true, false});
  b.marker(2.5, "turn");
  return b.timeline();
}

inline ProjectDocument everyKindProject() {
  ProjectDocument document;
  document.timeline = everyKindTimeline();
  document.settings.seed = 1234;
  document.settings.quality = Quality::Draft;
  return document;
}

}  // namespace kinescore
