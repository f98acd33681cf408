// What menus and keys do to planted feet. Each is one step of the history.
#pragma once

#include "ui/document/session.h"

namespace kinescore {

/// Which part of a foot, in the order of kContactJoints.
void setFootPart(Session& session, ObjectId clip, int contact);
/// Heel and toe of the same foot: the other one is planted for the same time, where it is not.
void plantBothParts(Session& session, ObjectId clip);
/// A soft contact is a wish: the foot may slide a little where the motion needs it.
void setContactHard(Session& session, ObjectId clip, bool hard);
/// The foot is to stand where it stands on screen at the playhead.
void plantAtPlayhead(Session& session, ObjectId clip);
/// Where the engine finds it.
void freeContactPlace(Session& session, ObjectId clip);

}  // namespace kinescore
