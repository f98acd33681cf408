#include "engine/retarget/foot_lock.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "engine/motion/kinematics.h"
#include "engine/retarget/leg_solve.h"

namespace kinescore {

namespace {

// Frames of blending before and after a contact.
constexpr int kBlend = 5;
// A foot that slides farther than this while it "stands" does step; it is not pulled back.
constexpr float kFarthest = 0.12f;

struct Hold {
  std::int64_t first, last;  // inclusive
  bool toe;
  glm::vec3 place{0};
};

std::vector<Hold> holdsOf(const Motion& motion, int side) {
  std::vector<Hold> holds;
  const auto kind = [&](std::int64_t f) {
    return motion.contacts[f * 4 + side * 2 + 1] ? 2 : motion.contacts[f * 4 + side * 2] ? 1 : 0;
  };
  for (std::int64_t f = 0; f < motion.frameCount();) {
    std::int64_t end = f;
    while (end < motion.frameCount() && kind(end) == kind(f)) ++end;
    if (kind(f) != 0) holds.push_back({f, end - 1, kind(f) == 2});
    f = end;
  }
  return holds;
}

}  // namespace

void lockFeet(Motion& motion) {
  assert(!motion.contacts.empty());
  const std::int64_t count = motion.frameCount();
  const Skeleton& skeleton = *motion.skeleton;
  std::vector<WorldPose> world(count);
  for (std::int64_t f = 0; f < count; ++f) forwardKinematicsInto(skeleton, motion.pose(f), world[f]);

  for (int side : {kLeft, kRight}) {
    const int upLeg = side == kLeft ? kLeftUpLeg : kRightUpLeg;
    const int leg = side == kLeft ? kLeftLeg : kRightLeg;
    const int foot = side == kLeft ? kLeftFoot : kRightFoot;
    const int toe = side == kLeft ? kLeftToeBase : kRightToeBase;

    // What the ankle must move by, known inside the holds only.
    std::vector<glm::vec3> move(count, glm::vec3(0));
    std::vector<std::uint8_t> held(count, 0);
    glm::vec3 carried(0);  // a hold that follows another at once keeps its displacement
    std::int64_t carriedUntil = -2;
    for (Hold& hold : holdsOf(motion, side)) {
      const int joint = hold.toe ? toe : foot;
      glm::vec3 sum(0);
      for (std::int64_t f = hold.first; f <= hold.last; ++f) sum += world[f].positions[joint];
      hold.place = sum / float(hold.last - hold.first + 1);
      if (carriedUntil + 1 == hold.first) hold.place = world[hold.first].positions[joint] + carried;
      for (std::int64_t f = hold.first; f <= hold.last; ++f) {
        glm::vec3 d = hold.place - world[f].positions[joint];
        d.y = 0;
        const float length = glm::length(d);
        if (length > kFarthest) d *= kFarthest / length;
        move[f] = d;
        held[f] = 1;
      }
      carried = move[hold.last];
      carriedUntil = hold.last;
    }
    // Outside: fade away from the nearest holds on both sides.
    std::vector<glm::vec3> blended = move;
    for (std::int64_t f = 0; f < count; ++f) {
      if (held[f]) continue;
      glm::vec3 sum(0);
      float weight = 0;
      for (int direction : {-1, 1}) {
        for (int d = 1; d <= kBlend; ++d) {
          const std::int64_t g = f + direction * d;
          if (g < 0 || g >= count) break;
          if (!held[g]) continue;
          const float u = 1 - float(d) / float(kBlend + 1);
          const float share = u * u * (3 - 2 * u);
          sum += move[g] * share;
          weight += share;
          break;
        }
      }
      blended[f] = weight > 1 ? sum / weight : sum;
    }
    for (std::int64_t f = 0; f < count; ++f) {
      if (glm::length(blended[f]) < 1e-5f) continue;
      WorldPose& w = world[f];
      const SolvedLeg solved =
          solveLeg(w.positions[upLeg],
                   {w.positions[foot] + blended[f], w.rotations[upLeg], w.rotations[leg]});
      w.rotations[upLeg] = solved.upLeg;
      w.rotations[leg] = solved.leg;
    }
  }
  for (std::int64_t f = 0; f < count; ++f) {
    std::vector<glm::quat> local = localFromWorldRotations(skeleton, world[f].rotations);
    for (int j = 0; j < skeleton.jointCount(); ++j) {
      if (f > 0 && glm::dot(motion.rotation(f - 1, j), local[j]) < 0) local[j] = -local[j];
      motion.rotation(f, j) = local[j];
    }
  }
}

}  // namespace kinescore
