#include "engine/timeline/edit.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/timeline/object_checks.h"

namespace kinescore {
namespace {

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

/// Empty when nothing differs.
TimelinePatch changedTo(TimelineObject before, TimelineObject after) {
  if (before == after) return {};
  const ObjectId id = idOf(before);
  return {{{id, std::move(before), std::move(after)}}};
}

/// The patch, if it can be applied; an edit never hands out one that cannot.
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

/// Each once, all there and unlocked.
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

std::shared_ptr<const Clip> poseKeyAt(const Timeline& timeline, ObjectId trackId, Ticks at) {
  const auto& clips = timeline.clipsOf(trackId);
  auto clip = std::lower_bound(clips.begin(), clips.end(), at,
                               [](const auto& c, Ticks time) { return c->span.start < time; });
  for (; clip != clips.end() && (*clip)->span.start == at; ++clip) {
    if (isPoseKey(**clip)) return *clip;
  }
  return nullptr;
}

/// Two poses at one time cannot both be met; nothing is replaced silently.
Status checkKeysApart(const Timeline& timeline, const TimelinePatch& patch) {
  const Result<Timeline> next = apply(timeline, patch);
  if (!next) return next.error();
  for (const ObjectChange& change : patch.changes) {
    const Clip* clip = change.after ? std::get_if<Clip>(&*change.after) : nullptr;
    if (clip == nullptr || !isPoseKey(*clip)) continue;
    const auto& clips = next->clipsOf(clip->trackId);
    const auto atSameTime = std::count_if(clips.begin(), clips.end(), [&](const auto& other) {
      return other->span.start == clip->span.start && isPoseKey(*other);
    });
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

/// The furthest a group can move to the left is to 0.
Ticks stoppedAtZero(const std::vector<std::shared_ptr<const Clip>>& clips, Ticks delta) {
  Ticks earliest = kMaxDocumentTime;
  for (const auto& clip : clips) earliest = std::min(earliest, clip->span.start);
  return std::max(delta, std::min(-earliest, Ticks{0}));
}

Ticks scaled(Ticks length, double factor) {
  return {static_cast<std::int64_t>(std::llround(double(length.value) * factor))};
}

/// A clip begins `by` later; what is inside keeps its place in the document.
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

}  // namespace

Result<TimelinePatch> addTrack(const Timeline& timeline, IdSource& ids, TrackKind kind, std::string name) {
  Track track;
  track.kind = kind;
  track.name = std::move(name);
  for (const auto& other : timeline.tracks()) track.order = std::max(track.order, other->order + 1);
  track.id = ids.next();
  return tried(timeline, {{created(std::move(track))}});
}

Result<TimelinePatch> deleteTrack(const Timeline& timeline, ObjectId trackId) {
  const auto track = unlockedTrack(timeline, trackId);
  if (!track) return track.error();
  TimelinePatch patch;
  for (const auto& clip : timeline.clipsOf(trackId)) {
    if (const auto unlocked = unlockedClip(timeline, clip->id); !unlocked) return unlocked.error();
    patch.changes.push_back(deleted(*clip));
  }
  patch.changes.push_back(deleted(**track));
  return tried(timeline, std::move(patch));
}

Result<TimelinePatch> changeTrack(const Timeline& timeline, const Track& changed) {
  const auto track = timeline.findTrack(changed.id);
  if (!track) return noSuch("track");
  if (changed.kind != track->kind) return refuse("A track keeps its kind; add another track instead.");
  if (track->locked && changed.locked && changed.name != track->name) {
    return refuse("The track “" + track->name + "” is locked; unlock it first.");
  }
  return tried(timeline, changedTo(*track, changed));
}

Result<TimelinePatch> addClip(const Timeline& timeline, IdSource& ids, Clip clip) {
  if (const auto track = unlockedTrack(timeline, clip.trackId); !track) return track.error();
  clip.id = ids.next();
  return withKeysApart(timeline, {{created(std::move(clip))}});
}

Result<TimelinePatch> moveClips(const Timeline& timeline, std::span<const ObjectId> ids, Ticks delta) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  const Ticks by = stoppedAtZero(*clips, delta);
  TimelinePatch patch;
  if (by == Ticks{0}) return patch;
  for (const auto& clip : *clips) {
    Clip moved = *clip;
    moved.span = movedBy(clip->span, by);
    patch.changes.push_back({clip->id, *clip, std::move(moved)});
  }
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> moveClipToTrack(const Timeline& timeline, ObjectId id, ObjectId trackId, Ticks delta) {
  const auto clip = unlockedClip(timeline, id);
  if (!clip) return clip.error();
  if (const auto track = unlockedTrack(timeline, trackId); !track) return track.error();
  Clip moved = **clip;
  moved.trackId = trackId;
  moved.span = movedBy(moved.span, stoppedAtZero({*clip}, delta));
  return withKeysApart(timeline, changedTo(**clip, std::move(moved)));
}

Result<TimelinePatch> trimClip(const Timeline& timeline, ObjectId id, TimeRange span) {
  const auto clip = unlockedClip(timeline, id);
  if (!clip) return clip.error();
  Clip trimmed = **clip;
  // To the left a clip ends at 0; one that already lies before it may stay there.
  trimmed.span = {std::max(span.start, std::min(Ticks{0}, (*clip)->span.start)), span.end};
  shiftInside(trimmed, trimmed.span.start - (*clip)->span.start);
  return withKeysApart(timeline, changedTo(**clip, std::move(trimmed)));
}

Result<TimelinePatch> splitClip(const Timeline& timeline, IdSource& ids, ObjectId id, Ticks at) {
  const auto clip = unlockedClip(timeline, id);
  if (!clip) return clip.error();
  if (at <= (*clip)->span.start || at >= (*clip)->span.end) {
    return refuse("A clip is split between its start and its end; put the playhead on it.");
  }
  Clip left = **clip;
  left.span.end = at;
  Clip right = **clip;
  right.id = ids.next();
  right.span.start = at;
  shiftInside(right, at - (*clip)->span.start);
  TimelinePatch patch = changedTo(**clip, std::move(left));
  patch.changes.push_back(created(std::move(right)));
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> duplicateClips(const Timeline& timeline, IdSource& source,
                                     std::span<const ObjectId> ids, Ticks delta) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  const Ticks by = stoppedAtZero(*clips, delta);
  TimelinePatch patch;
  for (const auto& clip : *clips) {
    Clip copy = *clip;
    copy.id = source.next();
    copy.span = movedBy(clip->span, by);
    patch.changes.push_back(created(std::move(copy)));
  }
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> deleteClips(const Timeline& timeline, std::span<const ObjectId> ids) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  TimelinePatch patch;
  for (const auto& clip : *clips) patch.changes.push_back(deleted(*clip));
  return tried(timeline, std::move(patch));
}

Result<TimelinePatch> changeClip(const Timeline& timeline, const Clip& changed) {
  const auto clip = timeline.findClip(changed.id);
  if (!clip) return noSuch("clip");
  if (const auto track = unlockedTrack(timeline, clip->trackId); !track) return track.error();
  if (changed.span != clip->span || changed.trackId != clip->trackId) {
    return refuse("A clip changes its place by being moved or trimmed.");
  }
  if (clip->locked) {
    Clip onlyUnlocked = *clip;
    onlyUnlocked.locked = changed.locked;
    if (changed != onlyUnlocked) return refuse("“" + titleOf(*clip) + "” is locked; unlock it first.");
  }
  return tried(timeline, changedTo(*clip, changed));
}

Result<TimelinePatch> pinPose(const Timeline& timeline, IdSource& ids, ObjectId trackId, Ticks at,
                              const Pose& pose) {
  const auto track = unlockedTrack(timeline, trackId);
  if (!track) return track.error();
  if (const auto key = poseKeyAt(timeline, trackId, at)) {
    if (const auto unlocked = unlockedClip(timeline, key->id); !unlocked) return unlocked.error();
    Clip posed = *key;
    std::get<PoseCondition>(posed.condition).pose = pose;
    return tried(timeline, changedTo(*key, std::move(posed)));
  }
  Clip key;
  key.id = ids.next();
  key.trackId = trackId;
  key.span = {at, at + Ticks{1}};
  key.condition = PoseCondition{pose};
  return tried(timeline, {{created(std::move(key))}});
}

Result<TimelinePatch> addMarker(const Timeline& timeline, IdSource& ids, Ticks at, std::string name) {
  return tried(timeline, {{created(Marker{ids.next(), at, std::move(name), {}})}});
}

Result<TimelinePatch> changeMarker(const Timeline& timeline, const Marker& changed) {
  const auto marker = timeline.findObject(changed.id);
  if (!marker || !std::holds_alternative<Marker>(*marker)) return noSuch("marker");
  return tried(timeline, changedTo(*marker, changed));
}

Result<TimelinePatch> deleteMarker(const Timeline& timeline, ObjectId id) {
  const auto marker = timeline.findObject(id);
  if (!marker || !std::holds_alternative<Marker>(*marker)) return noSuch("marker");
  return tried(timeline, {{deleted(*marker)}});
}

Result<TimelinePatch> changeSettings(const Timeline& timeline, const TimelineSettings& changed) {
  const TimelineSettings& before = timeline.settings();
  TimelineSettings after = changed;
  const bool playedAll = before.playRange == TimeRange{{0}, before.duration};
  if (playedAll && after.playRange == before.playRange) after.playRange = {{0}, after.duration};
  after.playRange.end = std::min(after.playRange.end, after.duration);
  if (after.playRange.isEmpty()) after.playRange = {{0}, after.duration};
  return tried(timeline, changedTo(before, after));
}

}  // namespace kinescore
