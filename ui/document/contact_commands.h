// What menus and keys do to planted feet. Each is one step of the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// What of a foot stands. Both are two clips of one span.
enum class FootPart { Heel, Toe, Both };

/// The other part of the same foot over the same span; null where it is not planted.
[[nodiscard]] std::shared_ptr<const Clip> twinOf(const Timeline& timeline, const Clip& clip);
/// Of a planted foot; its twin counts.
[[nodiscard]] FootPart footPartOf(const Timeline& timeline, const Clip& clip);
/// Foot 0 is the left one. The twin is made, goes along or is given up; false when that was refused, and nothing is changed.
bool chooseFootPart(Session& session, ObjectId clip, int foot, FootPart part);
/// The foot is to stand where it stands on screen at the playhead.
void plantAtPlayhead(Session& session, ObjectId clip);
/// Where the engine finds it.
void freeContactPlace(Session& session, ObjectId clip);

}  // namespace kinescore
