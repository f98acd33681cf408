#include "engine/timeline/clipboard.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/timeline/edit_support.h"
#include "engine/timeline/object_checks.h"
#include "engine/timeline/time_edit.h"

namespace kinescore {

using namespace editing;

namespace {

constexpr TrackKind kKinds[] = {TrackKind::Text,    TrackKind::PartText, TrackKind::Audio,     TrackKind::Video,
                                TrackKind::Pose,    TrackKind::Path,     TrackKind::Contact,   TrackKind::Reference};

/// The track a clip was copied from; of text that names none, one of a kind that holds such clips.
Track sourceTrack(const std::map<ObjectId, Track>& copied, const Clip& clip) {
  if (const auto found = copied.find(clip.trackId); found != copied.end()) return found->second;
  Track track;
  track.id = clip.trackId;
  for (const TrackKind kind : kKinds) {
    if (fits(kind, clip.condition)) {
      track.kind = kind;
      break;
    }
  }
  return track;
}

/// Finds a track for each copied one, and makes those that are missing.
class PastedTracks {
 public:
  PastedTracks(const Timeline& timeline, IdSource& ids) : timeline_(timeline), ids_(ids) {
    for (const auto& track : timeline.tracks()) nextOrder_ = std::max(nextOrder_, track->order + 1);
  }

  ObjectId trackFor(const Track& source) {
    const auto [place, isNew] = places_.try_emplace(source.id, ObjectId{});
    if (isNew) {
      place->second = choose(source);
      taken_.insert(place->second);
    }
    return place->second;
  }

  [[nodiscard]] const TimelinePatch& made() const { return made_; }
  /// Those that were there before.
  [[nodiscard]] std::vector<ObjectId> existing() const {
    std::vector<ObjectId> ids;
    for (const ObjectId id : taken_) {
      if (timeline_.findTrack(id)) ids.push_back(id);
    }
    return ids;
  }

 private:
  ObjectId choose(const Track& source) {
    const Track* best = nullptr;
    int bestRank = 0;
    const auto tracks = timeline_.tracks();
    for (const auto& track : tracks) {
      if (track->kind != source.kind || track->locked) continue;
      const bool isFree = taken_.count(track->id) == 0;
      const int rank = track->id == source.id ? 4 : (isFree && track->name == source.name ? 3 : (isFree ? 2 : 0));
      if (rank > bestRank) {
        best = track.get();
        bestRank = rank;
      }
    }
    return best != nullptr ? best->id : make(source);
  }

  ObjectId make(const Track& source) {
    Track track;
    track.id = ids_.next();
    track.kind = source.kind;
    track.name = source.name;
    track.height = source.height;
    track.color = source.color;
    track.order = nextOrder_++;
    made_.changes.push_back(created(track));
    return track.id;
  }

  const Timeline& timeline_;
  IdSource& ids_;
  std::map<ObjectId, ObjectId> places_;
  std::set<ObjectId> taken_;
  TimelinePatch made_;
  int nextOrder_ = 0;
};

}  // namespace

TimelinePatch copyClips(const Timeline& timeline, std::span<const ObjectId> ids) {
  TimelinePatch tracks, clips;
  std::set<ObjectId> seen, seenTracks;
  for (const ObjectId id : ids) {
    const auto clip = timeline.findClip(id);
    if (!clip || !seen.insert(id).second) continue;
    clips.changes.push_back(created(*clip));
    if (const auto track = timeline.findTrack(clip->trackId); track && seenTracks.insert(track->id).second) {
      tracks.changes.push_back(created(*track));
    }
  }
  std::move(clips.changes.begin(), clips.changes.end(), std::back_inserter(tracks.changes));
  return tracks;
}

bool holdsClips(const TimelinePatch& copied) {
  return std::any_of(copied.changes.begin(), copied.changes.end(), [](const ObjectChange& change) {
    return change.after && std::holds_alternative<Clip>(*change.after);
  });
}

Result<TimelinePatch> pasteClips(const Timeline& timeline, IdSource& ids, const TimelinePatch& copied, Ticks at,
                                 PasteMode mode) {
  std::map<ObjectId, Track> sources;
  std::vector<Clip> clips;
  for (const ObjectChange& change : copied.changes) {
    if (!change.after) continue;
    if (const auto* track = std::get_if<Track>(&*change.after)) sources.emplace(track->id, *track);
    if (const auto* clip = std::get_if<Clip>(&*change.after)) clips.push_back(*clip);
  }
  if (clips.empty()) return refuse("There are no clips to paste; copy some first.");
  TimeRange all = clips.front().span;
  for (const Clip& clip : clips) all = {std::min(all.start, clip.span.start), std::max(all.end, clip.span.end)};

  PastedTracks tracks(timeline, ids);
  TimelinePatch pasted;
  for (Clip& clip : clips) {
    clip.trackId = tracks.trackFor(sourceTrack(sources, clip));
    clip.id = ids.next();
    clip.locked = false;
    clip.span = movedBy(clip.span, at - all.start);
    pasted.changes.push_back(created(std::move(clip)));
  }
  TimelinePatch patch = tracks.made();
  if (mode == PasteMode::Ripple) {
    const Result<TimelinePatch> room = makeRoom(timeline, ids, tracks.existing(), at, all.length());
    if (!room) return room;
    patch.changes.insert(patch.changes.end(), room->changes.begin(), room->changes.end());
  }
  patch.changes.insert(patch.changes.end(), pasted.changes.begin(), pasted.changes.end());
  return withKeysApart(timeline, std::move(patch));
}

}  // namespace kinescore
