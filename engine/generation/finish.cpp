#include "engine/generation/finish.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/generation/features.h"
#include "engine/generation/report.h"
#include "engine/request/path_curve.h"
#include "engine/solve/solver.h"

namespace kinescore {
namespace {

void addPath(const PathRequest& path, FrameRange made, SolveProblem& problem) {
  const std::int64_t first = frameAtOrAfter(path.points.front().time, kEngineRate);
  for (std::int64_t f = first; f < problem.motion.frameCount(); ++f) {
    const Ticks time = ticksOfFrame(f, kEngineRate);
    if (time > path.points.back().time) break;
    if (!made.contains(f)) continue;
    const PathSample sample = evaluatePath(path.points, time);
    problem.path.push_back({f, sample.position, sample.heading, path.strength});
  }
}

SolveProblem posedProblem(const GenerationRequest& request, const RawPerformance& raw,
                          const Motion& whole) {
  SolveProblem problem;
  problem.motion = whole;
  problem.free = request.range;
  problem.contactProbabilities.resize(whole.contacts.size());
  for (std::int64_t f = 0; f < whole.frameCount(); ++f) {
    for (int c = 0; c < 4; ++c) {
      const float score = raw.made.contains(f)
                              ? raw.contactScores[std::size_t(f - raw.made.start) * 4 + c]
                              : float(whole.contacts[std::size_t(f) * 4 + c]);
      problem.contactProbabilities[std::size_t(f) * 4 + c] = std::clamp(score, 0.0f, 1.0f);
    }
  }
  for (const PoseKeyRequest& key : request.poses) {
    if (key.strength > 0) problem.keys.push_back({key.time, key.pose, key.strength});
  }
  for (const TargetRequest& t : request.targets) {
    if (t.strength > 0)
      problem.targets.push_back({t.time, t.joint, t.position, t.rotation, t.strength});
  }
  for (const PathRequest& path : request.paths) addPath(path, raw.made, problem);
  for (const ContactRequest& contact : request.contacts) {
    const FrameRange frames{
        frameAtOrAfter(contact.span.start, kEngineRate),
        std::min(frameAtOrAfter(contact.span.end, kEngineRate), whole.frameCount())};
    if (!frames.isEmpty()) problem.contacts.push_back({frames, contact.contact, contact.place});
  }
  return problem;
}

void copyBaseOutside(const GenerationRequest& request, Motion& motion) {
  if (!request.range) return;
  const Motion& base = *request.base;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    if (request.range->contains(f)) continue;
    motion.rootPositions[f] = base.rootPositions[f];
    for (int j = 0; j < motion.jointCount(); ++j) motion.rotation(f, j) = base.rotation(f, j);
    if (!base.contacts.empty())
      std::copy_n(base.contacts.begin() + f * 4, 4, motion.contacts.begin() + f * 4);
  }
}

}  // namespace

RawPerformance rawPerformanceOf(std::span<const float> worldFeatures, FrameRange made) {
  const auto values = worldFeatures.subspan(std::size_t(made.start) * kFeatureCount,
                                            std::size_t(made.length()) * kFeatureCount);
  RawPerformance raw{made, motionFromFeatures(values), {}};
  for (std::int64_t f = 0; f < made.length(); ++f) {
    const auto scores = values.subspan(std::size_t(f) * kFeatureCount + kContactChannel, 4);
    raw.contactScores.insert(raw.contactScores.end(), scores.begin(), scores.end());
  }
  return raw;
}

Motion wholeOf(const GenerationRequest& request, const RawPerformance& raw) {
  if (!request.range) return raw.motion;
  Motion whole = *request.base;
  if (whole.contacts.empty()) whole.contacts.assign(std::size_t(whole.frameCount()) * 4, 0);
  for (std::int64_t f = raw.made.start; f < raw.made.end; ++f) {
    whole.setPose(f, raw.motion.pose(f - raw.made.start));
    std::copy_n(raw.motion.contacts.begin() + (f - raw.made.start) * 4, 4,
                whole.contacts.begin() + f * 4);
  }
  return whole;
}

ReportLine beatLine(const BeatsKept& kept) {
  const auto percent = [](double share) { return std::to_string(std::lround(100 * share)) + " %"; };
  return {false, percent(kept.after) + " of the accents lie on the beat",
          "Footfalls and stops of the hands; " + percent(kept.before) + " before they were moved.",
          std::nullopt};
}

Result<FinishedPerformance> finishPerformance(const GenerationRequest& request,
                                              const RawPerformance& raw, std::stop_token stop) {
  assert(raw.motion.frameCount() == raw.made.length() &&
         raw.contactScores.size() == raw.motion.contacts.size());
  const Motion before = wholeOf(request, raw);
  Result<SolveResult> solved = solve(posedProblem(request, raw, before), stop);
  if (!solved) return solved.error();
  auto motion = std::make_shared<Motion>(std::move(solved->motion));
  copyBaseOutside(request, *motion);
  FinishedPerformance finished;
  finished.report = reportOf(request, before, *motion, solved->figures);
  finished.motion = std::move(motion);
  return finished;
}

}  // namespace kinescore
