#include "engine/timeline/time_edit.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/timeline/edit.h"
#include "engine/timeline/edit_support.h"
#include "engine/timeline/object_checks.h"

namespace kinescore {

using namespace editing;

namespace {

using Clips = std::vector<std::shared_ptr<const Clip>>;

Ticks inProportion(Ticks length, Ticks from, Ticks to) {
  __extension__ using Wide = __int128;
  const Wide twice = Wide(length.value) * to.value * 2 + from.value;
  Wide quotient = twice / (Wide(from.value) * 2);
  if (twice % (Wide(from.value) * 2) != 0 && twice < 0) --quotient;
  return {static_cast<std::int64_t>(quotient)};
}

Ticks onFrame(Ticks time, FrameRate rate) { return ticksOfFrame(nearestFrame(time, rate), rate); }

bool isSingleKey(const Clip& clip, FrameRate rate) {
  const bool isKey = std::holds_alternative<PoseCondition>(clip.condition) ||
                     std::holds_alternative<TargetCondition>(clip.condition);
  return isKey && clip.span.length() <= ticksOfFrame(1, rate);
}

/// Points that came onto one another are a tick apart, so that they still follow each other.
template <class Points>
void scalePoints(Points& points, Ticks from, Ticks to) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].time = inProportion(points[i].time, from, to);
    if (i > 0) points[i].time = std::max(points[i].time, points[i - 1].time + Ticks{1});
  }
}

void scaleInside(Clip& clip, Ticks from, Ticks to) {
  const double faster = double(from.value) / double(to.value);
  scalePoints(clip.strength.points, from, to);
  if (auto* path = std::get_if<PathCondition>(&clip.condition)) {
    scalePoints(path->points, from, to);
  } else if (auto* video = std::get_if<VideoCondition>(&clip.condition)) {
    video->speed *= faster;
  } else if (auto* reference = std::get_if<ReferenceCondition>(&clip.condition)) {
    reference->speed *= faster;
  }
}

/// False when a clip holds nothing that could play at another time.
bool slipInside(Clip& clip, Ticks delta) {
  if (auto* audio = std::get_if<AudioCondition>(&clip.condition)) {
    audio->inPoint -= delta;
  } else if (auto* video = std::get_if<VideoCondition>(&clip.condition)) {
    video->inPoint -= scaled(delta, video->speed);
  } else if (auto* reference = std::get_if<ReferenceCondition>(&clip.condition)) {
    reference->inPoint -= scaled(delta, reference->speed);
  } else if (auto* path = std::get_if<PathCondition>(&clip.condition)) {
    for (PathPoint& point : path->points) point.time += delta;
  } else {
    return false;
  }
  return true;
}

/// How much later a clip can play until its beginning shows.
Ticks roomBefore(const Clip& clip) {
  if (const auto* audio = std::get_if<AudioCondition>(&clip.condition)) return audio->inPoint;
  if (const auto* video = std::get_if<VideoCondition>(&clip.condition)) {
    return scaled(video->inPoint, 1 / video->speed);
  }
  if (const auto* reference = std::get_if<ReferenceCondition>(&clip.condition)) {
    return scaled(reference->inPoint, 1 / reference->speed);
  }
  return kMaxDocumentTime;
}

/// The clip with another start and end; what is inside keeps its place.
Clip trimmedTo(const Clip& clip, TimeRange span) {
  Clip trimmed = clip;
  shiftInside(trimmed, span.start - clip.span.start);
  trimmed.span = span;
  return trimmed;
}

/// Clips of the same track that come after `clip` in its order, unlocked.
Result<Clips> clipsAfter(const Timeline& timeline, const Clip& clip) {
  std::vector<ObjectId> ids;
  bool isAfter = false;
  for (const auto& other : timeline.clipsOf(clip.trackId)) {
    if (isAfter) ids.push_back(other->id);
    isAfter = isAfter || other->id == clip.id;
  }
  return unlockedClips(timeline, ids);
}

/// Disjoint and sorted.
std::vector<TimeRange> joined(std::vector<TimeRange> spans) {
  std::sort(spans.begin(), spans.end(), [](const TimeRange& a, const TimeRange& b) { return a.start < b.start; });
  std::vector<TimeRange> all;
  for (const TimeRange& span : spans) {
    if (!all.empty() && span.start <= all.back().end) {
      all.back().end = std::max(all.back().end, span.end);
    } else {
      all.push_back(span);
    }
  }
  return all;
}

/// What of `removed` no clip of `kept` fills; both disjoint and sorted.
std::vector<TimeRange> gapsOf(const std::vector<TimeRange>& removed, const std::vector<TimeRange>& kept) {
  std::vector<TimeRange> gaps;
  for (TimeRange rest : removed) {
    for (const TimeRange& filled : kept) {
      if (!filled.overlaps(rest)) continue;
      if (rest.start < filled.start) gaps.push_back({rest.start, filled.start});
      rest.start = std::max(rest.start, filled.end);
    }
    if (!rest.isEmpty()) gaps.push_back(rest);
  }
  return gaps;
}

/// What goes on one track when `gone` is deleted there: later clips close the gaps.
Status closeGaps(const Timeline& timeline, ObjectId trackId, const std::set<ObjectId>& gone, TimelinePatch& patch) {
  const FrameRate rate = timeline.settings().rate;
  std::vector<TimeRange> removed, kept;
  for (const auto& clip : timeline.clipsOf(trackId)) {
    if (!isSingleKey(*clip, rate)) (gone.count(clip->id) != 0 ? removed : kept).push_back(clip->span);
  }
  const std::vector<TimeRange> gaps = gapsOf(joined(std::move(removed)), joined(std::move(kept)));
  for (const auto& clip : timeline.clipsOf(trackId)) {
    if (gone.count(clip->id) != 0) continue;
    Ticks closed;
    for (const TimeRange& gap : gaps) {
      if (gap.start < clip->span.start) closed += std::min(gap.end, clip->span.start) - gap.start;
    }
    if (closed == Ticks{0}) continue;
    if (const auto unlocked = unlockedClip(timeline, clip->id); !unlocked) return unlocked.error();
    patch.changes.push_back(moved(*clip, -closed));
  }
  return {};
}

}  // namespace

Result<TimelinePatch> scaleClips(const Timeline& timeline, std::span<const ObjectId> ids, TimeRange from,
                                 TimeRange to) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  if (from.isEmpty() || to.isEmpty()) return refuse("Clips cannot be scaled to nothing.");
  const FrameRate rate = timeline.settings().rate;
  const auto placed = [&](Ticks time) {
    return onFrame(to.start + inProportion(time - from.start, from.length(), to.length()), rate);
  };
  TimelinePatch patch;
  for (const auto& clip : *clips) {
    Clip there = *clip;
    there.span.start = placed(clip->span.start);
    if (isSingleKey(*clip, rate)) {
      there.span.end = there.span.start + clip->span.length();
    } else {
      const Ticks least = ticksOfFrame(nearestFrame(there.span.start, rate) + 1, rate);
      there.span.end = std::max(placed(clip->span.end), least);
      scaleInside(there, clip->span.length(), there.span.length());
    }
    if (there != *clip) patch.changes.push_back({clip->id, *clip, std::move(there)});
  }
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> slipClips(const Timeline& timeline, std::span<const ObjectId> ids, Ticks delta) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  Ticks by = delta;
  for (const auto& clip : *clips) by = std::min(by, std::max(Ticks{0}, roomBefore(*clip)));
  TimelinePatch patch;
  bool anySlips = false;
  for (const auto& clip : *clips) {
    Clip slipped = *clip;
    anySlips = slipInside(slipped, by) || anySlips;
    if (slipped != *clip) patch.changes.push_back({clip->id, *clip, std::move(slipped)});
  }
  if (!anySlips) {
    return refuse("Only sound, video, references and paths hold something that can be slipped.");
  }
  return tried(timeline, std::move(patch));
}

Result<TimelinePatch> slideClip(const Timeline& timeline, ObjectId id, Ticks delta) {
  const auto clip = unlockedClip(timeline, id);
  if (!clip) return clip.error();
  const Ticks frame = ticksOfFrame(1, timeline.settings().rate);
  const TimeRange span = (*clip)->span;
  std::shared_ptr<const Clip> left, right;
  for (const auto& other : timeline.clipsOf((*clip)->trackId)) {
    if (other->id == id) continue;
    const TimeRange& o = other->span;
    if (o.start < span.start && o.end >= span.start && o.end <= span.end) left = other;
    if (!right && o.start > span.start && o.start <= span.end && o.end > span.end) right = other;
  }
  Ticks by = stoppedAtZero({*clip}, delta);
  if (left) by = std::max(by, std::min(Ticks{0}, left->span.start + frame - left->span.end));
  if (right) by = std::min(by, std::max(Ticks{0}, right->span.end - frame - right->span.start));
  TimelinePatch patch;
  if (by == Ticks{0}) return patch;
  for (const auto& neighbour : {left, right}) {
    if (!neighbour) continue;
    if (const auto unlocked = unlockedClip(timeline, neighbour->id); !unlocked) return unlocked.error();
    TimeRange room = neighbour->span;
    (neighbour == left ? room.end : room.start) += by;
    patch.changes.push_back({neighbour->id, *neighbour, trimmedTo(*neighbour, room)});
  }
  patch.changes.push_back(moved(**clip, by));
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> setJoinLength(const Timeline& timeline, ObjectId earlierId, ObjectId laterId, Ticks length) {
  const auto earlier = unlockedClip(timeline, earlierId), later = unlockedClip(timeline, laterId);
  if (!earlier) return earlier.error();
  if (!later) return later.error();
  const TimeRange a = (*earlier)->span, b = (*later)->span;
  if (a.start > b.start || b.start > a.end || b.end < a.end) {
    return refuse("Only clips that follow one another have a join.");
  }
  const FrameRate rate = timeline.settings().rate;
  const Ticks frame = ticksOfFrame(1, rate);
  const Ticks middle{b.start.value + (a.end - b.start).value / 2};
  // Neither end passes the other clip's far one.
  const Ticks start = onFrame(middle - Ticks{length.value / 2}, rate);
  const Ticks most = std::min(b.end - a.start - frame - frame, std::max(length, Ticks{0}));
  const Ticks from = std::max(a.start + frame, std::min(start, b.end - frame - most));
  TimelinePatch patch = changedTo(**earlier, trimmedTo(**earlier, {a.start, from + most}));
  for (ObjectChange& change : changedTo(**later, trimmedTo(**later, {from, b.end})).changes) {
    patch.changes.push_back(std::move(change));
  }
  return tried(timeline, std::move(patch));
}

Result<TimelinePatch> rippleMove(const Timeline& timeline, std::span<const ObjectId> ids, Ticks delta) {
  const auto asked = unlockedClips(timeline, ids);
  if (!asked) return asked.error();
  std::map<ObjectId, Ticks> firstOf;
  for (const auto& clip : *asked) {
    const auto [first, isNew] = firstOf.try_emplace(clip->trackId, clip->span.start);
    if (!isNew) first->second = std::min(first->second, clip->span.start);
  }
  std::vector<ObjectId> all;
  for (const auto& [trackId, first] : firstOf) {
    for (const auto& clip : timeline.clipsOf(trackId)) {
      if (clip->span.start >= first) all.push_back(clip->id);
    }
  }
  return moveClips(timeline, all, delta);
}

Result<TimelinePatch> rippleTrim(const Timeline& timeline, ObjectId id, TimeRange span) {
  const auto clip = unlockedClip(timeline, id);
  if (!clip) return clip.error();
  const TimeRange before = (*clip)->span;
  if (span.isEmpty() || span.start > before.end) {
    return refuse("A clip needs a length; its end must come after its start.");
  }
  const auto after = clipsAfter(timeline, **clip);
  if (!after) return after.error();
  Clip trimmed = trimmedTo(**clip, span);
  trimmed.span = {before.start, before.start + span.length()};
  const Ticks by = trimmed.span.end - before.end;
  TimelinePatch patch = changedTo(**clip, std::move(trimmed));
  if (by != Ticks{0}) {
    for (const auto& other : *after) {
      // What begins under the clip stays behind its start.
      const Ticks least = std::min(Ticks{0}, before.start - other->span.start);
      patch.changes.push_back(moved(*other, std::max(by, least)));
    }
  }
  std::erase_if(patch.changes, [](const ObjectChange& change) { return change.before == change.after; });
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> rippleDelete(const Timeline& timeline, std::span<const ObjectId> ids) {
  const auto clips = unlockedClips(timeline, ids);
  if (!clips) return clips.error();
  std::set<ObjectId> gone, tracks;
  TimelinePatch patch;
  for (const auto& clip : *clips) {
    gone.insert(clip->id);
    tracks.insert(clip->trackId);
    patch.changes.push_back(deleted(*clip));
  }
  for (const ObjectId trackId : tracks) {
    if (Status closed = closeGaps(timeline, trackId, gone, patch); !closed) return closed.error();
  }
  return withKeysApart(timeline, std::move(patch));
}

Result<TimelinePatch> makeRoom(const Timeline& timeline, IdSource& ids, std::span<const ObjectId> tracks, Ticks at,
                               Ticks length) {
  TimelinePatch patch;
  for (const ObjectId trackId : tracks) {
    for (const auto& clip : timeline.clipsOf(trackId)) {
      const bool isLater = clip->span.start >= at;
      const bool isOver = !isLater && clip->span.end > at && !std::holds_alternative<PoseCondition>(clip->condition) &&
                          !std::holds_alternative<TargetCondition>(clip->condition);
      if (!isLater && !isOver) continue;
      if (const auto unlocked = unlockedClip(timeline, clip->id); !unlocked) return unlocked.error();
      if (isLater) {
        patch.changes.push_back(moved(*clip, length));
        continue;
      }
      Clip rest = trimmedTo(*clip, {at, clip->span.end});
      rest.id = ids.next();
      rest.span = movedBy(rest.span, length);
      patch.changes.push_back({clip->id, *clip, trimmedTo(*clip, {clip->span.start, at})});
      patch.changes.push_back(created(std::move(rest)));
    }
  }
  return withKeysApart(timeline, std::move(patch));
}

}  // namespace kinescore
