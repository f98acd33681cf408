// What an author can do to a timeline: pure functions from a timeline to the patch that does it.
// None of them changes anything by itself. Locked tracks and clips refuse with a sentence.
#pragma once

#include <span>
#include <string>

#include "engine/timeline/patch.h"

namespace kinescore {

[[nodiscard]] Result<TimelinePatch> addTrack(const Timeline&, IdSource&, TrackKind kind, std::string name);
[[nodiscard]] Result<TimelinePatch> deleteTrack(const Timeline&, ObjectId trackId);
/// Mute, solo, lock, rename, fold, height, colour, order: the track with other fields. A locked track
/// takes all of these but a new name.
[[nodiscard]] Result<TimelinePatch> changeTrack(const Timeline&, const Track& changed);

/// To place `index` among the others, from the top; the rest keep their order.
[[nodiscard]] Result<TimelinePatch> placeTrack(const Timeline&, ObjectId trackId, int index);

/// A new clip; `clip.id` is ignored and taken from the source.
[[nodiscard]] Result<TimelinePatch> addClip(const Timeline&, IdSource&, Clip clip);
/// The same clips somewhere else in time; the first of them stops at 0. A pose key does not move
/// onto another one.
[[nodiscard]] Result<TimelinePatch> moveClips(const Timeline&, std::span<const ObjectId> clips, Ticks delta);
/// Clips of one kind, all onto one track.
[[nodiscard]] Result<TimelinePatch> moveClipsToTrack(const Timeline&, std::span<const ObjectId> clips, ObjectId trackId,
                                                     Ticks delta);
/// What is inside (strength curve, path, in point) keeps its place in the document.
[[nodiscard]] Result<TimelinePatch> trimClip(const Timeline&, ObjectId clip, TimeRange span);
[[nodiscard]] Result<TimelinePatch> splitClip(const Timeline&, IdSource&, ObjectId clip, Ticks at);
/// A prompt in two at `at`, each with words of its own, for the same part of the body.
[[nodiscard]] Result<TimelinePatch> splitPrompt(const Timeline&, IdSource&, ObjectId clip, Ticks at, const TextCondition& first,
                                                const std::string& second);
[[nodiscard]] Result<TimelinePatch> duplicateClips(const Timeline&, IdSource&, std::span<const ObjectId> clips, Ticks delta);
[[nodiscard]] Result<TimelinePatch> deleteClips(const Timeline&, std::span<const ObjectId> clips);
/// Prompt, name, envelope, mute, condition: the clip with other fields (span and track unchanged).
/// A locked clip can only be unlocked.
[[nodiscard]] Result<TimelinePatch> changeClip(const Timeline&, const Clip& changed);

/// Several of them at once; all or none.
[[nodiscard]] Result<TimelinePatch> changeClips(const Timeline&, std::span<const Clip> changed);

/// A pose key at `at` on a pose track; replaces a key at that very time.
[[nodiscard]] Result<TimelinePatch> pinPose(const Timeline&, IdSource&, ObjectId track, Ticks at, const Pose& pose);

/// A part of a foot stands still for `span`: on the first contact track that is open, else on a new one of this name.
[[nodiscard]] Result<TimelinePatch> plantFoot(const Timeline&, IdSource&, TimeRange span, int contact,
                                              std::string nameOfNewTrack);

/// A key keeps its pose (or place) until `end`, which stops where the next key of its kind begins. An end within a
/// frame of its start makes it a single key again.
[[nodiscard]] Result<TimelinePatch> holdKey(const Timeline&, ObjectId key, Ticks end);

[[nodiscard]] Result<TimelinePatch> addMarker(const Timeline&, IdSource&, Ticks at, std::string name);
/// Its time, name or colour.
[[nodiscard]] Result<TimelinePatch> changeMarker(const Timeline&, const Marker& changed);
[[nodiscard]] Result<TimelinePatch> deleteMarker(const Timeline&, ObjectId marker);
/// A play range that no longer fits is cut to the new duration.
[[nodiscard]] Result<TimelinePatch> changeSettings(const Timeline&, const TimelineSettings& changed);

}  // namespace kinescore
