// What the Pose menu does to whole poses; each is at most one step of the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// Left becomes right; the figure stays where it stands and faces where it faced.
[[nodiscard]] Pose mirroredInPlace(const Pose& pose);

/// The selected poses, else the one that stands at the playhead. Empty: there is none.
[[nodiscard]] std::vector<ObjectId> posesMeant(const Session& session);
/// Each of the meant poses mirrored in its place. False when there is none or they are locked.
bool mirrorPoses(Session& session);
/// The meant pose, else the one on screen, as text for the clipboard.
[[nodiscard]] QString copyPose(const Session& session);
/// Onto the selected poses, else pinned at the playhead. False when `text` holds none.
bool pastePose(Session& session, const QString& text);
/// The meant poses become what the shown take does at their times.
bool snapPosesToTake(Session& session);

}  // namespace kinescore
