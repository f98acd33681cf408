#include "ui/document/clip_adding.h"

#include <algorithm>
#include <array>

#include "engine/media/sound_file.h"

namespace kinescore {
namespace {

constexpr double kUnknownSeconds = 10;  // of a file that does not say how long it plays

QString words(const char* text) { return Session::tr(text); }

bool endsWithOneOf(const std::filesystem::path& file, std::initializer_list<const char*> endings) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return std::any_of(endings.begin(), endings.end(), [&](const char* one) { return ending == one; });
}

std::optional<ObjectId> addAndSelect(Session& session, const QString& step, Clip clip, GestureId gesture = kNoGesture) {
  const auto patch = addClip(session.timeline(), session.document().ids(), std::move(clip));
  if (!session.document().edit(step, patch, gesture)) {
    return std::nullopt;
  }
  session.selection().selectClip(patch->changes.front().id);
  return patch->changes.front().id;
}

Ticks wholeFrame(const Session& session, Ticks time) { return ticksOfFrame(nearestFrame(time, session.rate()), session.rate()); }

}  // namespace

std::vector<OfferedTrack> offeredTracks() {
  std::vector<OfferedTrack> offered;
  for (const TrackKind kind : {TrackKind::Text, TrackKind::PartText, TrackKind::Pose}) {
    offered.push_back({kind, kindName(kind)});
  }
  offered.push_back({TrackKind::Pose, words("Targets")});
  for (const TrackKind kind :
       {TrackKind::Path, TrackKind::Contact, TrackKind::Reference, TrackKind::Audio, TrackKind::Video}) {
    offered.push_back({kind, kindName(kind)});
  }
  return offered;
}

std::optional<ObjectId> addOfferedTrack(Session& session, const OfferedTrack& offered) {
  const auto patch = addTrack(session.timeline(), session.document().ids(), offered.kind, offered.name.toStdString());
  if (!session.document().edit(words("Add track"), patch)) {
    return std::nullopt;
  }
  session.selection().selectTrack(patch->changes.front().id);
  return patch->changes.front().id;
}

std::optional<TrackKind> mediaKindOf(const std::filesystem::path& file) {
  if (endsWithOneOf(file, {".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".wma"})) {
    return TrackKind::Audio;
  }
  if (endsWithOneOf(file, {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".mts"})) {
    return TrackKind::Video;
  }
  return std::nullopt;
}

std::optional<ObjectId> addMediaAt(Session& session, ObjectId track, Ticks at, const std::filesystem::path& file) {
  const std::optional<TrackKind> kind = mediaKindOf(file);
  if (!kind) {
    Q_EMIT session.problem(words("“%1” is neither sound nor video.")
                               .arg(QString::fromStdString(file.filename().string())));
    return std::nullopt;
  }
  const Result<double> seconds = mediaSeconds(file);
  if (!seconds) {
    Q_EMIT session.problem(QString::fromStdString(seconds.error().message));
    return std::nullopt;
  }
  const GestureId gesture = session.document().newGesture();
  const auto under = session.timeline().findTrack(track);
  const bool fits = under && (under->kind == *kind || under->kind == TrackKind::Audio) && !under->locked;
  const bool isSound = fits ? under->kind == TrackKind::Audio : *kind == TrackKind::Audio;
  const QString step = isSound ? words("Add sound") : words("Add video");
  const auto place = fits ? std::optional(track) : session.trackOf(*kind, step, gesture);
  if (!place) {
    return std::nullopt;
  }
  Clip clip;
  clip.trackId = *place;
  clip.span.start = wholeFrame(session, at);
  const Ticks length = wholeFrame(session, ticksFromSeconds(*seconds > 0 ? *seconds : kUnknownSeconds));
  clip.span.end = clip.span.start + std::max(length, ticksOfFrame(1, session.rate()));
  const std::string name = std::filesystem::absolute(file).lexically_normal().string();
  if (isSound) {
    clip.condition = AudioCondition{.file = name};
  } else {
    clip.condition = VideoCondition{.file = name};
    clip.name = file.filename().string();
  }
  return addAndSelect(session, step, std::move(clip), gesture);
}

std::vector<int> targetJoints() { return {kLeftHand, kRightHand, kLeftFoot, kRightFoot, kHead, kHips}; }

QString jointName(int joint) {
  switch (joint) {
    case kLeftHand: return words("Left hand");
    case kRightHand: return words("Right hand");
    case kLeftFoot: return words("Left foot");
    case kRightFoot: return words("Right foot");
    case kHead: return words("Head");
    case kHips: return words("Hips");
    default: return QString::fromStdString(kinescore22()->jointNames[std::size_t(joint)]);
  }
}

std::optional<ObjectId> addTargetAt(Session& session, ObjectId track, Ticks at, int joint) {
  Clip clip;
  clip.trackId = track;
  clip.span.start = wholeFrame(session, at);
  clip.span.end = clip.span.start + Ticks{1};
  clip.name = jointName(joint).toStdString();
  const WorldPose world = forwardKinematics(*kinescore22(), session.poseAt(clip.span.start));
  clip.condition = TargetCondition{.joint = joint, .position = world.positions[std::size_t(joint)]};
  return addAndSelect(session, words("Add target"), std::move(clip));
}

std::optional<ObjectId> addFirstPrompt(Session& session, const QString& prompt) {
  constexpr double kFirstSeconds = 4;
  const auto trackOf = [&]() -> std::optional<ObjectId> {
    for (const auto& track : session.timeline().tracks()) {
      if (track->kind == TrackKind::Text && !track->locked) {
        return track->id;
      }
    }
    return std::nullopt;
  };
  if (!trackOf()) {
    session.document().edit(words("Add track"), addTrack(session.timeline(), session.document().ids(), TrackKind::Text,
                                                          kindName(TrackKind::Text).toStdString()));
  }
  const auto track = trackOf();
  if (!track) {
    return std::nullopt;
  }
  Clip clip;
  clip.trackId = *track;
  clip.span = {Ticks{0}, std::min(wholeFrame(session, ticksFromSeconds(kFirstSeconds)), session.timeline().settings().duration)};
  clip.condition = TextCondition{prompt.toStdString(), BodyPart::Whole};
  return addAndSelect(session, words("Add prompt"), std::move(clip));
}

std::optional<ObjectId> addContactAt(Session& session, ObjectId track, TimeRange span, int contact) {
  Clip clip;
  clip.trackId = track;
  clip.span = {wholeFrame(session, span.start), wholeFrame(session, span.end)};
  clip.condition = ContactCondition{.contact = contact};
  return addAndSelect(session, words("Plant foot"), std::move(clip));
}

QString footPartName(int contact) {
  const std::array<const char*, kContactJoints.size()> names{"left heel", "left toe", "right heel", "right toe"};
  return contact >= 0 && contact < int(names.size()) ? words(names[std::size_t(contact)]) : QString();
}

std::optional<ObjectId> addReferenceAt(Session& session, ObjectId track, Ticks at, const ShownReference& reference) {
  Clip clip;
  clip.trackId = track;
  clip.span.start = wholeFrame(session, at);
  clip.span.end = clip.span.start + std::max(wholeFrame(session, reference.part.length()), ticksOfFrame(1, session.rate()));
  clip.condition =
      ReferenceCondition{.clipId = reference.clipId, .inPoint = reference.part.start, .mirror = reference.mirror};
  return addAndSelect(session, words("Add reference"), std::move(clip));
}

std::vector<ShownReference> knownReferences(Session& session) {
  std::vector<ShownReference> known;
  if (const TakePointer take = session.takes().shown()) {
    for (const ShownReference& reference : take->result.report.references) {
      const bool isNew = std::none_of(known.begin(), known.end(), [&](const ShownReference& k) { return k.clipId == reference.clipId; });
      if (isNew) {
        known.push_back(reference);
      }
    }
  }
  return known;
}

}  // namespace kinescore
