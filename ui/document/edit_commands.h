// What menus and keys do to the selection; each is at most one step of the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

void deleteSelection(Session& session);
void duplicateSelection(Session& session);
/// Splits the selected clips under the playhead, or without a selection all clips under it.
void splitAtPlayhead(Session& session);
enum class ClipEdge { Start, End };
void trimToPlayhead(Session& session, ClipEdge edge);
void selectAllClips(Session& session);

/// The selected clips as text for the clipboard; empty when nothing is selected.
[[nodiscard]] QString copySelection(const Session& session);
/// Puts copied clips so that the first starts at the playhead. False when `text` holds none.
bool pasteAtPlayhead(Session& session, const QString& text);

void addMarkerAtPlayhead(Session& session);
void setPlayRangeEdge(Session& session, ClipEdge edge);
void clearPlayRange(Session& session);
/// The time selection over the selected clips.
void selectTimeOfClips(Session& session);

/// To the nearest clip edge or key before (-1) or after (+1) the playhead.
void goToNeighbourKey(Session& session, int direction);

enum class TrackSwitch { Mute, Solo, Lock };
/// On the tracks of the selection.
void flipTrackSwitch(Session& session, TrackSwitch which);
void setSelectedClipsMuted(Session& session, bool muted);
void setSelectedClipsLocked(Session& session, bool locked);
/// Swaps a track with the one above (-1) or below (+1).
void moveTrack(Session& session, ObjectId track, int direction);
void setAllTrackHeights(Session& session, int height);

}  // namespace kinescore
