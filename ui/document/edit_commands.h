// What menus and keys do to the selection; each is at most one step of the history.
#pragma once

#include "engine/timeline/clipboard.h"
#include "ui/document/session.h"

namespace kinescore {

void deleteSelection(Session& session);
/// What follows on the tracks of the selected clips closes the gap.
void rippleDeleteSelection(Session& session);
void duplicateSelection(Session& session);
/// Splits the selected clips under the playhead, or without a selection all clips under it.
void splitAtPlayhead(Session& session);
enum class ClipEdge { Start, End };
/// With `ripples` what follows on the track follows the edge.
void trimToPlayhead(Session& session, ClipEdge edge, bool ripples = false);
void selectAllClips(Session& session);

/// The selected clips as text for the clipboard; empty when nothing is selected.
[[nodiscard]] QString copySelection(const Session& session);
/// Puts copied clips, also those of another project, so that the first starts at the playhead. False
/// when `text` holds none.
bool pasteAtPlayhead(Session& session, const QString& text, PasteMode mode = PasteMode::Over);

/// From the first start to the last end of the selected clips; a key counts as a point. Nothing when
/// nothing is selected.
[[nodiscard]] std::optional<TimeRange> spanOfSelection(const Session& session);
/// Moves all selected clips so that the first starts at `start`.
void moveSelectionTo(Session& session, Ticks start);
/// Scales the selected clips in time; the first start stays.
void scaleSelectionTo(Session& session, Ticks length);

/// A strength curve over a clip: place 0 … 1 of its length, and how far it is obeyed.
struct ShapePoint {
  double place = 0;
  float value = 1;
};
/// All selected clips get this curve; without points the usual one.
void shapeSelection(Session& session, const std::vector<ShapePoint>& points);

/// The marker on the playhead's frame.
[[nodiscard]] std::optional<ObjectId> markerAtPlayhead(Session& session);
void setMarkerColor(Session& session, ObjectId marker, int color);
void setTrackColor(Session& session, ObjectId track, int color);
void addMarkerAtPlayhead(Session& session);
void setPlayRangeEdge(Session& session, ClipEdge edge);
void clearPlayRange(Session& session);
/// The time selection over the selected clips.
void selectTimeOfClips(Session& session);
/// With the usual falloffs, within the project; nothing when nothing of it is left.
void selectTime(Session& session, TimeRange span);

/// To the nearest clip edge or key before (-1) or after (+1) the playhead.
void goToNeighbourKey(Session& session, int direction);

/// The clip before (-1) or after (+1) the selected one on its track; without one, the next from the playhead on the
/// selected track. At the end of the track it stays.
void selectNeighbourClip(Session& session, int direction);
/// The track above (-1) or below (+1): its clip nearest to the selected one, or the track where it has none.
void selectNeighbourTrack(Session& session, int direction);

enum class TrackSwitch { Mute, Solo, Lock, Fold };
/// On the tracks of the selection.
void flipTrackSwitch(Session& session, TrackSwitch which);
void setSelectedClipsMuted(Session& session, bool muted);
void setSelectedClipsLocked(Session& session, bool locked);
/// The selected keys keep their poses for `length`, as far as the next ones; 0 makes them single again.
void holdSelectedKeys(Session& session, Ticks length);
/// The step that gives a prompt other words, by them: “Change prompt “jump””.
[[nodiscard]] QString promptStepName(const QString& words);
/// All selected prompts get these words; words typed without a pause are one `gesture`.
void setSelectedPrompts(Session& session, const QString& words, GestureId gesture = kNoGesture);
void setSelectedBodyPart(Session& session, BodyPart part);
/// How far the selected poses and targets may be missed, in metres.
void setSelectedTolerance(Session& session, float meters);
/// What the selected sound clips are said to be; other clips stay as they are.
void setSelectedSoundKind(Session& session, SoundKind kind);
/// Swaps a track with the one above (-1) or below (+1).
void moveTrack(Session& session, ObjectId track, int direction);
void setAllTrackHeights(Session& session, int height);

}  // namespace kinescore
