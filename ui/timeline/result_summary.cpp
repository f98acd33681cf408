#include "ui/timeline/result_summary.h"

#include <algorithm>

#include "engine/generation/foot_report.h"
#include "engine/generation/fulfilment.h"

namespace kinescore {
namespace {

/// At how many tolerances a column of the result is empty.
constexpr float kFarInTolerances = 4;

void judgeContacts(const Take& take, ResultSummary& summary) {
  const Motion& motion = *take.result.motion;
  summary.slides.resize(summary.contacts.size());
  for (const FootSlide& slide : footSlides(motion)) {
    summary.slides[std::size_t(slide.contact)].push_back(slide.frames);
  }
  const std::vector<ContactMiss> misses = contactMisses(take.request.contacts, motion);
  for (std::size_t i = 0; i < misses.size(); ++i) {
    if (!misses[i].isMet()) {
      summary.unmetContacts.emplace_back(take.request.contacts[i].contact, take.request.contacts[i].span.start);
    }
  }
}

bool isAskedBy(const PoseKeyRequest& key, const Clip& clip) {
  const auto* pose = std::get_if<PoseCondition>(&clip.condition);
  return pose != nullptr && clip.span.contains(key.time) && key.pose == pose->pose;
}

bool isAskedBy(const TargetRequest& asked, const Clip& clip) {
  const auto* target = std::get_if<TargetCondition>(&clip.condition);
  return target != nullptr && clip.span.contains(asked.time) && asked.joint == target->joint && asked.position == target->position;
}

/// How far it is off when that is more than its tolerance. A weak one is a wish and is never missed, as in the report.
std::optional<float> missOver(const Motion& motion, const PoseKeyRequest& key) {
  if (key.strength < 1 || int(key.pose.localRotations.size()) != motion.jointCount()) {
    return std::nullopt;
  }
  const PoseMiss miss = missOf(motion, key);
  return inTolerances(miss, key.toleranceMeters) > 1 ? std::optional(float(miss.worst)) : std::nullopt;
}

std::optional<float> missOver(const Motion& motion, const TargetRequest& target) {
  if (target.strength < 1) {
    return std::nullopt;
  }
  const double miss = missOf(motion, target);
  return inTolerances(miss, target.toleranceMeters) > 1 ? std::optional(float(miss)) : std::nullopt;
}

template <class Asked>
std::vector<MissedKey<Asked>> missedOf(const std::vector<Asked>& all, const Motion& motion) {
  std::vector<MissedKey<Asked>> missed;
  for (const Asked& asked : all) {
    if (const auto off = missOver(motion, asked)) {
      missed.push_back({asked, *off});
    }
  }
  std::stable_sort(missed.begin(), missed.end(), [](const auto& a, const auto& b) { return a.asked.time < b.asked.time; });
  return missed;
}

/// By bisection: of a long timeline only what lies in the clip is looked at.
template <class Asked>
std::optional<float> worstOf(const std::vector<MissedKey<Asked>>& missed, const Clip& clip) {
  std::optional<float> off;
  auto key = std::partition_point(missed.begin(), missed.end(), [&](const auto& one) { return one.asked.time < clip.span.start; });
  for (; key != missed.end() && clip.span.contains(key->asked.time); ++key) {
    if (isAskedBy(key->asked, clip)) {
      off = std::max(off, std::optional(key->meters));
    }
  }
  return off;
}

}  // namespace

std::optional<float> missedBy(const Take& take, const Clip& clip) {
  std::optional<float> off;
  const auto look = [&](const auto& all) {
    for (const auto& asked : all) {
      if (isAskedBy(asked, clip)) {
        off = std::max(off, missOver(*take.result.motion, asked));
      }
    }
  };
  look(take.request.poses);
  look(take.request.targets);
  return off;
}

std::optional<float> missedBy(const ResultSummary& summary, const Clip& clip) {
  return std::max(worstOf(summary.missedPoses, clip), worstOf(summary.missedTargets, clip));
}

QString shortHash(const std::string& hash) {
  const QString text = QString::fromStdString(hash.substr(0, 8));
  return text.left(4) + u' ' + text.mid(4);
}

ResultSummary summarize(const Take& take) {
  const Motion& motion = *take.result.motion;
  const std::int64_t frames = motion.frameCount();
  ResultSummary summary;
  for (const float miss : missesByFrame(take.request, motion)) {
    summary.fulfilment.push_back(std::max(0.f, 1 - miss / kFarInTolerances));
    summary.missed.push_back(miss > 1);
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
  summary.missedPoses = missedOf(take.request.poses, motion);
  summary.missedTargets = missedOf(take.request.targets, motion);
  return summary;
}

}  // namespace kinescore
