#include "engine/timeline/edit_support.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/timeline/object_checks.h"

namespace kinescore::editing {

Error refuse(std::string sentence) { return {ErrorCode::InvalidArgument, std::move(sentence)}; }
Error noSuch(const char* what) { return {ErrorCode::NotFound, std::string("This ") + what + " does not exist any more."}; }

ObjectChange created(TimelineObject object) {
  const ObjectId id = idOf(object);
  return {id, std::nullopt, std::move(object)};
}
ObjectChange deleted(TimelineObject object) {
  const ObjectId id = idOf(object);
  return {id, std::move(object), std::nullopt};
}

TimelinePatch changedTo(TimelineObject before, TimelineObject after) {
  if (before == after) return {};
  const ObjectId id = idOf(before);
  return {{{id, std::move(before), std::move(after)}}};
}

Result<TimelinePatch> tried(const Timeline& timeline, TimelinePatch patch) {
  const Result<Timeline> next = apply(timeline, patch);
  if (!next) return next.error();
  return patch;
}

Result<std::shared_ptr<const Track>> unlockedTrack(const Timeline& timeline, ObjectId id) {
  auto track = timeline.findTrack(id);
  if (!track) return noSuch("track");
  if (track->locked) return refuse("The track “" + track->name + "” is locked; unlock it first.");
  return track;
}

std::string titleOf(const Clip& clip) {
  if (const auto* text = std::get_if<TextCondition>(&clip.condition)) return text->prompt;
  return clip.name;
}

Result<std::shared_ptr<const Clip>> unlockedClip(const Timeline& timeline, ObjectId id) {
  auto clip = timeline.findClip(id);
  if (!clip) return noSuch("clip");
  if (const auto track = unlockedTrack(timeline, clip->trackId); !track) return track.error();
  if (clip->locked) return refuse("“" + titleOf(*clip) + "” is locked; unlock it first.");
  return clip;
}

Result<std::vector<std::shared_ptr<const Clip>>> unlockedClips(const Timeline& timeline,
                                                               std::span<const ObjectId> ids) {
  std::vector<std::shared_ptr<const Clip>> clips;
  std::set<ObjectId> seen;
  for (const ObjectId id : ids) {
    if (!seen.insert(id).second) continue;
    auto clip = unlockedClip(timeline, id);
    if (!clip) return clip.error();
    clips.push_back(*clip);
  }
  return clips;
}

bool isPoseKey(const Clip& clip) { return std::holds_alternative<PoseCondition>(clip.condition); }

// Two poses at one time cannot both be met.
static Status checkKeysApart(const Timeline& timeline, const TimelinePatch& patch) {
  const Result<Timeline> next = apply(timeline, patch);
  if (!next) return next.error();
  for (const ObjectChange& change : patch.changes) {
    const Clip* clip = change.after ? std::get_if<Clip>(&*change.after) : nullptr;
    if (clip == nullptr || !isPoseKey(*clip)) continue;
    const auto& clips = next->clipsOf(clip->trackId);
    auto other = std::lower_bound(clips.begin(), clips.end(), clip->span.start,
                                  [](const auto& c, Ticks time) { return c->span.start < time; });
    int atSameTime = 0;
    for (; other != clips.end() && (*other)->span.start == clip->span.start; ++other) {
      atSameTime += isPoseKey(**other);
    }
    if (atSameTime > 1) {
      const std::int64_t frame = nearestFrame(clip->span.start, timeline.settings().rate);
      return refuse("There is already a pose key at frame " + std::to_string(frame) +
                    "; delete it first, or put this one elsewhere.");
    }
  }
  return {};
}

Result<TimelinePatch> withKeysApart(const Timeline& timeline, TimelinePatch patch) {
  if (Status s = checkKeysApart(timeline, patch); !s) return s.error();
  return patch;
}

TimeRange movedBy(TimeRange span, Ticks delta) { return {span.start + delta, span.end + delta}; }

Ticks stoppedAtZero(const std::vector<std::shared_ptr<const Clip>>& clips, Ticks delta) {
  Ticks earliest = kMaxDocumentTime;
  for (const auto& clip : clips) earliest = std::min(earliest, clip->span.start);
  return std::max(delta, std::min(-earliest, Ticks{0}));
}

Ticks scaled(Ticks length, double factor) {
  return {static_cast<std::int64_t>(std::llround(double(length.value) * factor))};
}

void shiftInside(Clip& clip, Ticks by) {
  for (EnvelopePoint& point : clip.strength.points) point.time -= by;
  if (auto* path = std::get_if<PathCondition>(&clip.condition)) {
    for (PathPoint& point : path->points) point.time -= by;
  } else if (auto* audio = std::get_if<AudioCondition>(&clip.condition)) {
    audio->inPoint += by;
  } else if (auto* video = std::get_if<VideoCondition>(&clip.condition)) {
    video->inPoint += scaled(by, video->speed);
  } else if (auto* reference = std::get_if<ReferenceCondition>(&clip.condition)) {
    reference->inPoint += scaled(by, reference->speed);
  }
}

ObjectChange moved(const Clip& clip, Ticks by) {
  Clip there = clip;
  there.span = movedBy(clip.span, by);
  return {clip.id, clip, std::move(there)};
}

}  // namespace kinescore::editing
