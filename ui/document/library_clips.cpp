#include "ui/document/library_clips.h"

#include <algorithm>

#include <QJsonDocument>
#include <QJsonObject>

namespace kinescore {
namespace {

constexpr const char* kClipMime = "application/x-kinescore-clip";

QString clipWords(const char* text) { return Session::tr(text); }

Ticks frameNear(const Session& session, Ticks time) { return ticksOfFrame(nearestFrame(time, session.rate()), session.rate()); }

template <class Visit>
void forEachReference(const Session& session, const Visit& visit) {
  for (const auto& track : session.timeline().tracks()) {
    if (track->kind != TrackKind::Reference) {
      continue;
    }
    for (const auto& clip : session.timeline().clipsOf(track->id)) {
      if (const auto* reference = std::get_if<ReferenceCondition>(&clip->condition)) {
        visit(clip, *reference);
      }
    }
  }
}

}  // namespace

CarriedClip carried(const OfferedClip& clip) { return {clip.id, clip.title, clip.part(), clip.mirror}; }

std::unique_ptr<QMimeData> mimeOf(const CarriedClip& clip) {
  const QJsonObject object{{QStringLiteral("clip"), QString::fromStdString(clip.id)},
                           {QStringLiteral("title"), clip.title},
                           {QStringLiteral("start"), QString::number(clip.part.start.value)},
                           {QStringLiteral("end"), QString::number(clip.part.end.value)},
                           {QStringLiteral("mirror"), clip.mirror}};
  auto data = std::make_unique<QMimeData>();
  data->setData(QLatin1String(kClipMime), QJsonDocument(object).toJson(QJsonDocument::Compact));
  data->setText(clip.title);
  return data;
}

bool holdsClip(const QMimeData& data) { return data.hasFormat(QLatin1String(kClipMime)); }

std::optional<CarriedClip> clipIn(const QMimeData& data) {
  const QJsonObject object = QJsonDocument::fromJson(data.data(QLatin1String(kClipMime))).object();
  CarriedClip clip;
  clip.id = object.value(QStringLiteral("clip")).toString().toStdString();
  clip.title = object.value(QStringLiteral("title")).toString();
  clip.part.start = Ticks{object.value(QStringLiteral("start")).toString().toLongLong()};
  clip.part.end = Ticks{object.value(QStringLiteral("end")).toString().toLongLong()};
  clip.mirror = object.value(QStringLiteral("mirror")).toBool();
  if (clip.id.empty() || clip.part.isEmpty() || clip.part.start < Ticks{0}) {
    return std::nullopt;
  }
  return clip;
}

std::optional<ObjectId> placeClip(Session& session, const CarriedClip& clip, Ticks at, ObjectId track) {
  const GestureId gesture = session.document().newGesture();
  const QString step = clipWords("Add reference");
  const auto under = session.timeline().findTrack(track);
  const bool fits = under && under->kind == TrackKind::Reference && !under->locked;
  const auto place = fits ? std::optional(track) : session.trackOf(TrackKind::Reference, step, gesture);
  if (!place) {
    return std::nullopt;
  }
  Clip made;
  made.trackId = *place;
  made.name = clip.title.toStdString();
  made.span.start = frameNear(session, at);
  made.span.end = made.span.start + std::max(frameNear(session, clip.part.length()), ticksOfFrame(1, session.rate()));
  made.condition = ReferenceCondition{.clipId = clip.id, .inPoint = clip.part.start, .mirror = clip.mirror};
  const auto patch = addClip(session.timeline(), session.document().ids(), std::move(made));
  if (!session.document().edit(step, patch, gesture)) {
    return std::nullopt;
  }
  session.selection().selectClip(patch->changes.front().id);
  return patch->changes.front().id;
}

bool takesPins(const Session& session, ObjectId id) {
  const auto clip = session.timeline().findClip(id);
  const auto* text = clip ? std::get_if<TextCondition>(&clip->condition) : nullptr;
  return text != nullptr && text->part == BodyPart::Whole && !QString::fromStdString(text->prompt).trimmed().isEmpty();
}

bool hasPins(const Session& session, const Clip& clip) {
  const auto* text = std::get_if<TextCondition>(&clip.condition);
  const auto& pins = session.wishes().pins;
  return text != nullptr && text->part == BodyPart::Whole && !text->prompt.empty() &&
         std::any_of(pins.begin(), pins.end(),
                     [&](const ReferencePin& pin) { return pin.prompt.empty() || pin.prompt == text->prompt; });
}

bool pinClip(Session& session, const CarriedClip& clip, ObjectId prompt) {
  if (!takesPins(session, prompt)) {
    return false;
  }
  const std::string asked = std::get<TextCondition>(session.timeline().findClip(prompt)->condition).prompt;
  ReferenceWishes wishes = session.wishes();
  const ReferencePin pin{clip.id, clip.part, asked};
  const auto isSame = [&](const ReferencePin& other) { return other.clipId == pin.clipId && other.prompt == pin.prompt; };
  std::erase_if(wishes.pins, isSame);
  const auto pinned = std::count_if(wishes.pins.begin(), wishes.pins.end(), [&](const ReferencePin& other) {
    return other.prompt.empty() || other.prompt == asked;
  });
  if (pinned >= kMostReferences) {
    Q_EMIT session.problem(clipWords("“%1” has %2 pinned clips already; the engine looks at no more. Unpin one in the inspector.")
                               .arg(QString::fromStdString(asked))
                               .arg(kMostReferences));
    return false;
  }
  std::erase(wishes.forbidden, clip.id);
  wishes.pins.push_back(pin);
  session.setWishes(std::move(wishes));
  return true;
}

std::set<std::string> clipsInUse(const Session& session) {
  std::set<std::string> used;
  forEachReference(session, [&](const auto&, const ReferenceCondition& reference) { used.insert(reference.clipId); });
  for (const ReferencePin& pin : session.wishes().pins) {
    used.insert(pin.clipId);
  }
  return used;
}

std::vector<std::shared_ptr<const Clip>> goneClips(const Session& session, const ClipLibrary& library) {
  std::vector<std::shared_ptr<const Clip>> gone;
  forEachReference(session, [&](const std::shared_ptr<const Clip>& clip, const ReferenceCondition& reference) {
    if (!library.knows(reference.clipId)) {
      gone.push_back(clip);
    }
  });
  return gone;
}

bool replaceGoneClip(Session& session, const std::string& goneId, const CarriedClip& by) {
  const GestureId gesture = session.document().newGesture();
  std::vector<std::shared_ptr<const Clip>> gone;
  forEachReference(session, [&](const std::shared_ptr<const Clip>& clip, const ReferenceCondition& reference) {
    if (reference.clipId == goneId) {
      gone.push_back(clip);
    }
  });
  bool isDone = false;
  for (const auto& clip : gone) {
    Clip changed = *clip;
    changed.name = by.title.toStdString();
    changed.condition = ReferenceCondition{.clipId = by.id, .inPoint = by.part.start, .mirror = by.mirror};
    isDone = session.document().edit(clipWords("Use the nearest clip"), changeClip(session.timeline(), changed), gesture) || isDone;
  }
  return isDone;
}

}  // namespace kinescore
