#include "engine/timeline/patch.h"

#include <algorithm>
#include <iterator>

#include "engine/storage/json.h"
#include "engine/timeline/json_fields.h"
#include "engine/timeline/object_checks.h"
#include "engine/timeline/timeline_json.h"
#include "engine/timeline/timeline_state.h"

namespace kinescore {
namespace {

using nlohmann::json;

Error conflict(const std::string& sentence) { return {ErrorCode::InvalidArgument, sentence}; }

std::string describe(ObjectId id) { return "object " + std::to_string(id.value); }

bool isKind(const std::optional<TimelineObject>& object, std::size_t kind) {
  return object && object->index() == kind;
}
constexpr std::size_t kTrackIndex = 0;
constexpr std::size_t kClipIndex = 1;

}  // namespace

/// Builds the next state from one; what it does not touch stays shared.
class TimelineEditor {
 public:
  explicit TimelineEditor(const Timeline& from) : state_(std::make_shared<Timeline::State>(*from.state_)) {}

  Status change(const ObjectChange& change) {
    if (!change.before && !change.after) return conflict("A change has neither a before nor an after.");
    for (const auto* side : {&change.before, &change.after}) {
      if (*side && idOf(**side) != change.id) return conflict("A change of " + describe(change.id) + " holds another object.");
    }
    if (change.before && change.after && change.before->index() != change.after->index()) {
      return conflict("A change turns " + describe(change.id) + " into another type of object.");
    }
    if (Status s = checkBefore(change); !s) return s;
    if (change.after) {
      if (Status s = checkObject(*change.after); !s) return s;
    }
    const TimelineObject& any = change.after ? *change.after : *change.before;
    return std::visit([&](const auto& typed) { return place(typed, change); }, any);
  }

  Timeline finish() {
    for (const auto& [trackId, track] : open_) {
      if (track.count == 0) state_->clips.erase(trackId);
      else state_->clips[trackId] = closed(track);
    }
    open_.clear();
    Timeline next;
    next.state_ = std::move(state_);
    return next;
  }

 private:
  std::optional<TimelineObject> standing(ObjectId id) const {
    if (id == kSettingsId) return *state_->settings;
    if (const auto t = state_->tracks.find(id); t != state_->tracks.end()) return *t->second;
    if (const auto m = state_->markers.find(id); m != state_->markers.end()) return *m->second;
    if (const ClipPointer clip = standingClip(id)) return *clip;
    return std::nullopt;
  }

  ClipPointer standingClip(ObjectId id) const {
    for (const auto& [trackId, track] : open_) {
      const auto changed = track.changed.find(id);
      const ClipPointer clip = changed != track.changed.end() ? changed->second : findIn(track.base.get(), id);
      if (clip) return clip;
    }
    for (const auto& [trackId, clips] : state_->clips) {
      if (open_.count(trackId) != 0) continue;
      if (ClipPointer clip = findIn(clips.get(), id)) return clip;
    }
    return nullptr;
  }

  Status checkBefore(const ObjectChange& change) const {
    const std::optional<TimelineObject> now = standing(change.id);
    if (!change.before && now) return conflict("The " + describe(change.id) + " exists already.");
    if (change.before && !now) return conflict("The " + describe(change.id) + " does not exist any more.");
    if (change.before && *change.before != *now) {
      return conflict("The " + describe(change.id) + " was changed by something else meanwhile.");
    }
    return {};
  }

  Status place(const TimelineSettings& settings, const ObjectChange& change) {
    if (!change.before || !change.after) return conflict("The settings of a timeline cannot be created or deleted.");
    state_->settings = std::make_shared<const TimelineSettings>(settings);
    return {};
  }

  Status place(const Marker& marker, const ObjectChange& change) {
    if (change.after) state_->markers[marker.id] = std::make_shared<const Marker>(marker);
    else state_->markers.erase(marker.id);
    return {};
  }

  Status place(const Track& track, const ObjectChange& change) {
    const bool hasClips = holdsClips(track.id);
    if (!change.after && hasClips) return conflict("The track “" + track.name + "” still holds clips.");
    if (change.before && hasClips && std::get<Track>(*change.before).kind != track.kind) {
      return conflict("A track with clips cannot become a track of another kind.");
    }
    if (change.after) state_->tracks[track.id] = std::make_shared<const Track>(track);
    else state_->tracks.erase(track.id);
    return {};
  }

  Status place(const Clip& clip, const ObjectChange& change) {
    if (change.after) {
      const auto track = state_->tracks.find(clip.trackId);
      if (track == state_->tracks.end()) return conflict("The track of a clip does not exist.");
      if (!fits(track->second->kind, clip.condition)) {
        return conflict("The track “" + track->second->name + "” is of another kind than the clip.");
      }
    }
    if (change.before) remove(std::get<Clip>(*change.before));
    if (change.after) insert(clip);
    return {};
  }

  /// A track that this edit changes: what it held, and what became of some of it. Put together once at the end, so
  /// that many clips of one track cost no more each than few.
  struct OpenTrack {
    std::shared_ptr<const TrackClips> base;    // null: there was no clip
    std::map<ObjectId, ClipPointer> changed;   // null: it is gone
    std::size_t count = 0;                     // clips it holds now
  };

  bool holdsClips(ObjectId trackId) const {
    if (const auto opened = open_.find(trackId); opened != open_.end()) return opened->second.count > 0;
    return state_->clips.count(trackId) != 0;
  }

  OpenTrack& open(ObjectId trackId) {
    const auto [place, isNew] = open_.try_emplace(trackId);
    if (isNew) {
      if (const auto standing = state_->clips.find(trackId); standing != state_->clips.end()) {
        place->second.base = standing->second;
        place->second.count = standing->second->byId.size();
      }
    }
    return place->second;
  }

  static ClipPointer findIn(const TrackClips* clips, ObjectId id) {
    if (clips == nullptr) return nullptr;
    const auto found = std::lower_bound(clips->byId.begin(), clips->byId.end(), id,
                                        [](const ClipPointer& c, ObjectId i) { return c->id < i; });
    return found != clips->byId.end() && (*found)->id == id ? *found : nullptr;
  }

  void remove(const Clip& clip) {
    OpenTrack& track = open(clip.trackId);
    track.changed[clip.id] = nullptr;
    --track.count;
  }

  void insert(const Clip& clip) {
    OpenTrack& track = open(clip.trackId);
    track.changed[clip.id] = std::make_shared<const Clip>(clip);
    ++track.count;
  }

  static std::shared_ptr<const TrackClips> closed(const OpenTrack& track) {
    std::vector<ClipPointer> placed;  // by id
    for (const auto& [id, clip] : track.changed) {
      if (clip) placed.push_back(clip);
    }
    auto clips = std::make_shared<TrackClips>();
    const auto byStart = [](const ClipPointer& a, const ClipPointer& b) { return isBefore(*a, *b); };
    const auto byId = [](const ClipPointer& a, const ClipPointer& b) { return a->id < b->id; };
    const auto join = [&](const std::vector<ClipPointer>& standing, std::vector<ClipPointer>& joined, const auto& order) {
      std::vector<ClipPointer> kept;
      kept.reserve(standing.size());
      std::copy_if(standing.begin(), standing.end(), std::back_inserter(kept),
                   [&](const ClipPointer& c) { return track.changed.count(c->id) == 0; });
      joined.reserve(kept.size() + placed.size());
      std::merge(kept.begin(), kept.end(), placed.begin(), placed.end(), std::back_inserter(joined), order);
    };
    static const std::vector<ClipPointer> none;
    join(track.base ? track.base->byId : none, clips->byId, byId);
    std::sort(placed.begin(), placed.end(), byStart);
    join(track.base ? track.base->byStart : none, clips->byStart, byStart);
    return clips;
  }

  std::shared_ptr<Timeline::State> state_;
  std::map<ObjectId, OpenTrack> open_;
};

Result<Timeline> apply(const Timeline& timeline, const TimelinePatch& patch) {
  if (patch.isEmpty()) return timeline;
  TimelineEditor editor(timeline);
  for (const ObjectChange& change : patch.changes) {
    if (Status s = editor.change(change); !s) return s.error();
  }
  return editor.finish();
}

TimelinePatch inverse(const TimelinePatch& patch) {
  TimelinePatch back;
  back.changes.reserve(patch.changes.size());
  for (auto change = patch.changes.rbegin(); change != patch.changes.rend(); ++change) {
    back.changes.push_back({change->id, change->after, change->before});
  }
  return back;
}

TimelinePatch merged(const TimelinePatch& first, const TimelinePatch& second) {
  // One change an object, from its first `before` to its last `after`.
  std::vector<ObjectChange> changes;
  std::map<ObjectId, std::size_t> places;
  TimelinePatch both;
  both.changes = first.changes;
  both.changes.insert(both.changes.end(), second.changes.begin(), second.changes.end());
  for (const ObjectChange& change : both.changes) {
    const auto [place, isNew] = places.try_emplace(change.id, changes.size());
    if (isNew) changes.push_back(change);
    else changes[place->second].after = change.after;
  }
  std::erase_if(changes, [](const ObjectChange& c) { return c.before == c.after; });

  // An id that came back as something else cannot be told in one change; then the whole story is kept.
  for (const ObjectChange& change : changes) {
    if (!change.before || !change.after) continue;
    const bool otherType = change.before->index() != change.after->index();
    const bool otherKind = !otherType && change.before->index() == kTrackIndex &&
                           std::get<Track>(*change.before).kind != std::get<Track>(*change.after).kind;
    if (otherType || otherKind) return both;
  }

  // Tracks appear before the clips that lie on them and go after them.
  const auto rank = [](const ObjectChange& change) {
    if (isKind(change.before, kTrackIndex) && !change.after) return 2;
    return isKind(change.before, kClipIndex) || isKind(change.after, kClipIndex) ? 1 : 0;
  };
  std::stable_sort(changes.begin(), changes.end(),
                   [&](const ObjectChange& a, const ObjectChange& b) { return rank(a) < rank(b); });
  return {std::move(changes)};
}

std::string writePatch(const TimelinePatch& patch) {
  json changes = json::array();
  for (const ObjectChange& change : patch.changes) {
    json item = {{"id", change.id.value}};
    if (change.before) item["before"] = toJson(*change.before);
    if (change.after) item["after"] = toJson(*change.after);
    changes.push_back(std::move(item));
  }
  return toText({{"type", "patch"}, {"version", 1}, {"changes", std::move(changes)}});
}

Result<TimelinePatch> readPatch(std::string_view text) {
  const Result<json> parsed = parseJson(text, "edit");
  if (!parsed) return parsed.error();
  const json& root = *parsed;
  int version = 0;
  FieldReader fields(root, "the edit");
  fields.require("version", version);
  if (!fields.status()) return fields.status().error();
  if (version != 1) return Error{ErrorCode::Unsupported, "The edit was written by a newer version of Kinescore."};
  const json* changes = fields.find("changes");
  if (changes == nullptr || !changes->is_array()) return Error{ErrorCode::BadInput, "The edit holds no list of changes."};
  TimelinePatch patch;
  for (const json& item : *changes) {
    ObjectChange change;
    FieldReader itemFields(item, "a change");
    itemFields.require("id", change.id);
    if (!itemFields.status()) return itemFields.status().error();
    for (const auto& [key, side] : {std::pair{"before", &change.before}, std::pair{"after", &change.after}}) {
      const json* value = itemFields.find(key);
      if (value == nullptr) continue;
      Result<TimelineObject> object = objectFromJson(*value);
      if (!object) return object.error();
      *side = std::move(*object);
    }
    patch.changes.push_back(std::move(change));
  }
  return patch;
}

}  // namespace kinescore
