#include "ui/document/pose_commands.h"

#include <glm/gtc/quaternion.hpp>
#include <nlohmann/json.hpp>

#include "engine/motion/kinematics.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

constexpr const char* kPoseInText = "kinescore-pose";

/// One step that gives each of the poses another one.
bool changePoses(Session& session, const QString& name, const std::vector<ObjectId>& ids,
                 const std::function<Pose(const Clip&, const Pose&)>& next) {
  std::vector<Clip> changed;
  for (const ObjectId id : ids) {
    const auto clip = session.timeline().findClip(id);
    Clip copy = *clip;
    auto& pose = std::get<PoseCondition>(copy.condition).pose;
    pose = next(*clip, pose);
    changed.push_back(std::move(copy));
  }
  return !changed.empty() && session.document().edit(name, changeClips(session.timeline(), changed));
}

std::optional<Pose> poseIn(const QString& text) {
  const nlohmann::json json = nlohmann::json::parse(text.toStdString(), nullptr, false);
  Pose pose;
  if (!json.is_object() || !json.contains(kPoseInText) || !fromJson(json[kPoseInText], pose)) {
    return std::nullopt;
  }
  return pose;
}

}  // namespace

Pose mirroredInPlace(const Pose& pose) {
  Motion one;
  one.resize(1);
  one.setPose(0, pose);
  Pose mirror = mirrored(one).pose(0);
  // Across the plane it stands in instead of the world's: turned back to where it looked, put back to where it stood.
  const float was = headingOf(forwardKinematics(*kinescore22(), pose));
  const float is = headingOf(forwardKinematics(*kinescore22(), mirror));
  mirror.localRotations[0] = glm::angleAxis(was - is, glm::vec3(0, 1, 0)) * mirror.localRotations[0];
  mirror.rootPosition = pose.rootPosition;
  return mirror;
}

std::vector<ObjectId> posesMeant(const Session& session) {
  std::vector<ObjectId> poses;
  auto& open = const_cast<Session&>(session);  // looking does not change it
  const auto isPose = [&](ObjectId id) {
    const auto clip = session.timeline().findClip(id);
    return clip && std::holds_alternative<PoseCondition>(clip->condition);
  };
  for (const ObjectId id : open.selection().clips()) {
    if (isPose(id)) {
      poses.push_back(id);
    }
  }
  if (!poses.empty() || !open.selection().clips().empty()) {
    return poses;
  }
  const std::int64_t frame = open.playback().frame();
  for (const auto& track : session.timeline().tracks()) {
    for (const auto& clip : session.timeline().clipsOf(track->id)) {
      if (poses.empty() && isPose(clip->id) && nearestFrame(clip->span.start, session.rate()) == frame) {
        poses.push_back(clip->id);
      }
    }
  }
  return poses;
}

bool mirrorPoses(Session& session) {
  return changePoses(session, Session::tr("Mirror pose"), posesMeant(session),
                     [](const Clip&, const Pose& pose) { return mirroredInPlace(pose); });
}

QString copyPose(const Session& session) {
  const std::vector<ObjectId> meant = posesMeant(session);
  const auto clip = meant.empty() ? nullptr : session.timeline().findClip(meant.front());
  const Pose pose = clip ? std::get<PoseCondition>(clip->condition).pose
                         : session.poseAt(const_cast<Session&>(session).playback().position());
  return QString::fromStdString(nlohmann::json{{kPoseInText, toJson(pose)}}.dump());
}

bool pastePose(Session& session, const QString& text) {
  const std::optional<Pose> pose = poseIn(text);
  if (!pose) {
    return false;
  }
  const std::vector<ObjectId> meant = posesMeant(session);
  if (!meant.empty()) {
    return changePoses(session, Session::tr("Paste pose"), meant, [&](const Clip&, const Pose&) { return *pose; });
  }
  const GestureId gesture = session.document().newGesture();
  const auto track = session.trackOf(TrackKind::Pose, Session::tr("Paste pose"), gesture);
  const Ticks at = ticksOfFrame(session.playback().frame(), session.rate());
  return track && session.document().edit(Session::tr("Paste pose"),
                                          pinPose(session.timeline(), session.document().ids(), *track, at, *pose), gesture);
}

bool snapPosesToTake(Session& session) {
  if (session.takes().shown() == nullptr) {
    return false;
  }
  return changePoses(session, Session::tr("Snap pose to take"), posesMeant(session),
                     [&](const Clip& clip, const Pose&) { return session.poseAt(clip.span.start); });
}

}  // namespace kinescore
