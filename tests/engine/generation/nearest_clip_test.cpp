#include "engine/generation/nearest_clip.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kinescore {
namespace {

/// Someone swinging arms and legs at a pace of their own while walking.
Motion swinging(int frames, float pace, float reach) {
  Motion motion;
  for (int f = 0; f < frames; ++f) {
    Pose pose = restPose(*motion.skeleton);
    const float s = std::sin(float(f) * pace);
    pose.rootPosition.z += 0.02f * float(f);
    pose.localRotations[kLeftArm] = glm::angleAxis(reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kLeftUpLeg] = glm::angleAxis(0.5f * reach * s, glm::vec3(1, 0, 0));
    pose.localRotations[kRightUpLeg] = glm::angleAxis(-0.5f * reach * s, glm::vec3(1, 0, 0));
    motion.appendPose(pose);
  }
  return motion;
}

Motion movedAndTurned(Motion motion) {
  const glm::quat turn = glm::angleAxis(1.0f, glm::vec3(0, 1, 0));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f] = turn * motion.rootPositions[f] + glm::vec3(5, 0, -3);
    motion.rotation(f, kHips) = turn * motion.rotation(f, kHips);
  }
  return motion;
}

class NearestClipsTest : public testing::Test {
 protected:
  NearestClipsTest() {
    library_.clips.emplace_back().id = "calm";
    library_.clips.back().motion = swinging(200, 0.1f, 0.4f);
    library_.clips.emplace_back().id = "wild";
    library_.clips.back().motion = swinging(300, 0.35f, 1.4f);
  }
  std::optional<NearestClips::Answer> find(const Motion& motion) {
    return NearestClips::build(library_, {})->find(motion, {}).value();
  }
  Library library_;
};

TEST_F(NearestClipsTest, FindsACopyWhereverItStands) {
  const auto answer = find(movedAndTurned(library_.clips[1].motion.slice({90, 180})));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->clipId, "wild");
  EXPECT_LT(answer->meters, 0.01);
}

TEST_F(NearestClipsTest, AMirroredCopyIsACopyToo) {
  const auto answer = find(mirrored(library_.clips[1].motion.slice({60, 240})));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->clipId, "wild");
  EXPECT_LT(answer->meters, 0.01);
}

TEST_F(NearestClipsTest, WhatIsNewIsFurtherAway) {
  Motion other = swinging(90, 0.2f, 0.9f);
  for (std::int64_t f = 0; f < other.frameCount(); ++f) {
    other.rotation(f, kSpine) = glm::angleAxis(0.6f, glm::vec3(1, 0, 0));
  }
  const auto answer = find(other);
  ASSERT_TRUE(answer);
  EXPECT_GT(answer->meters, 0.05);
}

TEST_F(NearestClipsTest, TooShortIsNotMeasured) {
  EXPECT_FALSE(find(swinging(20, 0.1f, 1.0f)));
  library_.clips.clear();
  EXPECT_FALSE(find(swinging(90, 0.1f, 1.0f)));
}

TEST_F(NearestClipsTest, Stops) {
  std::stop_source stop;
  stop.request_stop();
  const auto built = NearestClips::build(library_, stop.get_token());
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace kinescore
