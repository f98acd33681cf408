// What is inside a Timeline. Only timeline.cpp and patch.cpp include this.
#pragma once

#include "engine/timeline/timeline.h"

namespace kinescore {

using ClipPointer = std::shared_ptr<const Clip>;

/// The clips of one track, shared between timelines until one of them changes the track.
struct TrackClips {
  std::vector<ClipPointer> byStart;  // start, then id
  std::vector<ClipPointer> byId;
};

struct Timeline::State {
  std::shared_ptr<const TimelineSettings> settings = std::make_shared<const TimelineSettings>();
  std::map<ObjectId, std::shared_ptr<const Track>> tracks;
  std::map<ObjectId, std::shared_ptr<const TrackClips>> clips;  // by track; none without clips
  std::map<ObjectId, std::shared_ptr<const Marker>> markers;
};

[[nodiscard]] inline bool isBefore(const Clip& a, const Clip& b) {
  return a.span.start != b.span.start ? a.span.start < b.span.start : a.id < b.id;
}

}  // namespace kinescore
