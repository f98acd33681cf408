#include "engine/timeline/timeline.h"

#include <algorithm>

#include "engine/core/hash.h"
#include "engine/timeline/json_fields.h"
#include "engine/timeline/timeline_json.h"
#include "engine/timeline/timeline_state.h"

namespace kinescore {
namespace {

// Whole-body and part texts speak to the same engine input, so they solo together.
TrackKind soloGroup(TrackKind kind) { return kind == TrackKind::PartText ? TrackKind::Text : kind; }

template <class Map>
bool equalByValue(const Map& a, const Map& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && (x.second == y.second || *x.second == *y.second);
  });
}

bool equalClips(const TrackClips& a, const TrackClips& b) {
  return std::equal(a.byId.begin(), a.byId.end(), b.byId.begin(), b.byId.end(),
                    [](const ClipPointer& x, const ClipPointer& y) { return x == y || *x == *y; });
}

}  // namespace

float StrengthEnvelope::at(Ticks sinceStart) const {
  if (points.empty()) return 1;
  const auto after = std::upper_bound(
      points.begin(), points.end(), sinceStart,
      [](Ticks time, const EnvelopePoint& point) { return time < point.time; });
  if (after == points.begin()) return points.front().value;
  if (after == points.end()) return points.back().value;
  const EnvelopePoint& a = *(after - 1);
  const EnvelopePoint& b = *after;
  const double u = double((sinceStart - a.time).value) / double((b.time - a.time).value);
  return static_cast<float>(a.value + u * (b.value - a.value));
}

ObjectId idOf(const TimelineObject& object) {
  struct Visitor {
    ObjectId operator()(const TimelineSettings&) const { return kSettingsId; }
    ObjectId operator()(const Track& track) const { return track.id; }
    ObjectId operator()(const Clip& clip) const { return clip.id; }
    ObjectId operator()(const Marker& marker) const { return marker.id; }
  };
  return std::visit(Visitor{}, object);
}

Timeline::Timeline() {
  static const auto empty = std::make_shared<const State>();
  state_ = empty;
}

const TimelineSettings& Timeline::settings() const { return *state_->settings; }

std::vector<std::shared_ptr<const Track>> Timeline::tracks() const {
  std::vector<std::shared_ptr<const Track>> list;
  list.reserve(state_->tracks.size());
  for (const auto& [id, track] : state_->tracks) list.push_back(track);
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a->order < b->order; });
  return list;
}

std::shared_ptr<const Track> Timeline::findTrack(ObjectId id) const {
  const auto found = state_->tracks.find(id);
  return found == state_->tracks.end() ? nullptr : found->second;
}

std::shared_ptr<const Clip> Timeline::findClip(ObjectId id) const {
  for (const auto& [trackId, clips] : state_->clips) {
    const auto found = std::lower_bound(clips->byId.begin(), clips->byId.end(), id,
                                        [](const ClipPointer& clip, ObjectId i) { return clip->id < i; });
    if (found != clips->byId.end() && (*found)->id == id) return *found;
  }
  return nullptr;
}

const std::vector<std::shared_ptr<const Clip>>& Timeline::clipsOf(ObjectId trackId) const {
  static const std::vector<std::shared_ptr<const Clip>> none;
  const auto found = state_->clips.find(trackId);
  return found == state_->clips.end() ? none : found->second->byStart;
}

std::vector<std::shared_ptr<const Marker>> Timeline::markers() const {
  std::vector<std::shared_ptr<const Marker>> list;
  list.reserve(state_->markers.size());
  for (const auto& [id, marker] : state_->markers) list.push_back(marker);
  std::stable_sort(list.begin(), list.end(),
                   [](const auto& a, const auto& b) { return a->time < b->time; });
  return list;
}

std::optional<TimelineObject> Timeline::findObject(ObjectId id) const {
  if (id == kSettingsId) return settings();
  if (const auto track = findTrack(id)) return *track;
  if (const auto marker = state_->markers.find(id); marker != state_->markers.end()) return *marker->second;
  if (const auto clip = findClip(id)) return *clip;
  return std::nullopt;
}

bool Timeline::isAudible(const Track& track) const {
  if (track.muted) return false;
  if (track.soloed) return true;
  return std::none_of(state_->tracks.begin(), state_->tracks.end(), [&](const auto& entry) {
    return entry.second->soloed && soloGroup(entry.second->kind) == soloGroup(track.kind);
  });
}

std::string Timeline::contentHash() const {
  std::map<ObjectId, std::string> texts;
  texts.emplace(kSettingsId, toText(toJson(TimelineObject(settings()))));
  for (const auto& [id, track] : state_->tracks) texts.emplace(id, toText(toJson(TimelineObject(*track))));
  for (const auto& [id, marker] : state_->markers) texts.emplace(id, toText(toJson(TimelineObject(*marker))));
  for (const auto& [trackId, clips] : state_->clips) {
    for (const ClipPointer& clip : clips->byId) texts.emplace(clip->id, toText(toJson(TimelineObject(*clip))));
  }
  Sha256 hash;
  for (const auto& [id, text] : texts) {
    hash.update(text);
    hash.update("\n");
  }
  return hash.finishHex();
}

bool Timeline::operator==(const Timeline& other) const {
  if (state_ == other.state_) return true;
  const State& a = *state_;
  const State& b = *other.state_;
  return *a.settings == *b.settings && equalByValue(a.tracks, b.tracks) &&
         equalByValue(a.markers, b.markers) &&
         std::equal(a.clips.begin(), a.clips.end(), b.clips.begin(), b.clips.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first &&
                             (x.second == y.second || equalClips(*x.second, *y.second));
                    });
}

}  // namespace kinescore
