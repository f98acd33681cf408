#include "ui/timeline/timeline_menu.h"

#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QPixmap>

#include "engine/timeline/time_edit.h"
#include "ui/document/clip_adding.h"
#include "ui/document/contact_commands.h"
#include "ui/document/edit_commands.h"
#include "ui/document/frame_reasons.h"
#include "ui/document/pose_commands.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/body_part_choice.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

constexpr double kHoldSeconds = 0.5;

QString entryText(const char* words) { return TimelineView::tr(words); }

QStringList heightNames() { return {entryText("Compact"), entryText("Normal"), entryText("Tall")}; }

/// "Usual" and the eight label colours; the one in use is checked.
void fillColors(QMenu& menu, int current, QObject* context, const std::function<void(int)>& choose) {
  QMenu* colors = menu.addMenu(entryText("Colour"));
  const QStringList names{entryText("Usual"), entryText("Teal"),  entryText("Rose"),   entryText("Yellow"), entryText("Green"),
                          entryText("Lilac"), entryText("Orange"), entryText("Blue"), entryText("White")};
  for (int label = 0; label <= kLabelColors; ++label) {
    QAction* entry = colors->addAction(names[label], context, [choose, label] { choose(label); });
    if (label > 0) {
      QPixmap swatch(12, 12);
      swatch.fill(labelColor(label, {}));
      entry->setIcon(swatch);
    }
    entry->setCheckable(true);
    entry->setChecked(label == current);
  }
}

void fillJoin(QMenu& menu, Session& session, TimelineView& view, const TimelineHit& hit) {
  QMenu* lengths = menu.addMenu(entryText("Length"));
  const auto offer = [&](QMenu* in, const QString& name, int frames) {
    in->addAction(name, &view, [&session, hit, frames] {
      session.document().edit(entryText("Change join"), setJoinLength(session.timeline(), hit.clip, hit.later,
                                                                      ticksOfFrame(frames, session.rate())));
    });
  };
  for (const int frames : {4, 8, 12, 24}) {
    offer(lengths, entryText("%1 f").arg(frames), frames);
  }
  offer(&menu, entryText("Cut Hard"), 0);
}

void fillMarker(QMenu& menu, Session& session, TimelineView& view, const Marker& marker) {
  menu.addAction(entryText("Go To"), &view, [&session, at = marker.time] {
    session.playback().pause();
    session.playback().seek(at);
  });
  menu.addAction(entryText("Rename"), &view, [&view, id = marker.id] { view.editMarkerName(id); });
  fillColors(menu, marker.color, &view, [&session, id = marker.id](int color) { setMarkerColor(session, id, color); });
  menu.addSeparator();
  menu.addAction(entryText("Delete"), &view, [&session, id = marker.id] {
    session.document().edit(entryText("Delete marker"), deleteMarker(session.timeline(), id));
  });
}

/// For models that hear music and speech apart; what the clip says is checked.
void fillSoundKinds(QMenu& menu, Session& session, TimelineView& view, SoundKind current) {
  QMenu* kinds = menu.addMenu(entryText("Heard As"));
  const QStringList names{entryText("By Its Beat"), entryText("Music"), entryText("Speech")};
  for (const SoundKind kind : {SoundKind::Auto, SoundKind::Music, SoundKind::Speech}) {
    QAction* entry =
        kinds->addAction(names[int(kind)], &view, [&session, kind] { setSelectedSoundKind(session, kind); });
    entry->setCheckable(true);
    entry->setChecked(kind == current);
  }
}

/// Hard or soft is not offered: the engine takes no soft ones yet, as the inspector says.
void fillContact(QMenu& menu, Session& session, TimelineView& view, const Clip& clip) {
  const auto& contact = std::get<ContactCondition>(clip.condition);
  const FootPart now = footPartOf(session.timeline(), clip);
  const QStringList names{entryText("Heel"), entryText("Toe"), entryText("Both")};
  for (const FootPart part : {FootPart::Heel, FootPart::Toe, FootPart::Both}) {
    QAction* entry = menu.addAction(names[int(part)], &view, [&session, id = clip.id, foot = contact.contact / 2, part] {
      chooseFootPart(session, id, foot, part);
    });
    entry->setCheckable(true);
    entry->setChecked(part == now);
    entry->setEnabled(!clip.locked);
  }
  menu.addAction(contact.place ? entryText("Free Place") : entryText("Plant at Playhead"), &view,
                 [&session, id = clip.id, isPlaced = contact.place.has_value()] {
                   isPlaced ? freeContactPlace(session, id) : plantAtPlayhead(session, id);
                 })
      ->setEnabled(!clip.locked && (contact.place || session.takes().shown()));
  menu.addSeparator();
}

void fillBodyParts(QMenu& menu, Session& session, TimelineView& view, BodyPart current) {
  QMenu* parts = menu.addMenu(entryText("Body Part"));
  const QStringList names = bodyPartNames();
  for (int part = 0; part < names.size(); ++part) {
    QAction* entry = parts->addAction(names[part], &view, [&session, part] { setSelectedBodyPart(session, BodyPart(part)); });
    entry->setCheckable(true);
    entry->setChecked(part == int(current));
  }
}

/// How far a pose or a target may be missed; the one in use is checked.
void fillTolerance(QMenu& menu, Session& session, TimelineView& view, float current) {
  QMenu* tolerances = menu.addMenu(entryText("Tolerance"));
  for (const double centimeters : {0.5, 1.0, 2.0, 5.0, 10.0}) {
    const float meters = float(centimeters / 100);
    QAction* entry = tolerances->addAction(entryText("%1 cm").arg(centimeters), &view,
                                           [&session, meters] { setSelectedTolerance(session, meters); });
    entry->setCheckable(true);
    entry->setChecked(std::abs(meters - current) < 1e-4f);
  }
}

void fillKey(QMenu& menu, Session& session, TimelineView& view, const Clip& clip) {
  const bool isHeld = clip.span.length() > ticksOfFrame(1, session.rate());
  menu.addAction(isHeld ? entryText("Make Single") : entryText("Make Hold"), &view, [&session, isHeld] {
    holdSelectedKeys(session, isHeld ? Ticks{0} : ticksFromSeconds(kHoldSeconds));
  });
  if (const auto* target = std::get_if<TargetCondition>(&clip.condition)) {
    fillTolerance(menu, session, view, target->toleranceMeters);
  } else if (const auto* pose = std::get_if<PoseCondition>(&clip.condition)) {
    fillTolerance(menu, session, view, pose->toleranceMeters);
    menu.addAction(entryText("Mirror"), &view, [&session] { mirrorPoses(session); });
  }
}

void fillClip(QMenu& menu, Session& session, TimelineView& view, const Clip& clip) {
  if (std::holds_alternative<ContactCondition>(clip.condition)) {
    fillContact(menu, session, view, clip);
  }
  if (std::holds_alternative<TextCondition>(clip.condition)) {
    menu.addAction(entryText("Edit"), &view, [&view, id = clip.id] { view.editName(id); });
  } else {
    menu.addAction(entryText("Go To"), &view, [&session, at = clip.span.start] { session.playback().seek(at); });
  }
  if (isKey(clip)) {
    fillKey(menu, session, view, clip);
  } else {
    menu.addAction(entryText("Split"), &view, [&session] { splitAtPlayhead(session); });
  }
  menu.addAction(entryText("Duplicate"), &view, [&session] { duplicateSelection(session); });
  menu.addAction(clip.muted ? entryText("Unmute") : entryText("Mute"), &view,
                 [&session, muted = !clip.muted] { setSelectedClipsMuted(session, muted); });
  menu.addAction(clip.locked ? entryText("Unlock") : entryText("Lock"), &view,
                 [&session, locked = !clip.locked] { setSelectedClipsLocked(session, locked); });
  if (const auto* text = std::get_if<TextCondition>(&clip.condition)) {
    fillBodyParts(menu, session, view, text->part);
  }
  if (!isKey(clip)) {
    QMenu* strength = menu.addMenu(entryText("Strength"));
    const auto shape = [&](const QString& name, std::vector<ShapePoint> points) {
      strength->addAction(name, &view, [&session, points = std::move(points)] { shapeSelection(session, points); });
    };
    shape(entryText("Flat"), {{0, 1}, {1, 1}});
    shape(entryText("Ease In"), {{0, 0}, {1 / 3.0, 1}, {1, 1}});
    shape(entryText("Ease Out"), {{0, 1}, {2 / 3.0, 1}, {1, 0}});
    strength->addSeparator();
    shape(entryText("Reset"), {});
  }
  if (const auto* text = std::get_if<TextCondition>(&clip.condition); text != nullptr && view.hasLibrary() && !text->prompt.empty()) {
    menu.addAction(entryText("Find Similar Clips"), &view, [&view, words = QString::fromStdString(text->prompt)] {
      Q_EMIT view.similarClipsWanted(words);
    });
  }
  if (const auto* audio = std::get_if<AudioCondition>(&clip.condition)) {
    fillSoundKinds(menu, session, view, audio->kind);
  }
  menu.addAction(entryText("Select Its Time"), &view, [&session] { selectTimeOfClips(session); });
  menu.addSeparator();
  const bool isContact = std::holds_alternative<ContactCondition>(clip.condition);
  menu.addAction(isContact ? entryText("Follow Take") : entryText("Delete"), &view, [&session] { deleteSelection(session); });
  menu.addAction(entryText("Ripple Delete"), &view, [&session] { rippleDeleteSelection(session); });
}

void fillTimeSelection(QMenu& menu, Session& session, TimelineView& view) {
  if (session.takes().shown() != nullptr) {
    menu.addAction(entryText("Regenerate"), &view, [&view] { Q_EMIT view.regenerateWanted(); });
    menu.addAction(entryText("New Seed"), &view, [&view] { Q_EMIT view.newSeedWanted(); });
  }
  menu.addAction(entryText("Fit to Clips"), &view, [&session] { selectTimeOfClips(session); })
      ->setEnabled(!session.selection().clips().empty());
  QMenu* copy = menu.addMenu(entryText("Copy Range From Take"));
  const TimeRange hold = session.selection().time()->hold;
  for (const TakePointer& take : session.takes().takes()) {
    if (take->id != session.takes().shownId()) {
      copy->addAction(entryText("Take %1").arg(take->number), &view, [&view, hold, id = QString::fromStdString(take->id)] {
        Q_EMIT view.takeOverWanted(id, hold.start, hold.end);
      });
    }
  }
  copy->setEnabled(!copy->isEmpty());
}

/// What else than words a track takes at a time.
void fillAddHere(QMenu& menu, Session& session, TimelineView& view, const Track& track, Ticks time) {
  const ObjectId id = track.id;
  switch (track.kind) {
    case TrackKind::Pose: {
      menu.addAction(entryText("Pin Pose Here"), &view, [&session, id, time] {
        session.playback().seek(time);
        session.pinPose(id);
      });
      QMenu* targets = menu.addMenu(entryText("Add Target"));
      for (const int joint : targetJoints()) {
        targets->addAction(jointName(joint), &view, [&session, id, time, joint] { addTargetAt(session, id, time, joint); });
      }
      break;
    }
    case TrackKind::Path:
      menu.addAction(entryText("Path From Take"), &view, [&session] { session.pathFromTake(); })
          ->setEnabled(session.takes().shown() != nullptr);
      break;
    case TrackKind::Contact: {
      QMenu* plants = menu.addMenu(entryText("Plant Here"));
      for (int contact = 0; contact < int(kContactJoints.size()); ++contact) {
        plants->addAction(footPartName(contact), &view, [&session, id, time, contact] {
          addContactAt(session, id, {time, time + ticksFromSeconds(kHoldSeconds)}, contact);
        });
      }
      break;
    }
    case TrackKind::Reference: {
      QMenu* clips = menu.addMenu(entryText("Add Here"));
      for (const ShownReference& reference : knownReferences(session)) {
        clips->addAction(QString::fromStdString(reference.clipId), &view,
                         [&session, id, time, reference] { addReferenceAt(session, id, time, reference); });
      }
      if (clips->isEmpty()) {
        clips->addAction(entryText("No take was shown any yet"))->setEnabled(false);
      }
      break;
    }
    case TrackKind::Audio:
    case TrackKind::Video:
      menu.addAction(entryText("Add File Here…"), &view, [&view, id, time] { Q_EMIT view.fileWanted(id, time); });
      break;
    default: break;
  }
}

/// From the clip before `time` on its track to the one after it, else the ends of the project.
TimeRange freeTimeAround(Session& session, ObjectId track, Ticks time) {
  TimeRange free{{0}, session.timeline().settings().duration};
  for (const auto& clip : session.timeline().clipsOf(track)) {
    if (clip->span.end <= time) {
      free.start = std::max(free.start, clip->span.end);
    } else if (clip->span.start > time) {
      free.end = std::min(free.end, clip->span.start);
    }
  }
  return free;
}

void fillTrackHeights(QMenu& menu, Session& session, TimelineView& view) {
  const QStringList names = heightNames();
  for (int height = 0; height < 3; ++height) {
    menu.addAction(names[height], &view, [&session, height] { setAllTrackHeights(session, height); });
  }
}

void fillEmpty(QMenu& menu, Session& session, TimelineView& view, const TimelineHit& hit, Ticks time) {
  const auto track = session.timeline().findTrack(hit.track);
  if (track && (track->kind == TrackKind::Text || track->kind == TrackKind::PartText)) {
    menu.addAction(entryText("Add Here"), &view, [&view, id = hit.track, time] { view.addClipAt(id, time); });
  } else if (track) {
    fillAddHere(menu, session, view, *track, time);
  }
  QAction* paste = menu.addAction(entryText("Paste"), &view, [&session, time] {
    session.playback().seek(time);
    pasteAtPlayhead(session, QApplication::clipboard()->text());
  });
  QAction* ripple = menu.addAction(entryText("Paste with Ripple"), &view, [&session, time] {
    session.playback().seek(time);
    pasteAtPlayhead(session, QApplication::clipboard()->text(), PasteMode::Ripple);
  });
  if (track) {
    menu.addAction(entryText("Select Time"), &view, [&session, free = freeTimeAround(session, track->id, time)] { selectTime(session, free); });
  }
  fillAddTrackMenu(*menu.addMenu(entryText("Add Track")), session);
  fillTrackHeights(*menu.addMenu(entryText("Track Height")), session, view);
  ripple->setEnabled(QApplication::clipboard()->text().contains(QStringLiteral("\"changes\"")));
  paste->setEnabled(QApplication::clipboard()->text().contains(QStringLiteral("\"changes\"")));
}

void fillHeader(QMenu& menu, Session& session, TimelineView& view, const Track& track) {
  const auto flip = [&](const QString& name, TrackSwitch which, bool isOn) {
    QAction* action = menu.addAction(name, &view, [&session, id = track.id, which] {
      session.selection().selectTrack(id);
      flipTrackSwitch(session, which);
    });
    action->setCheckable(true);
    action->setChecked(isOn);
  };
  flip(entryText("Mute"), TrackSwitch::Mute, track.muted);
  flip(entryText("Solo"), TrackSwitch::Solo, track.soloed);
  flip(entryText("Lock"), TrackSwitch::Lock, track.locked);
  flip(entryText("Fold"), TrackSwitch::Fold, track.folded);
  QMenu* height = menu.addMenu(entryText("Height"));
  const QStringList names = heightNames();
  for (int i = 0; i < 3; ++i) {
    QAction* action = height->addAction(names[i], &view, [&session, id = track.id, i] {
      if (const auto now = session.timeline().findTrack(id)) {
        Track changed = *now;
        changed.height = i;
        changed.folded = false;
        session.document().edit(entryText("Track height"), changeTrack(session.timeline(), changed));
      }
    });
    action->setCheckable(true);
    action->setChecked(track.height == i && !track.folded);
  }
  menu.addAction(entryText("Rename"), &view, [&view, id = track.id] { view.editTrackName(id); });
  fillColors(menu, track.color, &view, [&session, id = track.id](int color) { setTrackColor(session, id, color); });
  menu.addAction(entryText("Move Up"), &view, [&session, id = track.id] { moveTrack(session, id, -1); });
  menu.addAction(entryText("Move Down"), &view, [&session, id = track.id] { moveTrack(session, id, +1); });
  menu.addSeparator();
  menu.addAction(entryText("Delete Track"), &view, [&session, id = track.id] {
    session.document().edit(entryText("Delete track"), deleteTrack(session.timeline(), id));
  });
}

void fillTimeAs(QMenu& menu, TimelineView& view) {
  QMenu* displays = menu.addMenu(entryText("Time As"));
  for (const TimeDisplay display : {TimeDisplay::Frames, TimeDisplay::Seconds, TimeDisplay::Timecode}) {
    QAction* entry = displays->addAction(displayName(display), &view, [&view, display] { view.setTimeDisplay(display); });
    entry->setCheckable(true);
    entry->setChecked(view.timeDisplay() == display);
  }
}

}  // namespace

void fillAddTrackMenu(QMenu& menu, Session& session) {
  for (const OfferedTrack& offered : offeredTracks()) {
    menu.addAction(icon(kindIcon(offered.kind), kindColor(offered.kind)), offered.name, &session,
                   [&session, offered] { addOfferedTrack(session, offered); });
  }
}

void fillTimelineMenu(QMenu& menu, Session& session, TimelineView& view, const TimelineHit& hit, Ticks time) {
  if (hit.zone == Zone::Join) {
    fillJoin(menu, session, view, hit);
    return;
  }
  const auto clip = hit.clip.value != 0 ? session.timeline().findClip(hit.clip) : nullptr;
  if (clip) {
    fillClip(menu, session, view, *clip);
    return;
  }
  if (const auto marker = session.timeline().findObject(hit.marker); marker && hit.zone == Zone::Marker) {
    fillMarker(menu, session, view, std::get<Marker>(*marker));
    return;
  }
  switch (hit.zone) {
    case Zone::EmptyTrack:
    case Zone::Below: fillEmpty(menu, session, view, hit, time); break;
    case Zone::HeaderName:
    case Zone::HeaderEdge:
    case Zone::HeaderFold:
    case Zone::HeaderMute:
    case Zone::HeaderSolo:
    case Zone::HeaderLock:
      if (const auto track = session.timeline().findTrack(hit.track)) {
        fillHeader(menu, session, view, *track);
      }
      break;
    case Zone::Numbers:
    case Zone::Playhead:
    case Zone::SelectTime:
    case Zone::RangeBar:
    case Zone::RangeStart:
    case Zone::RangeEnd:
      menu.addAction(entryText("In"), &view, [&session, time] {
        session.playback().seek(time);
        setPlayRangeEdge(session, ClipEdge::Start);
      });
      menu.addAction(entryText("Out"), &view, [&session, time] {
        session.playback().seek(time);
        setPlayRangeEdge(session, ClipEdge::End);
      });
      menu.addAction(entryText("Marker"), &view, [&session, time] {
        session.playback().seek(time);
        addMarkerAtPlayhead(session);
      });
      menu.addAction(entryText("Select Time"), &view, [&session] { selectTime(session, session.timeline().settings().playRange); })
          ->setToolTip(entryText("All of the play range"));
      fillTimeAs(menu, view);
      break;
    case Zone::HoldStart:
    case Zone::HoldEnd:
    case Zone::FalloffIn:
    case Zone::FalloffOut:
    case Zone::SelectionTop:
      fillTimeSelection(menu, session, view);
      menu.addAction(entryText("Clear"), &view, [&session] { session.selection().setTime(std::nullopt); });
      break;
    case Zone::FoundContact: {
      const TimeRange span{ticksOfFrame(hit.found.start, kEngineRate), ticksOfFrame(hit.found.end, kEngineRate)};
      menu.addAction(entryText("Plant"), &view, [&session, span, contact = hit.point] {
        session.document().edit(entryText("Plant foot"), plantFoot(session.timeline(), session.document().ids(), span, contact,
                                                                   kindName(TrackKind::Contact).toStdString()));
      });
      break;
    }
    case Zone::Result:
      if (const TakePointer take = session.takes().shown()) {
        if (const QString why = whyFrame(session, time); !why.isEmpty()) {
          menu.addAction(entryText("Why This Frame?"), &view, [&session, time, why] {
            session.playback().pause();
            session.playback().seek(time);
            Q_EMIT session.told(why);
          });
        }
        menu.addAction(entryText("Copy Hash"), &view, [hash = take->motionHash()] {
          QApplication::clipboard()->setText(QString::fromStdString(hash));
        });
      }
      break;
    default: break;
  }
}

}  // namespace kinescore
