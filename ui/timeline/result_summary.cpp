#include "ui/timeline/result_summary.h"

#include <algorithm>
#include <cmath>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "ui/document/path_curve.h"

namespace kinescore {
namespace {

// Where a column is empty: off by this much.
constexpr float kFarFromKeyMeters = 0.1f;
constexpr float kFarFromPathMeters = 0.4f;
constexpr float kPathToleranceMeters = 0.1f;
constexpr float kSlideMeters = 0.02f;  // further from its mean place a foot slides

void lower(ResultSummary& summary, std::int64_t frame, float errorMeters, float far, float tolerance) {
  if (frame < 0 || frame >= std::int64_t(summary.fulfilment.size())) {
    return;
  }
  const auto at = std::size_t(frame);
  summary.fulfilment[at] = std::min(summary.fulfilment[at], std::clamp(1 - errorMeters / far, 0.f, 1.f));
  if (errorMeters > tolerance) {
    summary.missed[at] = true;
  }
}

float keyError(const Motion& motion, const PoseKeyRequest& key) {
  const WorldPose is = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
  const WorldPose wanted = forwardKinematics(*motion.skeleton, key.pose);
  float sum = 0;
  for (std::size_t j = 0; j < is.positions.size(); ++j) {
    sum += glm::length(is.positions[j] - wanted.positions[j]);
  }
  return sum / float(is.positions.size());
}

/// How far a part of a foot strays from where it stands on average, over the floor.
float strayOf(const std::vector<glm::vec3>& positions, int joints, int contact, FrameRange frames) {
  const auto at = [&](std::int64_t f) { return positions[std::size_t(f) * std::size_t(joints) + std::size_t(kContactJoints[std::size_t(contact)])]; };
  glm::vec2 mean(0);
  for (std::int64_t f = frames.start; f < frames.end; ++f) {
    mean += glm::vec2(at(f).x, at(f).z) / float(frames.length());
  }
  float stray = 0;
  for (std::int64_t f = frames.start; f < frames.end; ++f) {
    stray = std::max(stray, glm::length(glm::vec2(at(f).x, at(f).z) - mean));
  }
  return stray;
}

void judgeContacts(const Take& take, ResultSummary& summary) {
  const Motion& motion = *take.result.motion;
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const int joints = motion.jointCount();
  for (std::size_t c = 0; c < summary.contacts.size(); ++c) {
    summary.slides.emplace_back();
    for (const FrameRange& run : summary.contacts[c]) {
      summary.slides.back().push_back(strayOf(positions, joints, int(c), run) > kSlideMeters);
    }
  }
  for (const ContactRequest& asked : take.request.contacts) {
    FrameRange frames = framesCovering(asked.span, motion.rate);
    frames = {std::max<std::int64_t>(0, frames.start), std::min(frames.end, motion.frameCount())};
    if (frames.isEmpty()) {
      continue;
    }
    bool isMet = strayOf(positions, joints, asked.contact, frames) <= kSlideMeters;
    if (asked.place) {
      const glm::vec3 is = positions[std::size_t(frames.start) * std::size_t(joints) + std::size_t(kContactJoints[std::size_t(asked.contact)])];
      isMet = isMet && glm::length(glm::vec2(is.x - asked.place->x, is.z - asked.place->z)) <= kSlideMeters;
    }
    if (!isMet) {
      summary.unmetContacts.emplace_back(asked.contact, asked.span.start);
    }
  }
}

/// Mean and worst over the joints, as the report of the take counts them.
bool isOff(float mean, float worst, float tolerance) { return mean > tolerance || worst > 2 * tolerance; }

}  // namespace

std::optional<float> missedBy(const Take& take, const Clip& clip) {
  const Motion& motion = *take.result.motion;
  std::optional<float> off;
  const auto* pose = std::get_if<PoseCondition>(&clip.condition);
  for (const PoseKeyRequest& key : take.request.poses) {
    if (pose == nullptr || !clip.span.contains(key.time) || key.pose != pose->pose) {
      continue;
    }
    const WorldPose is = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
    const WorldPose wanted = forwardKinematics(*motion.skeleton, key.pose);
    float worst = 0;
    for (std::size_t j = 0; j < is.positions.size(); ++j) {
      worst = std::max(worst, glm::length(is.positions[j] - wanted.positions[j]));
    }
    if (isOff(keyError(motion, key), worst, key.toleranceMeters)) {
      off = std::max(off.value_or(0), worst);
    }
  }
  const auto* target = std::get_if<TargetCondition>(&clip.condition);
  for (const TargetRequest& asked : take.request.targets) {
    if (target == nullptr || !clip.span.contains(asked.time) || asked.joint != target->joint || asked.position != target->position) {
      continue;
    }
    const WorldPose is = forwardKinematics(*motion.skeleton, evaluate(motion, asked.time));
    const float miss = glm::length(is.positions[std::size_t(asked.joint)] - asked.position);
    if (miss > asked.toleranceMeters) {
      off = std::max(off.value_or(0), miss);
    }
  }
  return off;
}

QString shortHash(const std::string& hash) {
  const QString text = QString::fromStdString(hash.substr(0, 8));
  return text.left(4) + u' ' + text.mid(4);
}

ResultSummary summarize(const Take& take) {
  const Motion& motion = *take.result.motion;
  const std::int64_t frames = motion.frameCount();
  ResultSummary summary;
  summary.fulfilment.assign(std::size_t(frames), 1.f);
  summary.missed.assign(std::size_t(frames), false);

  for (const PoseKeyRequest& key : take.request.poses) {
    if (key.pose.localRotations.size() == std::size_t(motion.jointCount())) {
      // The key's own frame and its neighbours, so that a miss is wide enough to be seen.
      const std::int64_t at = nearestFrame(key.time, motion.rate);
      const float error = keyError(motion, key);
      for (std::int64_t f = at - 1; f <= at + 1; ++f) {
        lower(summary, f, error, kFarFromKeyMeters, std::max(key.toleranceMeters, 0.005f));
      }
    }
  }
  for (const PathRequest& path : take.request.paths) {
    if (path.points.empty()) {
      continue;
    }
    const FrameRange covered = framesCovering({path.points.front().time, path.points.back().time}, motion.rate);
    for (std::int64_t f = std::max<std::int64_t>(0, covered.start); f < std::min(covered.end, frames); ++f) {
      const glm::vec3 root = motion.rootPositions[std::size_t(f)];
      const glm::vec2 wanted = pathPositionAt(path.points, ticksOfFrame(f, motion.rate));
      lower(summary, f, glm::length(glm::vec2(root.x, root.z) - wanted), kFarFromPathMeters,
            kPathToleranceMeters);
    }
  }

  for (const FrameOrigin& origin : take.origins) {
    const FrameRange run{std::max<std::int64_t>(0, origin.frames.start), std::min(origin.frames.end, frames)};
    if (run.isEmpty()) {
      continue;
    }
    const bool isNew = origin.takeId == take.id || take.baseTakeId.empty();
    summary.origins.push_back({run, isNew, shortHash(identityHash(motion, run))});
  }

  summary.contacts.resize(kContactJoints.size());
  if (motion.contacts.size() == std::size_t(frames) * kContactJoints.size()) {
    for (std::size_t c = 0; c < kContactJoints.size(); ++c) {
      for (std::int64_t f = 0; f < frames; ++f) {
        if (motion.contacts[std::size_t(f) * kContactJoints.size() + c] == 0) {
          continue;
        }
        auto& runs = summary.contacts[c];
        if (!runs.empty() && runs.back().end == f) {
          runs.back().end = f + 1;
        } else {
          runs.push_back({f, f + 1});
        }
      }
    }
  }
  judgeContacts(take, summary);
  return summary;
}

}  // namespace kinescore
