#include "engine/retarget/limb_turns.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace kinescore {

namespace {

// A turn between two frames costs this many times what a frame in an unlikely pose does: a few
// odd frames do not pay a change and back.
constexpr float kChangeCost = 4;
// Only a joint that is turned away this far from what it should be is suspected at all.
constexpr float kSuspect = 100.0f * 3.14159265f / 180.0f;

float angleBetween(const glm::quat& a, const glm::quat& b) {
  return 2 * std::acos(std::min(1.0f, std::abs(glm::dot(a, b))));
}

// For each frame, whether the joint is to be turned by `half`: the cheapest path through both
// choices, by how far each is from the usual pose and from the frame before (Viterbi).
std::vector<std::uint8_t> chooseHalfTurns(std::int64_t count, const glm::quat& half,
                                          const std::function<glm::quat(std::int64_t)>& rotation,
                                          const std::function<float(const glm::quat&, std::int64_t)>& oddness) {
  std::vector<std::array<std::uint8_t, 2>> from(count);
  std::array<glm::quat, 2> before;
  std::array<float, 2> cost{};
  for (std::int64_t f = 0; f < count; ++f) {
    const glm::quat plain = rotation(f);
    const std::array<glm::quat, 2> now = {plain, plain * half};
    std::array<float, 2> total{};
    for (int s = 0; s < 2; ++s) {
      const float odd = oddness(now[s], f);
      total[s] = odd * odd;
      if (f == 0) continue;
      std::array<float, 2> way{};
      for (int b = 0; b < 2; ++b) {
        const float change = angleBetween(before[b], now[s]);
        way[b] = cost[b] + kChangeCost * change * change;
      }
      from[f][s] = way[1] < way[0] ? 1 : 0;
      total[s] += std::min(way[0], way[1]);
    }
    cost = total;
    before = now;
  }
  std::vector<std::uint8_t> turned(count);
  int state = cost[1] < cost[0] ? 1 : 0;
  for (std::int64_t f = count - 1; f >= 0; --f) {
    turned[f] = std::uint8_t(state);
    state = from[f][state];
  }
  return turned;
}

// Between the up directions of foot and shin, seen along the foot.
float rollAgainstShin(const glm::quat& foot, const glm::quat& shin) {
  const glm::vec3 up = glm::conjugate(foot) * (shin * glm::vec3(0, 1, 0));
  return std::abs(std::atan2(up.x, up.y));
}

// Between the knee's hinge and the pelvis's left, seen along the thigh.
float hingeAgainstPelvis(const glm::quat& thigh, const glm::quat& pelvis) {
  const glm::vec3 left = glm::conjugate(thigh) * (pelvis * glm::vec3(1, 0, 0));
  return std::abs(std::atan2(left.z, left.x));
}

bool anySuspect(std::int64_t count, const std::function<float(std::int64_t)>& oddness) {
  for (std::int64_t f = 0; f < count; ++f) {
    if (oddness(f) > kSuspect) return true;
  }
  return false;
}

// Twist of `q` about X, (−π, π].
float twistAboutX(const glm::quat& q) {
  const float angle = 2 * std::atan2(q.x, q.w);
  return std::remainder(angle, 2 * 3.14159265f);
}

}  // namespace

void mendHalfTurns(MappedClip& clip) {
  const std::int64_t count = clip.frameCount();
  for (int side : {kLeft, kRight}) {
    const int thigh = side == kLeft ? kLeftUpLeg : kRightUpLeg;
    const int shin = side == kLeft ? kLeftLeg : kRightLeg;
    const int foot = side == kLeft ? kLeftFoot : kRightFoot;
    const int toe = side == kLeft ? kLeftToeBase : kRightToeBase;
    auto& world = clip.world;

    if (anySuspect(count, [&](std::int64_t f) { return hingeAgainstPelvis(world[f][thigh], world[f][kHips]); })) {
      const glm::quat half(0, 0, 1, 0);  // about Y, the bone
      const std::vector<std::uint8_t> turned = chooseHalfTurns(
          count, half, [&](std::int64_t f) { return world[f][thigh]; },
          [&](const glm::quat& q, std::int64_t f) { return hingeAgainstPelvis(q, world[f][kHips]); });
      for (std::int64_t f = 0; f < count; ++f) {
        if (!turned[f]) continue;
        world[f][thigh] = world[f][thigh] * half;
        world[f][shin] = world[f][shin] * half;
      }
    }
    if (anySuspect(count, [&](std::int64_t f) { return rollAgainstShin(world[f][foot], world[f][shin]); })) {
      const glm::quat half(0, 0, 0, 1);  // about Z, along the foot
      const std::vector<std::uint8_t> turned = chooseHalfTurns(
          count, half, [&](std::int64_t f) { return world[f][foot]; },
          [&](const glm::quat& q, std::int64_t f) { return rollAgainstShin(q, world[f][shin]); });
      for (std::int64_t f = 0; f < count; ++f) {
        if (!turned[f]) continue;
        world[f][foot] = world[f][foot] * half;
        world[f][toe] = world[f][toe] * half;
      }
    }
  }
}

void sharePronation(MappedClip& clip) {
  constexpr std::pair<int, int> kArms[] = {{kLeftForeArm, kLeftHand}, {kRightForeArm, kRightHand}};
  for (const auto& [foreArm, hand] : kArms) {
    // A wrist turned by about 180° would jump between +90° and −90° of forearm: count the turns
    // from the clip's own middle, where it never is half a turn away for long.
    std::vector<float> twists;
    glm::vec2 mean(0);
    for (const auto& world : clip.world) {
      twists.push_back(twistAboutX(glm::conjugate(world[foreArm]) * world[hand]));
      mean += glm::vec2(std::cos(twists.back()), std::sin(twists.back()));
    }
    const float middle = std::atan2(mean.y, mean.x);
    for (std::int64_t f = 0; f < clip.frameCount(); ++f) {
      const float twist = middle + std::remainder(twists[f] - middle, 2 * 3.14159265f);
      auto& world = clip.world[f];
      world[foreArm] = world[foreArm] * glm::quat(std::cos(twist / 4), std::sin(twist / 4), 0, 0);
    }
  }
}

}  // namespace kinescore
