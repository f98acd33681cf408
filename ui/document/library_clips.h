// Clips of the library on the timeline: dragged there, added at the playhead, pinned to a prompt.
#pragma once

#include <memory>

#include <QMimeData>

#include "ui/document/clip_library.h"
#include "ui/document/session.h"

namespace kinescore {

/// What travels with the mouse.
struct CarriedClip {
  std::string id;
  QString title;
  TimeRange part;  // of the clip
  bool mirror = false;
};
[[nodiscard]] CarriedClip carried(const OfferedClip& clip);
[[nodiscard]] std::unique_ptr<QMimeData> mimeOf(const CarriedClip& clip);
[[nodiscard]] bool holdsClip(const QMimeData& data);
[[nodiscard]] std::optional<CarriedClip> clipIn(const QMimeData& data);

/// As a reference that lasts as long as it does: on `track` when it is an unlocked one of references, else on the first
/// that is, else on a new one. One step of the history.
std::optional<ObjectId> placeClip(Session& session, const CarriedClip& clip, Ticks at, ObjectId track = {});
/// Shown beside this prompt from the next generation on. False, and the session tells why, when that cannot be.
bool pinClip(Session& session, const CarriedClip& clip, ObjectId prompt);
/// A prompt of the whole body with words: what a dropped clip is pinned to.
[[nodiscard]] bool takesPins(const Session& session, ObjectId clip);

/// A prompt that clips are pinned to.
[[nodiscard]] bool hasPins(const Session& session, const Clip& clip);

/// Clips that the timeline or a pin shows.
[[nodiscard]] std::set<std::string> clipsInUse(const Session& session);
/// Reference clips whose captured motion `library` does not have.
[[nodiscard]] std::vector<std::shared_ptr<const Clip>> goneClips(const Session& session, const ClipLibrary& library);
/// Another clip in the place of `gone`, everywhere on the timeline where it was the same. One step of the history.
bool replaceGoneClip(Session& session, const std::string& goneId, const CarriedClip& by);

}  // namespace kinescore
