// The sample projects as they are in resources/samples, but for poses that were taken from a take: made here, so that a
// prompt or a path is changed by changing this. The first of them is in first_steps.h.
#pragma once

#include <numbers>

#include "tests/support/first_steps.h"

namespace kinescore {

inline TimelineSettings sampleSettings(double seconds) {
  TimelineSettings settings;
  settings.duration = ticksFromSeconds(seconds);
  settings.playRange = {{0}, settings.duration};
  return settings;
}

inline ProjectDocument sampleOf(const std::string& name, const TimelineBuilder& builder, std::uint64_t seed) {
  ProjectDocument document;
  document.name = name;
  document.timeline = builder.timeline();
  document.settings.seed = seed;
  return document;
}

/// Seven seconds: run to an edge, leap, land, walk on. Both feet are planted where it lands.
inline ProjectDocument rooftopCourier() {
  TimelineBuilder b;
  b.settings(sampleSettings(7));
  const ObjectId prompts = b.track(TrackKind::Text, "Prompts");
  b.clip(prompts, 0, 2.6, TextCondition{"walk forward"});
  b.clip(prompts, 2.2, 3.6, TextCondition{"run forward"});
  b.clip(prompts, 3.4, 5.2, TextCondition{"leap forward and land on both feet"});
  b.clip(prompts, 5, 7, TextCondition{"walk forward"});
  const auto at = [](double seconds) { return ticksFromSeconds(seconds); };
  b.clip(b.track(TrackKind::Path, "Path"), 0, 7,
         PathCondition{{{at(0), {0, 0}, 0.0f},
                        {at(1), {0, 0.9f}, {}},
                        {at(2.2), {0.05f, 2.4f}, {}},
                        {at(3.5), {0.1f, 4.7f}, {}},
                        {at(4.3), {0.1f, 6.4f}, {}},
                        {at(5), {0.1f, 6.9f}, {}},
                        {at(6), {0.2f, 7.7f}, {}},
                        {at(7), {0.25f, 8.5f}, {}}}});
  const ObjectId feet = b.track(TrackKind::Contact, "Contacts");
  for (const int contact : {0, 1, 2, 3}) {
    b.clip(feet, 4.6, 5, ContactCondition{contact, true, {}});
  }
  b.marker(3.5, "Edge");
  return sampleOf("rooftop-courier", b, 1);
}

/// Twelve seconds at 120 beats a minute; the sound clip has a tempo and waits for a file.
inline ProjectDocument danceToABeat() {
  TimelineBuilder b;
  b.settings(sampleSettings(12));
  const ObjectId prompts = b.track(TrackKind::Text, "Prompts");
  b.clip(prompts, 0, 4.5, TextCondition{"dance, stepping from side to side"});
  b.clip(prompts, 4, 8.5, TextCondition{"dance and turn around"});
  b.clip(prompts, 8, 12, TextCondition{"dance with both arms in the air"});
  b.clip(b.track(TrackKind::Audio, "Beat"), 0, 12, AudioCondition{"", {0}, 120, 0});
  for (const double bar : {4.0, 8.0}) {
    b.marker(bar, bar < 5 ? "Turn" : "Arms");
  }
  return sampleOf("dance-to-a-beat", b, 3);
}

/// A round path, five metres across, walked once; the first and the last frame stand at one place and look one way.
inline ProjectDocument aroundTheBlock() {
  TimelineBuilder b;
  const double seconds = 14;
  b.settings(sampleSettings(seconds));
  const ObjectId prompts = b.track(TrackKind::Text, "Prompts");
  b.clip(prompts, 0, seconds, TextCondition{"walk in a circle at an easy pace"});
  PathCondition path;
  constexpr int kPoints = 14;
  for (int i = 0; i <= kPoints; ++i) {
    const float angle = 2 * std::numbers::pi_v<float> * float(i) / kPoints;
    PathPoint point{ticksFromSeconds(seconds * i / kPoints), {2.3f - 2.3f * std::cos(angle), 2.3f * std::sin(angle)}, {}};
    if (i == 0 || i == kPoints) point.heading = 0.0f;
    path.points.push_back(point);
  }
  b.clip(b.track(TrackKind::Path, "Path"), 0, seconds, path);
  b.marker(seconds / 2, "Half way");
  return sampleOf("around-the-block", b, 11);
}

/// Nine seconds on one spot; the hands are at three places at three times.
inline ProjectDocument handsFirst() {
  TimelineBuilder b;
  b.settings(sampleSettings(9));
  const ObjectId prompts = b.track(TrackKind::Text, "Prompts");
  b.clip(prompts, 0, 5, TextCondition{"stand in place and reach forward"});
  b.clip(prompts, 4.5, 9, TextCondition{"reach up high with the right hand"});
  const ObjectId targets = b.track(TrackKind::Pose, "Targets");
  const auto touch = [&](double at, int joint, glm::vec3 place) {
    b.clip(targets, at, at + 0.01, TargetCondition{joint, place, std::nullopt, 0.02f});
  };
  touch(2, kRightHand, {-0.3f, 1.1f, 0.45f});
  touch(4, kLeftHand, {0.3f, 1.2f, 0.4f});
  touch(7, kRightHand, {-0.2f, 1.85f, 0.15f});
  return sampleOf("hands-first", b, 5);
}

/// Six seconds in which nothing is said but three poses. They are those of a take: their places in the motion are kept.
inline ProjectDocument threePoses(const std::vector<Pose>& poses) {
  TimelineBuilder b;
  b.settings(sampleSettings(6));
  b.track(TrackKind::Text, "Prompts");
  const ObjectId keys = b.track(TrackKind::Pose, "Poses");
  for (std::size_t i = 0; i < poses.size(); ++i) {
    b.pose(keys, 2.9 * double(i), poses[i]);
  }
  return sampleOf("three-poses", b, 2);
}

}  // namespace kinescore
