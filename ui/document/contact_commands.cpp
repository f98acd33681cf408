#include "ui/document/contact_commands.h"

#include <vector>

#include "engine/timeline/edit.h"

namespace kinescore {
namespace {

void change(Session& session, const QString& name, ObjectId id, const std::function<void(ContactCondition&)>& edit) {
  const auto clip = session.timeline().findClip(id);
  if (clip && std::holds_alternative<ContactCondition>(clip->condition)) {
    Clip changed = *clip;
    edit(std::get<ContactCondition>(changed.condition));
    session.document().edit(name, changeClip(session.timeline(), changed));
  }
}

/// The clip for another part; a place was the former one's.
Clip withPart(Clip clip, int contact) {
  auto& its = std::get<ContactCondition>(clip.condition);
  if (its.contact != contact) {
    its.place.reset();
  }
  its.contact = contact;
  return clip;
}

/// What becomes of the twin: it stands for `contact`, made where there is none, or it is given up.
Result<TimelinePatch> twinPatch(Session& session, const Clip& clip, int contact, bool isWanted) {
  const Timeline& timeline = session.timeline();
  const auto twin = twinOf(timeline, clip);
  if (twin && isWanted) {
    return changeClip(timeline, withPart(*twin, contact));
  }
  if (twin) {
    const std::vector<ObjectId> ids{twin->id};
    return deleteClips(timeline, ids);
  }
  if (!isWanted) {
    return TimelinePatch{};
  }
  Clip added = withPart(clip, contact);
  std::get<ContactCondition>(added.condition).place.reset();
  return addClip(timeline, session.document().ids(), added);
}

}  // namespace

std::shared_ptr<const Clip> twinOf(const Timeline& timeline, const Clip& clip) {
  const int contact = std::get<ContactCondition>(clip.condition).contact;
  for (const auto& other : timeline.clipsOf(clip.trackId)) {
    const auto* its = std::get_if<ContactCondition>(&other->condition);
    if (other->id != clip.id && its != nullptr && other->span == clip.span && its->contact == (contact ^ 1)) {
      return other;
    }
  }
  return nullptr;
}

FootPart footPartOf(const Timeline& timeline, const Clip& clip) {
  return twinOf(timeline, clip) ? FootPart::Both : FootPart(std::get<ContactCondition>(clip.condition).contact % 2);
}

bool chooseFootPart(Session& session, ObjectId id, int foot, FootPart part) {
  const auto clip = session.timeline().findClip(id);
  const auto* contact = clip ? std::get_if<ContactCondition>(&clip->condition) : nullptr;
  if (contact == nullptr) {
    return false;
  }
  const int wanted = foot * 2 + (part == FootPart::Both ? contact->contact % 2 : int(part));
  TimelineDocument& document = session.document();
  const GestureId gesture = document.newGesture();
  const QString step = Session::tr("Part of the foot");
  // Where the clip itself cannot follow, its twin stays, too.
  const Result<TimelinePatch> own = changeClip(session.timeline(), withPart(*clip, wanted));
  const Result<TimelinePatch> twin = own ? twinPatch(session, *clip, wanted ^ 1, part == FootPart::Both) : own;
  return document.edit(step, twin, gesture) && document.edit(step, own, gesture);
}

void plantAtPlayhead(Session& session, ObjectId clip) {
  const WorldPose world = forwardKinematics(*kinescore22(), session.poseAt(session.playback().position()));
  change(session, Session::tr("Plant at playhead"), clip, [&](ContactCondition& c) {
    c.place = world.positions[std::size_t(kContactJoints[std::size_t(c.contact)])];
  });
}

void freeContactPlace(Session& session, ObjectId clip) {
  change(session, Session::tr("Free place"), clip, [](ContactCondition& c) { c.place.reset(); });
}

}  // namespace kinescore
