#include "engine/retarget/retarget.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/motion/kinematics.h"
#include "engine/retarget/foot_lock.h"
#include "engine/retarget/leg_solve.h"
#include "engine/retarget/limb_turns.h"
#include "engine/retarget/repair.h"

namespace kinescore {
namespace {

constexpr SourceFamily kFamilies[] = {SourceFamily::Asf,      SourceFamily::Bvh31,           SourceFamily::Bvh131,
                                      SourceFamily::Daz,      SourceFamily::DazFbx,          SourceFamily::Neo22,
                                      SourceFamily::BallPlay, SourceFamily::Mesh2MotionBase, SourceFamily::Mesh2MotionAddon};

// A skeleton with the joint names of the ASF family and our own proportions times `size`, so that
// what comes out can be told from what goes in.
std::shared_ptr<const Skeleton> asfLike(float size) {
  const auto ours = kinescore22();
  auto skeleton = std::make_shared<Skeleton>();
  const auto& table = alignmentOf(SourceFamily::Asf);
  for (int j = 0; j < kJointCount22; ++j) {
    skeleton->jointNames.emplace_back(table[j].source);
    skeleton->parents.push_back(ours->parents[j]);
    skeleton->offsets.push_back(size * ours->offsets[j]);
    // Legs of ours hang straight; this figure's stand 20° apart at rest.
    if (ours->parents[j] != kNoParent) {
      skeleton->offsets[j] = glm::conjugate(glm::conjugate(table[ours->parents[j]].align)) * skeleton->offsets[j];
    }
  }
  skeleton->jointNames.emplace_back("upperneck");
  skeleton->parents.push_back(kNeck);
  skeleton->offsets.push_back(glm::vec3(0, 0.02f, 0));
  return skeleton;
}

// Our pose, as that figure would be captured in it.
SourceClip captured(const Motion& motion, float size) {
  SourceClip clip;
  clip.skeleton = asfLike(size);
  clip.rate = motion.rate;
  const auto& table = alignmentOf(SourceFamily::Asf);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(f));
    for (int j = 0; j < kJointCount22; ++j) {
      clip.positions.push_back(size * world.positions[j]);
      clip.rotations.push_back(world.rotations[j] * glm::conjugate(table[j].align));
    }
    clip.positions.push_back(size * world.positions[kNeck]);
    clip.rotations.push_back(world.rotations[kNeck] * glm::conjugate(table[kNeck].secondAlign));
  }
  return clip;
}

glm::quat about(const glm::vec3& axis, float degrees) { return glm::angleAxis(glm::radians(degrees), glm::normalize(axis)); }

// Standing on the spot, swinging the arms and bending the knees so that the soles stay down.
Motion squats(int frames) {
  Motion motion;
  motion.rate = {60, 1};
  const auto skeleton = kinescore22();
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*skeleton);
    const float bend = 0.08f * (1 - std::cos(0.05f * float(f)));
    pose.rootPosition = {0.3f, kRestRootHeight - bend, 0.1f};
    pose.localRotations[kLeftArm] = about({0, 0, 1}, -60 + 10 * std::sin(0.1f * float(f)));
    pose.localRotations[kHead] = about({0, 1, 0}, 20);
    WorldPose world = forwardKinematics(*skeleton, pose);
    for (int side : {kLeft, kRight}) {
      const int up = side == kLeft ? kLeftUpLeg : kRightUpLeg;
      const glm::vec3 ankle(pose.rootPosition.x + skeleton->offsets[up].x, 0.075f, pose.rootPosition.z + 0.0117f);
      const SolvedLeg leg = solveLeg(world.positions[up], {ankle, world.rotations[up], world.rotations[up]});
      world.rotations[up] = leg.upLeg;
      world.rotations[side == kLeft ? kLeftLeg : kRightLeg] = leg.leg;
      world.rotations[side == kLeft ? kLeftFoot : kRightFoot] = glm::quat(1, 0, 0, 0);
      world.rotations[side == kLeft ? kLeftToeBase : kRightToeBase] = glm::quat(1, 0, 0, 0);
    }
    pose.localRotations = localFromWorldRotations(*skeleton, world.rotations);
    motion.appendPose(pose);
  }
  return motion;
}

TEST(Alignment, EveryFamilyNamesEveryJointOnceAndUnitTurns) {
  for (SourceFamily family : kFamilies) {
    for (const JointAlignment& row : alignmentOf(family)) {
      EXPECT_FALSE(row.source.empty()) << nameOf(family);
      EXPECT_NEAR(glm::length(row.align), 1, 1e-6);
      EXPECT_NEAR(glm::length(row.secondAlign), 1, 1e-6);
    }
  }
}

TEST(Alignment, FamiliesAreToldByTheirJoints) {
  for (SourceFamily family : kFamilies) {
    Skeleton skeleton;
    for (const JointAlignment& row : alignmentOf(family)) {
      for (std::string_view name : {row.source, row.secondSource}) {
        if (name.empty() || skeleton.findJoint(name)) continue;
        skeleton.jointNames.emplace_back(name);
        skeleton.parents.push_back(int(skeleton.parents.size()) - 1);
        skeleton.offsets.push_back({0, family == SourceFamily::DazFbx ? 1.0f : -1.0f, 0});
      }
    }
    EXPECT_EQ(findSourceFamily(skeleton), family) << nameOf(family);
  }
  EXPECT_FALSE(findSourceFamily(*kinescore22()).has_value());
}

TEST(Retarget, APoseOfOurOwnComesBackWhateverTheSize) {
  const Motion wanted = squats(120);
  for (float size : {1.0f, 0.8f, 1.3f}) {
    const Result<Motion> motion = retargetClip(captured(wanted, size), 0);
    ASSERT_TRUE(motion.ok()) << motion.error().message;
    ASSERT_EQ(motion->frameCount(), 60);
    EXPECT_EQ(motion->rate, kEngineRate);
    double sum = 0;
    for (std::int64_t f = 0; f < 60; ++f) {
      const WorldPose a = forwardKinematics(*wanted.skeleton, wanted.pose(f * 2));
      const WorldPose b = forwardKinematics(*motion->skeleton, motion->pose(f));
      for (int j = 0; j < kJointCount22; ++j) {
        // The place in the room scales with the figure.
        sum += glm::length(a.positions[j] - b.positions[j]);
      }
    }
    EXPECT_LT(sum / (60 * kJointCount22), 0.004) << size;
    int touching = 0;
    for (std::uint8_t contact : motion->contacts) touching += contact;
    EXPECT_GT(touching, 60 * 4 * 0.9);
  }
}

TEST(Retarget, ATiltedFloorIsLevelled) {
  SourceClip clip = captured(squats(4), 1);
  const double slope = 0.02;
  for (glm::vec3& p : clip.positions) p.y += float(slope) * p.z;
  const float before = clip.position(0, *clip.skeleton->findJoint("lfoot")).y;
  levelFloor(clip, slope);
  const glm::vec3 left = clip.position(0, *clip.skeleton->findJoint("lfoot"));
  const glm::vec3 toe = clip.position(0, *clip.skeleton->findJoint("ltoes"));
  EXPECT_NEAR(left.y, 0.075, 2e-3);
  EXPECT_NEAR(toe.y, 0.03, 2e-3);
  EXPECT_NE(before, left.y);
}

TEST(Retarget, RefusesStrangersAndWrongUnits) {
  const Motion ours = squats(4);
  const Result<Motion> stranger = retargetClip(sourceFromMotion(ours), 0);
  ASSERT_FALSE(stranger.ok());
  EXPECT_EQ(stranger.error().code, ErrorCode::Unsupported);
  EXPECT_FALSE(retargetClip(captured(ours, 100), 0).ok());
  SourceClip oddRate = captured(ours, 1);
  oddRate.rate = {50, 1};
  EXPECT_FALSE(retargetClip(oddRate, 0).ok());
}

TEST(LegSolve, ReachesTheAnkleAndBendsForward) {
  const glm::vec3 hip(0.1f, 0.9f, 0);
  for (float height : {0.1f, 0.2f, 0.4f, 0.6f}) {
    const glm::vec3 ankle(0.12f, height, 0.1f);
    const SolvedLeg leg = solveLeg(hip, {ankle, glm::quat(1, 0, 0, 0), glm::quat(1, 0, 0, 0)});
    const glm::vec3 knee = hip + leg.upLeg * glm::vec3(0, -0.4042f, 0);
    EXPECT_LT(glm::length(knee + leg.leg * glm::vec3(0, -0.4387f, 0) - ankle), 1e-4f);
    EXPECT_GT(knee.z, 0.05f);
  }
  // Out of reach: nearly straight towards it, no snap.
  const SolvedLeg far = solveLeg(hip, {{0.1f, -0.5f, 0}, glm::quat(1, 0, 0, 0), glm::quat(1, 0, 0, 0)});
  EXPECT_NEAR(glm::length(far.ankle - hip), kLegLength22, 1e-3);
}

TEST(Repair, SpikesAreRemovedAndFastTurnsStay) {
  Motion motion;
  motion.rate = {60, 1};
  for (int f = 0; f < 40; ++f) {
    Pose pose = restPose(*motion.skeleton);
    pose.localRotations[kLeftArm] = about({0, 0, 1}, 12.0f * float(f));  // 720 degrees a second, real
    motion.appendPose(pose);
  }
  const Motion before = motion;
  EXPECT_EQ(removeSpikes(motion), 0);
  motion.rotation(20, kHead) = about({1, 0, 0}, 80);
  motion.rotation(30, kLeftFoot) = about({1, 0, 0}, 60);
  motion.rotation(31, kLeftFoot) = about({1, 0, 0}, 62);
  EXPECT_EQ(removeSpikes(motion), 3);
  EXPECT_EQ(motion.localRotations, before.localRotations);
}

TEST(Repair, JumpsAreEasedOverAFewFrames) {
  Motion motion;
  for (int f = 0; f < 40; ++f) {
    Pose pose = restPose(*motion.skeleton);
    if (f >= 20) pose.localRotations[kLeftHand] = about({0, 1, 0}, 100);
    motion.appendPose(pose);
  }
  EXPECT_EQ(easeJumps(motion, kFinalJumpRule), 1);
  for (std::int64_t f = 1; f < 40; ++f) {
    const float turn = 2 * std::acos(std::min(1.0f, std::abs(glm::dot(motion.rotation(f, kLeftHand), motion.rotation(f - 1, kLeftHand)))));
    EXPECT_LT(turn, glm::radians(20.0f)) << f;
  }
  EXPECT_EQ(motion.rotation(10, kLeftHand), glm::quat(1, 0, 0, 0));
}

TEST(Repair, HandsAreBentNoFartherThanAWrist) {
  Motion motion;
  Pose pose = restPose(*motion.skeleton);
  pose.localRotations[kLeftHand] = about({0, 0, 1}, 130) * about({1, 0, 0}, 40);
  pose.localRotations[kRightHand] = about({0, 0, 1}, 30) * about({1, 0, 0}, 40);
  motion.appendPose(pose);
  const glm::quat right = motion.rotation(0, kRightHand);
  limitHands(motion);
  EXPECT_EQ(motion.rotation(0, kRightHand), right);
  const glm::vec3 along = motion.rotation(0, kLeftHand) * glm::vec3(1, 0, 0);
  EXPECT_NEAR(std::acos(along.x), glm::radians(85.0f), 1e-3);
}

TEST(LimbTurns, AnUpsideDownFootIsTurnedBackAndStaysSmooth) {
  const Motion standing = squats(60);
  Result<MappedClip> clip = mapClip(captured(standing, 1), 0);
  ASSERT_TRUE(clip.ok());
  const auto right = clip->world;
  for (std::size_t f = 20; f < 40; ++f) {
    clip->world[f][kLeftFoot] = clip->world[f][kLeftFoot] * glm::quat(0, 0, 0, 1);
    clip->world[f][kLeftToeBase] = clip->world[f][kLeftToeBase] * glm::quat(0, 0, 0, 1);
  }
  mendHalfTurns(*clip);
  for (std::size_t f = 0; f < right.size(); ++f) {
    EXPECT_GT(std::abs(glm::dot(clip->world[f][kLeftFoot], right[f][kLeftFoot])), 0.9999f) << f;
  }
}

TEST(FootLock, StandingFeetStopSliding) {
  Motion motion = squats(40);
  motion.rate = kEngineRate;
  motion.contacts.assign(40 * 4, 0);
  for (int f = 0; f < 40; ++f) {
    motion.rootPositions[f].x += 0.002f * float(f);  // everything drifts
    if (f >= 10 && f < 30) motion.contacts[f * 4 + 1] = 1;
  }
  lockFeet(motion);
  const std::vector<glm::vec3> positions = worldPositions(motion);
  float slide = 0;
  for (int f = 11; f < 30; ++f) {
    slide = std::max(slide, glm::length(positions[f * kJointCount22 + kLeftToeBase] - positions[(f - 1) * kJointCount22 + kLeftToeBase]));
  }
  EXPECT_LT(slide, 3e-4f);
  for (int f = 1; f < 40; ++f) {  // and is blended: no step is larger than a few drifts
    EXPECT_LT(glm::length(positions[f * kJointCount22 + kLeftToeBase] - positions[(f - 1) * kJointCount22 + kLeftToeBase]), 0.012f) << f;
  }
}

}  // namespace
}  // namespace kinescore
