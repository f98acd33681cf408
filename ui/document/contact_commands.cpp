#include "ui/document/contact_commands.h"

#include <algorithm>

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

}  // namespace

void setFootPart(Session& session, ObjectId clip, int contact) {
  change(session, Session::tr("Change foot"), clip, [&](ContactCondition& c) {
    c.contact = contact;
    c.place.reset();  // it was the other part's
  });
}

void plantBothParts(Session& session, ObjectId id) {
  const auto clip = session.timeline().findClip(id);
  const auto* contact = clip ? std::get_if<ContactCondition>(&clip->condition) : nullptr;
  if (contact == nullptr) {
    return;
  }
  const int other = contact->contact ^ 1;
  for (const auto& neighbour : session.timeline().clipsOf(clip->trackId)) {
    const auto* is = std::get_if<ContactCondition>(&neighbour->condition);
    if (is != nullptr && is->contact == other && neighbour->span == clip->span) {
      return;
    }
  }
  Clip added = *clip;
  added.id = {};
  std::get<ContactCondition>(added.condition) = ContactCondition{.contact = other, .hard = contact->hard};
  session.document().edit(Session::tr("Plant foot"), addClip(session.timeline(), session.document().ids(), added));
}

void setContactHard(Session& session, ObjectId clip, bool hard) {
  change(session, hard ? Session::tr("Hard contact") : Session::tr("Soft contact"), clip,
         [hard](ContactCondition& c) { c.hard = hard; });
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
