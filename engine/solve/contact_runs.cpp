#include "engine/solve/contact_runs.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr int kContacts = 4;
constexpr float kSure = 0.6f;      // a run holds at least one frame of this
constexpr float kPossible = 0.4f;  // and reaches as far as this
constexpr std::int64_t kShortestRun = 4;

// By position: slow and near the height at which the joint is when the foot stands flat.
constexpr std::array<float, kContacts> kFlatHeightMeters = {0.075f, 0.03f, 0.075f, 0.03f};
constexpr float kStartSpeed = 0.15f, kKeepSpeed = 0.25f;  // m/s
constexpr float kStartHeight = 0.05f, kKeepHeight = 0.07f;

// A probability as if the network had said it: above kSure, between, or below kPossible.
std::vector<float> probabilitiesFromPositions(const Motion& motion) {
  const std::int64_t frames = motion.frameCount();
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const auto at = [&](std::int64_t f, int joint) {
    f = std::clamp<std::int64_t>(f, 0, frames - 1);
    return positions[std::size_t(f) * motion.jointCount() + joint];
  };
  const float perSecond = float(motion.rate.fps());
  std::vector<float> out(std::size_t(frames) * kContacts, 0.0f);
  for (std::int64_t f = 0; f < frames; ++f) {
    for (int c = 0; c < kContacts; ++c) {
      const int joint = kContactJoints[c];
      const std::int64_t before = std::max<std::int64_t>(f - 1, 0);
      const std::int64_t after = std::min(f + 1, frames - 1);
      const float span = float(std::max<std::int64_t>(after - before, 1));
      const float speed = glm::length(at(after, joint) - at(before, joint)) * perSecond / span;
      const float height = at(f, joint).y - kFlatHeightMeters[c];
      float& p = out[f * kContacts + c];
      if (speed < kKeepSpeed && height < kKeepHeight) p = 0.5f;
      if (speed < kStartSpeed && height < kStartHeight) p = 1.0f;
    }
  }
  return out;
}

// Where a free range meets frames that stay, a foot may have a long way to go in a few frames, and the network calls it
// standing because it stands on one of the two sides. Held there it would be dragged over the border in one frame.
constexpr std::int64_t kNearBorder = 16;
constexpr float kFastestStanding = 0.8f;  // m/s

void letFastFeetGo(const SolveProblem& problem, std::vector<float>& probabilities) {
  const Motion& motion = problem.motion;
  const std::int64_t frames = motion.frameCount();
  const FrameRange free{std::max<std::int64_t>(problem.free->start, 0), std::min(problem.free->end, frames)};
  if (free.isEmpty()) return;
  const FrameRange seen{std::max<std::int64_t>(free.start - 1, 0), std::min(free.end + 1, frames)};
  const std::vector<glm::vec3> positions = worldPositions(motion.slice(seen));
  for (std::int64_t f = free.start; f < free.end; ++f) {
    const bool isNear = (free.start > 0 && f < free.start + kNearBorder) || (free.end < frames && f >= free.end - kNearBorder);
    if (!isNear) continue;
    const std::int64_t before = std::max(f - 1, seen.start), after = std::min(f + 1, seen.end - 1);
    if (after <= before) continue;
    for (int c = 0; c < kContacts; ++c) {
      const auto at = [&](std::int64_t frame) {
        return positions[std::size_t(frame - seen.start) * motion.jointCount() + kContactJoints[c]];
      };
      const float speed = glm::length(at(after) - at(before)) * float(motion.rate.fps()) / float(after - before);
      if (speed > kFastestStanding) probabilities[f * kContacts + c] = 0;
    }
  }
}

std::vector<float> probabilitiesOf(const SolveProblem& problem) {
  const Motion& motion = problem.motion;
  const std::vector<float> fromFlags(motion.contacts.begin(), motion.contacts.end());
  if (problem.contactProbabilities.empty()) {
    return fromFlags.empty() ? probabilitiesFromPositions(motion) : fromFlags;
  }
  std::vector<float> probabilities = problem.contactProbabilities;
  // Frames that stay as they are keep the contacts that they came with.
  if (problem.free && !fromFlags.empty()) {
    for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
      if (problem.free->contains(f)) continue;
      std::copy_n(fromFlags.begin() + f * kContacts, kContacts,
                  probabilities.begin() + f * kContacts);
    }
  }
  if (problem.free) letFastFeetGo(problem, probabilities);
  return probabilities;
}

void addRuns(const std::vector<float>& probabilities, int contact, std::vector<ContactRun>& runs) {
  const auto frames = static_cast<std::int64_t>(probabilities.size()) / kContacts;
  const auto at = [&](std::int64_t f) { return probabilities[f * kContacts + contact]; };
  for (std::int64_t start = 0; start < frames;) {
    if (!(at(start) >= kPossible)) {
      ++start;
      continue;
    }
    std::int64_t end = start;
    bool isSure = false;
    while (end < frames && at(end) >= kPossible) isSure = at(end++) >= kSure || isSure;
    if (isSure && end - start >= kShortestRun) {
      runs.push_back({.contact = contact, .frames = {start, end}});
    }
    start = end;
  }
}

// What is asked for replaces what was found in its frames.
void cutOut(const FrameRange& hole, int contact, std::vector<ContactRun>& runs) {
  std::vector<ContactRun> kept;
  for (const ContactRun& run : runs) {
    if (run.contact != contact || run.frames.end <= hole.start || hole.end <= run.frames.start) {
      kept.push_back(run);
      continue;
    }
    ContactRun left = run, right = run;
    left.frames.end = hole.start;
    right.frames.start = hole.end;
    if (left.frames.length() >= kShortestRun) kept.push_back(left);
    if (right.frames.length() >= kShortestRun) kept.push_back(right);
  }
  runs = std::move(kept);
}

}  // namespace

std::vector<ContactRun> findContactRuns(const SolveProblem& problem) {
  const std::int64_t frames = problem.motion.frameCount();
  const std::vector<float> probabilities = probabilitiesOf(problem);
  std::vector<ContactRun> runs;
  for (int c = 0; c < kContacts; ++c) addRuns(probabilities, c, runs);
  for (const SolveContact& asked : problem.contacts) {
    const FrameRange range{std::clamp<std::int64_t>(asked.frames.start, 0, frames),
                           std::clamp<std::int64_t>(asked.frames.end, 0, frames)};
    if (range.isEmpty()) continue;
    cutOut(range, asked.contact, runs);
    runs.push_back(
        {.contact = asked.contact, .frames = range, .isAsked = true, .place = asked.place});
  }
  std::stable_sort(runs.begin(), runs.end(), [](const ContactRun& a, const ContactRun& b) {
    return a.contact != b.contact ? a.contact < b.contact : a.frames.start < b.frames.start;
  });
  return runs;
}

std::vector<std::uint8_t> flagsOf(const std::vector<ContactRun>& runs, std::int64_t frames) {
  std::vector<std::uint8_t> flags(std::size_t(frames) * kContacts, 0);
  for (const ContactRun& run : runs) {
    for (std::int64_t f = run.frames.start; f < run.frames.end; ++f)
      flags[f * kContacts + run.contact] = 1;
  }
  return flags;
}

}  // namespace kinescore
