#include "engine/timeline/edit.h"

#include <algorithm>

#include "engine/timeline/edit_support.h"

namespace kinescore {

using namespace editing;

namespace {

std::shared_ptr<const Clip> poseKeyAt(const Timeline& timeline, ObjectId trackId, Ticks at) {
  const auto& clips = timeline.clipsOf(trackId);
  auto clip = std::lower_bound(clips.begin(), clips.end(), at,
                               [](const auto& c, Ticks time) { return c->span.start < time; });
  for (; clip != clips.end() && (*clip)->span.start == at; ++clip) {
    if (isPoseKey(**clip)) return *clip;
  }
  return nullptr;
}

/// Two poses, or two places of one joint, cannot both be met.
bool excludeOneAnother(const Clip& a, const Clip& b) {
  const auto* target = std::get_if<TargetCondition>(&a.condition);
  const auto* other = std::get_if<TargetCondition>(&b.condition);
  return target != nullptr ? other != nullptr && other->joint == target->joint : isPoseKey(a) && isPoseKey(b);
}

std::optional<Ticks> nextKeyAfter(const Timeline& timeline, const Clip& key) {
  const auto& clips = timeline.clipsOf(key.trackId);
  auto next = std::upper_bound(clips.begin(), clips.end(), key.span.start,
                               [](Ticks time, const auto& c) { return time < c->span.start; });
  for (; next != clips.end(); ++next) {
    if (excludeOneAnother(key, **next)) return (*next)->span.start;
  }
  return std::nullopt;
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

Result<TimelinePatch> placeTrack(const Timeline& timeline, ObjectId trackId, int index) {
  const auto moving = timeline.findTrack(trackId);
  if (!moving) return noSuch("track");
  auto tracks = timeline.tracks();
  std::erase_if(tracks, [&](const auto& track) { return track->id == trackId; });
  tracks.insert(tracks.begin() + std::clamp<std::ptrdiff_t>(index, 0, std::ptrdiff_t(tracks.size())), moving);
  // Orders are written anew from top to bottom, so that ties of older files are gone.
  TimelinePatch patch;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    Track placed = *tracks[i];
    placed.order = int(i);
    if (placed != *tracks[i]) patch.changes.push_back({placed.id, TimelineObject{*tracks[i]}, TimelineObject{placed}});
  }
  return tried(timeline, std::move(patch));
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
  for (const auto& clip : *clips) patch.changes.push_back(moved(*clip, by));
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> moveClipsToTrack(const Timeline& timeline, std::span<const ObjectId> ids, ObjectId trackId,
                                       Ticks delta) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  if (const auto track = unlockedTrack(timeline, trackId); !track) return track.error();
  const Ticks by = stoppedAtZero(*clips, delta);
  TimelinePatch patch;
  for (const auto& clip : *clips) {
    ObjectChange change = moved(*clip, by);
    std::get<Clip>(*change.after).trackId = trackId;
    if (change.before != change.after) patch.changes.push_back(std::move(change));
  }
  return withKeysApart(timeline, std::move(patch));
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

Result<TimelinePatch> splitPrompt(const Timeline& timeline, IdSource& ids, ObjectId id, Ticks at, const TextCondition& first,
                                  const std::string& second) {
  Result<TimelinePatch> patch = splitClip(timeline, ids, id, at);
  if (!patch) return patch;
  for (ObjectChange& change : patch->changes) {
    auto* text = std::get_if<TextCondition>(&std::get<Clip>(*change.after).condition);
    if (text == nullptr) return refuse("Only a prompt is split into two prompts.");
    *text = first;
    if (change.id != id) text->prompt = second;
  }
  return tried(timeline, *std::move(patch));
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

Result<TimelinePatch> changeClips(const Timeline& timeline, std::span<const Clip> changed) {
  TimelinePatch patch;
  for (const Clip& clip : changed) {
    Result<TimelinePatch> one = changeClip(timeline, clip);
    if (!one) return one;
    for (ObjectChange& change : one->changes) patch.changes.push_back(std::move(change));
  }
  return patch;
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

Result<TimelinePatch> plantFoot(const Timeline& timeline, IdSource& ids, TimeRange span, int contact,
                                std::string nameOfNewTrack) {
  Clip clip;
  clip.span = span;
  clip.condition = ContactCondition{.contact = contact};
  for (const auto& track : timeline.tracks()) {
    if (track->kind != TrackKind::Contact || track->locked) continue;
    clip.trackId = track->id;
    return addClip(timeline, ids, std::move(clip));
  }
  Result<TimelinePatch> patch = addTrack(timeline, ids, TrackKind::Contact, std::move(nameOfNewTrack));
  if (!patch) return patch;
  clip.trackId = patch->changes.front().id;
  clip.id = ids.next();
  patch->changes.push_back(created(std::move(clip)));
  return tried(timeline, *std::move(patch));
}

Result<TimelinePatch> holdKey(const Timeline& timeline, ObjectId id, Ticks end) {
  const auto key = unlockedClip(timeline, id);
  if (!key) return key.error();
  if (!isPoseKey(**key) && !std::holds_alternative<TargetCondition>((*key)->condition)) {
    return refuse("Only poses and targets are held.");
  }
  Clip held = **key;
  if (const std::optional<Ticks> next = nextKeyAfter(timeline, held)) end = std::min(end, *next);
  const bool isSingle = end - held.span.start <= ticksOfFrame(1, timeline.settings().rate);
  held.span.end = isSingle ? held.span.start + Ticks{1} : end;
  return tried(timeline, changedTo(**key, std::move(held)));
}

Result<TimelinePatch> addMarker(const Timeline& timeline, IdSource& ids, Ticks at, std::string name) {
  Marker marker;
  marker.id = ids.next();
  marker.time = at;
  marker.name = std::move(name);
  return tried(timeline, {{created(std::move(marker))}});
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
