#include "ui/document/edit_commands.h"

#include <algorithm>

#include "engine/timeline/time_edit.h"

namespace kinescore {
namespace {

std::vector<ObjectId> selectedIds(const Session& session) {
  const auto& clips = const_cast<Session&>(session).selection().clips();
  return {clips.begin(), clips.end()};
}

QString stepName(const char* words) { return Session::tr(words); }

/// The tracks the selection speaks of.
std::set<ObjectId> selectedTracks(Session& session) {
  std::set<ObjectId> tracks;
  if (session.selection().surface() == Selection::Surface::Track) {
    tracks.insert(session.selection().track());
  }
  for (const ObjectId id : session.selection().clips()) {
    if (const auto clip = session.timeline().findClip(id)) {
      tracks.insert(clip->trackId);
    }
  }
  return tracks;
}

bool isClip(const ObjectChange& change) { return change.after && std::holds_alternative<Clip>(*change.after); }

template <class Change>
void changeSelectedClips(Session& session, const QString& name, const Change& change, GestureId gesture = kNoGesture) {
  std::vector<Clip> changed;
  for (const ObjectId id : selectedIds(session)) {
    if (const auto clip = session.timeline().findClip(id)) {
      changed.push_back(*clip);
      change(changed.back());
    }
  }
  session.document().edit(name, changeClips(session.timeline(), changed), gesture);
}

}  // namespace

void deleteSelection(Session& session) {
  if (session.selection().surface() == Selection::Surface::Track) {
    session.document().edit(stepName("Delete track"), deleteTrack(session.timeline(), session.selection().track()));
    return;
  }
  if (session.selection().surface() == Selection::Surface::Take) {
    session.takes().remove(session.document().undoStack(), session.selection().takeId().toStdString());
    session.selection().selectNothing();
    return;
  }
  const std::vector<ObjectId> ids = selectedIds(session);
  if (!ids.empty()) {
    session.document().edit(ids.size() == 1 ? stepName("Delete clip") : stepName("Delete clips"),
                            deleteClips(session.timeline(), ids));
  } else if (session.selection().surface() == Selection::Surface::Time) {
    session.selection().setTime(std::nullopt);
  }
}

void rippleDeleteSelection(Session& session) {
  const std::vector<ObjectId> ids = selectedIds(session);
  if (!ids.empty()) {
    session.document().edit(stepName("Ripple delete"), rippleDelete(session.timeline(), ids));
  }
}

void duplicateSelection(Session& session) {
  const std::vector<ObjectId> ids = selectedIds(session);
  const std::optional<TimeRange> span = spanOfSelection(session);
  if (!span) {
    return;
  }
  // Right behind; a key, which has no length to speak of, ten frames on.
  const Ticks tenFrames = ticksOfFrame(10, session.rate());
  const Ticks delta = span->length() > ticksOfFrame(1, session.rate()) ? span->length() : tenFrames;
  const auto patch = duplicateClips(session.timeline(), session.document().ids(), ids, delta);
  if (session.document().edit(stepName("Duplicate"), patch)) {
    std::set<ObjectId> copies;
    for (const ObjectChange& change : patch->changes) {
      copies.insert(change.id);
    }
    session.selection().selectClips(std::move(copies));
  }
}

void splitAtPlayhead(Session& session) {
  const Ticks at = session.playback().position();
  std::vector<ObjectId> ids = selectedIds(session);
  if (ids.empty()) {
    for (const auto& track : session.timeline().tracks()) {
      for (const auto& clip : session.timeline().clipsOf(track->id)) {
        if (!track->locked && !clip->locked && clip->span.start < at && at < clip->span.end) {
          ids.push_back(clip->id);
        }
      }
    }
  }
  const GestureId gesture = session.document().newGesture();
  for (const ObjectId id : ids) {
    const auto clip = session.timeline().findClip(id);
    if (clip && clip->span.start < at && at < clip->span.end &&
        !std::holds_alternative<PoseCondition>(clip->condition)) {
      session.document().edit(stepName("Split"), splitClip(session.timeline(), session.document().ids(), id, at),
                              gesture);
    }
  }
}

void trimToPlayhead(Session& session, ClipEdge edge, bool ripples) {
  const Ticks at = session.playback().position();
  const GestureId gesture = session.document().newGesture();
  for (const ObjectId id : selectedIds(session)) {
    const auto clip = session.timeline().findClip(id);
    if (!clip) {
      continue;
    }
    TimeRange span = clip->span;
    (edge == ClipEdge::Start ? span.start : span.end) = at;
    if (!span.isEmpty() && span != clip->span) {
      session.document().edit(stepName("Trim to playhead"),
                              ripples ? rippleTrim(session.timeline(), id, span) : trimClip(session.timeline(), id, span),
                              gesture);
    }
  }
}

void selectAllClips(Session& session) {
  std::set<ObjectId> all;
  for (const auto& track : session.timeline().tracks()) {
    for (const auto& clip : session.timeline().clipsOf(track->id)) {
      all.insert(clip->id);
    }
  }
  session.selection().selectClips(std::move(all));
}

QString copySelection(const Session& session) {
  const TimelinePatch patch = copyClips(session.timeline(), selectedIds(session));
  return patch.isEmpty() ? QString() : QString::fromStdString(writePatch(patch));
}

bool pasteAtPlayhead(Session& session, const QString& text, PasteMode mode) {
  const Result<TimelinePatch> copied = readPatch(text.toStdString());
  if (!copied || !holdsClips(*copied)) {
    return false;
  }
  const Ticks at = ticksOfFrame(session.playback().frame(), session.rate());
  const auto patch = pasteClips(session.timeline(), session.document().ids(), *copied, at, mode);
  const QString name = mode == PasteMode::Ripple ? stepName("Paste with ripple") : stepName("Paste");
  if (session.document().edit(name, patch)) {
    // The pasted ones come last; what a ripple split off before them is not selected.
    const auto count = std::count_if(copied->changes.begin(), copied->changes.end(), isClip);
    std::set<ObjectId> pasted;
    for (auto change = patch->changes.end() - count; change != patch->changes.end(); ++change) {
      pasted.insert(change->id);
    }
    session.selection().selectClips(std::move(pasted));
  }
  return true;
}

std::optional<TimeRange> spanOfSelection(const Session& session) {
  std::optional<TimeRange> span;
  const Ticks frame = ticksOfFrame(1, session.rate());
  for (const ObjectId id : selectedIds(session)) {
    if (const auto clip = session.timeline().findClip(id)) {
      const bool isPoint = clip->span.length() < frame;
      const TimeRange own{clip->span.start, isPoint ? clip->span.start : clip->span.end};
      span = span ? TimeRange{std::min(span->start, own.start), std::max(span->end, own.end)} : own;
    }
  }
  return span;
}

void moveSelectionTo(Session& session, Ticks start) {
  if (const auto span = spanOfSelection(session)) {
    session.document().edit(stepName("Move clips"),
                            moveClips(session.timeline(), selectedIds(session), start - span->start));
  }
}

void scaleSelectionTo(Session& session, Ticks length) {
  const auto span = spanOfSelection(session);
  if (span && length > Ticks{0}) {
    session.document().edit(stepName("Scale clips"), scaleClips(session.timeline(), selectedIds(session), *span,
                                                                {span->start, span->start + length}));
  }
}

void shapeSelection(Session& session, const std::vector<ShapePoint>& points) {
  changeSelectedClips(session, stepName("Change strength"), [&](Clip& clip) {
    clip.strength.points.clear();
    const double length = double(clip.span.length().value);
    for (const ShapePoint& point : points) {
      clip.strength.points.push_back({Ticks{std::int64_t(point.place * length)}, point.value});
    }
  });
}

std::optional<ObjectId> markerAtPlayhead(Session& session) {
  const std::int64_t frame = session.playback().frame();
  for (const auto& marker : session.timeline().markers()) {
    if (frameAt(marker->time, session.rate()) == frame) {
      return marker->id;
    }
  }
  return std::nullopt;
}

void setMarkerColor(Session& session, ObjectId id, int color) {
  const auto object = session.timeline().findObject(id);
  if (object && std::holds_alternative<Marker>(*object)) {
    Marker marker = std::get<Marker>(*object);
    marker.color = color;
    session.document().edit(stepName("Colour marker"), changeMarker(session.timeline(), marker));
  }
}

void setTrackColor(Session& session, ObjectId id, int color) {
  if (const auto track = session.timeline().findTrack(id)) {
    Track changed = *track;
    changed.color = color;
    session.document().edit(stepName("Colour track"), changeTrack(session.timeline(), changed));
  }
}

void addMarkerAtPlayhead(Session& session) {
  const auto count = session.timeline().markers().size() + 1;
  session.document().edit(stepName("Add marker"),
                          addMarker(session.timeline(), session.document().ids(), session.playback().position(),
                                    stepName("Marker %1").arg(count).toStdString()));
}

void setPlayRangeEdge(Session& session, ClipEdge edge) {
  TimelineSettings settings = session.timeline().settings();
  const Ticks frame = ticksOfFrame(1, settings.rate);
  const Ticks at = session.playback().position();
  if (edge == ClipEdge::Start) {
    settings.playRange.start = at;
    settings.playRange.end = std::max(settings.playRange.end, at + frame);
  } else {
    settings.playRange.end = at + frame;
    settings.playRange.start = std::min(settings.playRange.start, at);
  }
  session.document().edit(stepName("Play range"), changeSettings(session.timeline(), settings));
}

void clearPlayRange(Session& session) {
  TimelineSettings settings = session.timeline().settings();
  settings.playRange = {{0}, settings.duration};
  session.document().edit(stepName("Play range"), changeSettings(session.timeline(), settings));
}

void selectTimeOfClips(Session& session) {
  if (const std::optional<TimeRange> span = spanOfSelection(session)) {
    selectTime(session, *span);
  }
}

void selectTime(Session& session, TimeRange span) {
  const Ticks end = session.timeline().settings().duration;
  const Ticks falloff = ticksOfFrame(8, session.rate());
  TimeSelection time;
  time.hold = {std::max(Ticks{0}, span.start), std::min(end, span.end)};
  if (time.hold.isEmpty()) {
    return;
  }
  time.falloffIn = std::min(falloff, time.hold.start);
  time.falloffOut = std::min(falloff, end - time.hold.end);
  session.selection().setTime(time);
}

void goToNeighbourKey(Session& session, int direction) {
  const Ticks now = session.playback().position();
  std::optional<Ticks> best;
  const auto offer = [&](Ticks at) {
    const bool isBeyond = direction > 0 ? at > now : at < now;
    if (isBeyond && (!best || (direction > 0 ? at < *best : at > *best))) {
      best = at;
    }
  };
  for (const auto& track : session.timeline().tracks()) {
    for (const auto& clip : session.timeline().clipsOf(track->id)) {
      offer(clip->span.start);
      if (!std::holds_alternative<PoseCondition>(clip->condition)) {
        offer(clip->span.end);
      }
    }
  }
  for (const auto& marker : session.timeline().markers()) {
    offer(marker->time);
  }
  if (best) {
    session.playback().pause();
    session.playback().seek(*best);
  }
}

namespace {

/// The track that is gone on from: of the one selected clip, or the selected one.
std::optional<ObjectId> trackInFocus(Session& session) {
  if (session.selection().surface() == Selection::Surface::Track) {
    return session.selection().track();
  }
  const auto& clips = session.selection().clips();
  const auto clip = clips.empty() ? nullptr : session.timeline().findClip(*clips.begin());
  return clip ? std::optional(clip->trackId) : std::nullopt;
}

Ticks timeInFocus(Session& session) {
  const auto& clips = session.selection().clips();
  const auto clip = clips.empty() ? nullptr : session.timeline().findClip(*clips.begin());
  return clip ? clip->span.start : session.playback().position();
}

}  // namespace

void selectNeighbourClip(Session& session, int direction) {
  const auto tracks = session.timeline().tracks();
  const auto track = trackInFocus(session);
  if (tracks.empty()) {
    return;
  }
  const auto& clips = session.timeline().clipsOf(track.value_or(tracks.front()->id));
  const auto selected = session.selection().singleClip();
  const auto current = std::find_if(clips.begin(), clips.end(), [&](const auto& c) { return selected && c->id == *selected; });
  std::ptrdiff_t next = current - clips.begin() + direction;
  if (current == clips.end()) {
    const auto after = std::find_if(clips.begin(), clips.end(), [&](const auto& c) {
      return c->span.start >= session.playback().position();
    });
    next = after - clips.begin() - (direction < 0 ? 1 : 0);
  }
  if (next >= 0 && next < std::ptrdiff_t(clips.size())) {
    session.selection().selectClip(clips[std::size_t(next)]->id);
  }
}

void selectNeighbourTrack(Session& session, int direction) {
  const auto tracks = session.timeline().tracks();
  const auto track = trackInFocus(session);
  const auto current = std::find_if(tracks.begin(), tracks.end(), [&](const auto& t) { return track && t->id == *track; });
  const std::ptrdiff_t next = current != tracks.end() ? current - tracks.begin() + direction
                              : direction > 0         ? 0
                                                      : std::ptrdiff_t(tracks.size()) - 1;
  if (next < 0 || next >= std::ptrdiff_t(tracks.size())) {
    return;
  }
  const ObjectId id = tracks[std::size_t(next)]->id;
  const Ticks time = timeInFocus(session);
  const auto& clips = session.timeline().clipsOf(id);
  const auto nearest = std::min_element(clips.begin(), clips.end(), [&](const auto& a, const auto& b) {
    return std::abs((a->span.start - time).value) < std::abs((b->span.start - time).value);
  });
  if (nearest == clips.end()) {
    session.selection().selectTrack(id);
  } else {
    session.selection().selectClip((*nearest)->id);
  }
}

void flipTrackSwitch(Session& session, TrackSwitch which) {
  const GestureId gesture = session.document().newGesture();
  for (const ObjectId id : selectedTracks(session)) {
    const auto track = session.timeline().findTrack(id);
    if (!track) {
      continue;
    }
    Track changed = *track;
    bool& flag = which == TrackSwitch::Mute   ? changed.muted
                 : which == TrackSwitch::Solo ? changed.soloed
                 : which == TrackSwitch::Lock ? changed.locked
                                              : changed.folded;
    flag = !flag;
    const QString name = which == TrackSwitch::Mute   ? stepName("Mute track")
                         : which == TrackSwitch::Solo ? stepName("Solo track")
                         : which == TrackSwitch::Lock ? stepName("Lock track")
                                                      : stepName("Fold track");
    session.document().edit(name, changeTrack(session.timeline(), changed), gesture);
  }
}

void setSelectedClipsMuted(Session& session, bool muted) {
  changeSelectedClips(session, stepName("Mute clip"), [&](Clip& clip) { clip.muted = muted; });
}

void setSelectedClipsLocked(Session& session, bool locked) {
  changeSelectedClips(session, stepName("Lock clip"), [&](Clip& clip) { clip.locked = locked; });
}

void holdSelectedKeys(Session& session, Ticks length) {
  const GestureId gesture = session.document().newGesture();
  for (const ObjectId id : selectedIds(session)) {
    const auto clip = session.timeline().findClip(id);
    if (clip && (std::holds_alternative<PoseCondition>(clip->condition) ||
                 std::holds_alternative<TargetCondition>(clip->condition))) {
      session.document().edit(stepName("Hold pose"), holdKey(session.timeline(), id, clip->span.start + length), gesture);
    }
  }
}

QString promptStepName(const QString& words) {
  constexpr int kLongest = 28;
  const QString shown = words.size() > kLongest ? words.left(kLongest - 1).trimmed() + QChar(0x2026) : words;
  return shown.isEmpty() ? stepName("Change prompt") : stepName("Change prompt “%1”").arg(shown);
}

void setSelectedTolerance(Session& session, float meters) {
  changeSelectedClips(session, stepName("Tolerance"), [meters](Clip& clip) {
    if (auto* pose = std::get_if<PoseCondition>(&clip.condition)) {
      pose->toleranceMeters = meters;
    } else if (auto* target = std::get_if<TargetCondition>(&clip.condition)) {
      target->toleranceMeters = meters;
    }
  });
}

void setSelectedPrompts(Session& session, const QString& words, GestureId gesture) {
  changeSelectedClips(
      session, stepName("Change prompts"),
      [prompt = words.toStdString()](Clip& clip) {
        if (auto* text = std::get_if<TextCondition>(&clip.condition)) {
          text->prompt = prompt;
        }
      },
      gesture);
}

void setSelectedBodyPart(Session& session, BodyPart part) {
  changeSelectedClips(session, stepName("Body part"), [part](Clip& clip) {
    if (auto* text = std::get_if<TextCondition>(&clip.condition)) {
      text->part = part;
    }
  });
}

void setSelectedSoundKind(Session& session, SoundKind kind) {
  changeSelectedClips(session, stepName("Hear sound as"), [&](Clip& clip) {
    if (auto* audio = std::get_if<AudioCondition>(&clip.condition)) {
      audio->kind = kind;
    }
  });
}

void moveTrack(Session& session, ObjectId track, int direction) {
  const auto tracks = session.timeline().tracks();
  const auto at = std::find_if(tracks.begin(), tracks.end(), [&](const auto& t) { return t->id == track; });
  if (at == tracks.end()) {
    return;
  }
  const std::ptrdiff_t from = at - tracks.begin();
  const std::ptrdiff_t to = from + direction;
  if (to < 0 || to >= std::ptrdiff_t(tracks.size())) {
    return;
  }
  session.document().edit(stepName("Move track"), placeTrack(session.timeline(), track, int(to)));
}

void setAllTrackHeights(Session& session, int height) {
  const GestureId gesture = session.document().newGesture();
  for (const auto& track : session.timeline().tracks()) {
    Track changed = *track;
    changed.height = height;
    changed.folded = false;
    session.document().edit(stepName("Track height"), changeTrack(session.timeline(), changed), gesture);
  }
}

}  // namespace kinescore
