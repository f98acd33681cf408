// What can be put on tracks of each kind, as the menus, clicks and drops of the timeline do it. Each is one step of
// the history, with the track when there was none; a refusal is told by the session.
#pragma once

#include <filesystem>

#include "ui/document/session.h"

namespace kinescore {

/// An entry of “+ Track”. Poses and targets lie on tracks of one kind under two names.
struct OfferedTrack {
  TrackKind kind;
  QString name;
};
[[nodiscard]] std::vector<OfferedTrack> offeredTracks();
/// Under the others, and selected.
std::optional<ObjectId> addOfferedTrack(Session& session, const OfferedTrack& offered);

/// Sound or video, by the ending of the file's name; nothing for any other file.
[[nodiscard]] std::optional<TrackKind> mediaKindOf(const std::filesystem::path& file);
/// As long as the file plays. On `track` when it is of the kind (a sound track takes the sound of a video, too), else on
/// the first that is, else on a new one.
std::optional<ObjectId> addMediaAt(Session& session, ObjectId track, Ticks at, const std::filesystem::path& file);

/// The joint stays where it is on screen at that time, until it is moved.
std::optional<ObjectId> addTargetAt(Session& session, ObjectId track, Ticks at, int joint);
/// Joints that targets are offered for.
[[nodiscard]] std::vector<int> targetJoints();
[[nodiscard]] QString jointName(int joint);

/// The first words of an empty timeline, from its start on; on a new track if there is none for prompts.
std::optional<ObjectId> addFirstPrompt(Session& session, const QString& prompt);

/// A part of a foot stands still, where the engine finds it.
std::optional<ObjectId> addContactAt(Session& session, ObjectId track, TimeRange span, int contact);
/// “left heel”; in the order of kContactJoints.
[[nodiscard]] QString footPartName(int contact);

/// A moment of captured motion that takes were shown.
std::optional<ObjectId> addReferenceAt(Session& session, ObjectId track, Ticks at, const ShownReference& reference);
/// Those that the shown take was shown, each clip once.
[[nodiscard]] std::vector<ShownReference> knownReferences(Session& session);

}  // namespace kinescore
