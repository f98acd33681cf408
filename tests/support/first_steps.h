// The sample project, as it is in resources/samples: made here, so that a pose or a path is changed
// by changing this.
#pragma once

#include <numbers>

#include "engine/request/path_curve.h"
#include "tests/support/projects.h"

namespace kinescore {

inline glm::quat turnedBy(float degrees, const glm::vec3& axis) {
  return glm::angleAxis(degrees * std::numbers::pi_v<float> / 180, axis);
}

/// Upright with the arms down; soles on the floor.
inline Pose standingPose() {
  Pose pose = restPose(*kinescore22());
  const glm::vec3 y(0, 1, 0), z(0, 0, 1);
  pose.localRotations[kLeftArm] = turnedBy(-72, z);
  pose.localRotations[kRightArm] = turnedBy(72, z);
  pose.localRotations[kLeftForeArm] = turnedBy(-18, y);
  pose.localRotations[kRightForeArm] = turnedBy(18, y);
  return pose;
}

/// Upright, the right hand above the head.
inline Pose greetingPose() {
  Pose pose = standingPose();
  const glm::vec3 z(0, 0, 1);
  pose.localRotations[kRightArm] = turnedBy(-48, z);
  pose.localRotations[kRightForeArm] = turnedBy(-32, z);
  return pose;
}

/// The same pose at another place (x, z) and turned about +Y.
inline Pose placed(Pose pose, glm::vec2 position, float degrees) {
  pose.rootPosition.x = position.x;
  pose.rootPosition.z = position.y;
  pose.localRotations[kHips] = turnedBy(degrees, {0, 1, 0}) * pose.localRotations[kHips];
  return pose;
}

/// Ten seconds: walk along a path, turn around and wave, jump.
inline ProjectDocument firstStepsProject() {
  TimelineBuilder b;
  TimelineSettings settings;
  settings.rate = {24, 1};
  settings.duration = ticksFromSeconds(10);
  settings.playRange = {{0}, settings.duration};
  b.settings(settings);

  const ObjectId prompts = b.track(TrackKind::Text, "Prompts");
  b.clip(prompts, 0, 4.5, TextCondition{"walk forward"});
  b.clip(prompts, 4, 7.5, TextCondition{"turn around and wave"});
  b.clip(prompts, 7.25, 10, TextCondition{"jump up"});

  const auto at = [](double seconds) { return ticksFromSeconds(seconds); };
  const std::vector<PathPoint> path = {{at(0), {0, 0}, 0.0f},       {at(1), {0.02f, 0.7f}, {}}, {at(2), {0.1f, 1.8f}, {}},
                                       {at(3), {0.25f, 2.9f}, {}},  {at(4), {0.35f, 3.7f}, {}}, {at(4.5), {0.35f, 3.8f}, {}},
                                       {at(6.25), {0.35f, 3.8f}, {}}};
  const ObjectId poses = b.track(TrackKind::Pose, "Poses");
  b.pose(poses, 0, placed(standingPose(), evaluatePath(path, at(0)).position, 0));
  b.pose(poses, 6, placed(greetingPose(), evaluatePath(path, at(6)).position, 180));
  b.clip(b.track(TrackKind::Path, "Path"), 0, 6.25, PathCondition{path});

  ProjectDocument document;
  document.name = "first-steps";
  document.timeline = b.timeline();
  return document;
}

}  // namespace kinescore
