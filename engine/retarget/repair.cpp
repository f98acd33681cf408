#include "engine/retarget/repair.h"

#include <algorithm>
#include <cmath>

namespace kinescore {

namespace {

// A body joint does not turn by this much between two frames of 1/60 s and back again.
constexpr float kSpikeDegreesPerSecond = 1200;
// … while the frames around it agree within this share of the jump.
constexpr float kReturnShare = 0.35f;
constexpr int kLongestSpike = 2;

// Faster than this no joint turns; from here on it is another solution of the capture. Half turns
// of a limb about itself look the same but are something else.
constexpr float kJumpDegreesPerSecond = 3000;
constexpr float kMaxJumpLimit = 70;
constexpr float kHalfTurnDegrees = 125;
constexpr float kRootTurnDegreesPerSecond = 1500;
constexpr float kRootSpeed = 11;  // m/s
constexpr float kMaxWristBend = 85.0f * 3.14159265f / 180.0f;

float angleBetween(const glm::quat& a, const glm::quat& b) {
  return 2 * std::acos(std::min(1.0f, std::abs(glm::dot(a, b)))) * 57.29578f;
}

}  // namespace

int removeSpikes(Motion& motion) {
  const float limit = kSpikeDegreesPerSecond / float(motion.rate.fps());
  int changed = 0;
  for (int j = 0; j < motion.jointCount(); ++j) {
    for (std::int64_t before = 0; before + 2 < motion.frameCount(); ++before) {
      for (int length = 1; length <= kLongestSpike; ++length) {
        const std::int64_t after = before + length + 1;
        if (after >= motion.frameCount()) break;
        const float jump = std::min(angleBetween(motion.rotation(before, j), motion.rotation(before + 1, j)),
                                    angleBetween(motion.rotation(after - 1, j), motion.rotation(after, j)));
        const float change = angleBetween(motion.rotation(before, j), motion.rotation(after, j));
        if (jump < limit || change > kReturnShare * jump) continue;
        for (std::int64_t f = before + 1; f < after; ++f) {
          motion.rotation(f, j) = glm::slerp(motion.rotation(before, j), motion.rotation(after, j),
                                             float(f - before) / float(after - before));
          ++changed;
        }
        break;
      }
    }
  }
  return changed;
}

JumpRule sourceJumpRule(FrameRate rate) {
  return {std::min(kMaxJumpLimit, kJumpDegreesPerSecond / float(rate.fps())), kHalfTurnDegrees,
          std::max(2, int(std::lround(rate.fps() / 20)))};
}

int easeJumps(Motion& motion, const JumpRule& rule) {
  const std::int64_t last = motion.frameCount() - 1;
  int jumps = 0;
  for (int j = 1; j < motion.jointCount(); ++j) {
    for (std::int64_t f = 0; f < last; ++f) {
      const float angle = angleBetween(motion.rotation(f, j), motion.rotation(f + 1, j));
      if (angle < rule.minDegrees || angle > rule.maxDegrees) continue;
      const std::int64_t from = std::max<std::int64_t>(0, f - rule.reach + 1);
      const std::int64_t to = std::min(last, f + rule.reach);
      const glm::quat start = motion.rotation(from, j);
      const glm::quat end = motion.rotation(to, j);
      for (std::int64_t g = from + 1; g < to; ++g) {
        motion.rotation(g, j) = glm::slerp(start, end, float(g - from) / float(to - from));
      }
      ++jumps;
      f = to - 1;
    }
  }
  return jumps;
}

int bridgeRootJumps(Motion& motion) {
  const float turn = kRootTurnDegreesPerSecond / float(motion.rate.fps());
  const float step = kRootSpeed / float(motion.rate.fps());
  const std::int64_t reach = std::max<std::int64_t>(2, std::lround(motion.rate.fps() / 20));
  int jumps = 0;
  for (std::int64_t f = 0; f + 1 < motion.frameCount(); ++f) {
    if (angleBetween(motion.rotation(f, 0), motion.rotation(f + 1, 0)) < turn &&
        glm::length(motion.rootPositions[f + 1] - motion.rootPositions[f]) < step) {
      continue;
    }
    bridgeFrames(motion, f - reach + 1, f + reach);
    ++jumps;
    f += reach;
  }
  return jumps;
}

void limitHands(Motion& motion) {
  for (int hand : {kLeftHand, kRightHand}) {
    for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
      glm::quat& local = motion.rotation(f, hand);
      // Bend first, then twist about the forearm's own axis (X).
      const float length = std::hypot(local.w, local.x);
      if (length < 1e-4f) continue;
      const glm::quat twist(local.w / length, local.x / length, 0, 0);
      glm::quat bend = local * glm::conjugate(twist);
      if (bend.w < 0) bend = -bend;
      const float angle = 2 * std::acos(std::min(1.0f, bend.w));
      if (angle <= kMaxWristBend) continue;
      local = glm::normalize(glm::slerp(glm::quat(1, 0, 0, 0), bend, kMaxWristBend / angle) * twist);
    }
  }
}

void bridgeFrames(Motion& motion, std::int64_t first, std::int64_t last) {
  first = std::max<std::int64_t>(first, 0);
  last = std::min(last, motion.frameCount() - 1);
  for (std::int64_t f = first + 1; f < last; ++f) {
    const float u = float(f - first) / float(last - first);
    const float eased = u * u * (3 - 2 * u);
    motion.rootPositions[f] = glm::mix(motion.rootPositions[first], motion.rootPositions[last], u);
    for (int j = 0; j < motion.jointCount(); ++j) {
      motion.rotation(f, j) = glm::slerp(motion.rotation(first, j), motion.rotation(last, j), eased);
    }
  }
}

}  // namespace kinescore
