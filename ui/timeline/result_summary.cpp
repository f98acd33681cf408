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

}  // namespace

std::optional<float> missedBy(const Take& take, const Clip& clip) {
  const Motion& motion = *take.result.motion;
  std::optional<float> off;
  const auto* pose = std::get_if<PoseCondition>(&clip.condition);
  for (const PoseKeyRequest& key : take.request.poses) {
    if (pose == nullptr || !clip.span.contains(key.time) || key.pose != pose->pose) {
      continue;
    }
    const PoseMiss miss = missOf(motion, key);
    if (inTolerances(miss, key.toleranceMeters) > 1) {
      off = std::max(off.value_or(0), float(miss.worst));
    }
  }
  const auto* target = std::get_if<TargetCondition>(&clip.condition);
  for (const TargetRequest& asked : take.request.targets) {
    if (target == nullptr || !clip.span.contains(asked.time) || asked.joint != target->joint || asked.position != target->position) {
      continue;
    }
    const double miss = missOf(motion, asked);
    if (inTolerances(miss, asked.toleranceMeters) > 1) {
      off = std::max(off.value_or(0), float(miss));
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
  return summary;
}

}  // namespace kinescore
