// A captured walk written to BVH as other programs have it, read back and compared.
#include "engine/library/bvh_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "engine/io/bvh_writer.h"
#include "engine/library/clip_check.h"
#include "engine/library/joint_solve.h"
#include "engine/motion/kinematics.h"
#include "tests/engine/library/captured_motion.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

std::string bvhOf(const Motion& motion, FrameRate rate = kEngineRate) { return writeBvh(motion, {rate, true}); }

/// The same figure under names that are not ours, so that only positions can tell its poses.
std::string renamed(std::string bvh) { return std::regex_replace(bvh, std::regex("(ROOT|JOINT) "), "$1 rig:"); }

Motion lyingOnItsBack(Motion motion) {
  const glm::quat turn = glm::angleAxis(float(M_PI) / 2, glm::vec3(1, 0, 0));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f] = turn * motion.rootPositions[f];
    motion.rotation(f, 0) = turn * motion.rotation(f, 0);
  }
  return motion;
}

Result<Motion> imported(const std::string& bvh) {
  const auto clip = importBvh(bvh, "clip.bvh");
  return clip ? retargetAlone(clip->clip) : Result<Motion>(clip.error());
}

TEST(BvhImport, ATakeOfOursComesBackAsItWas) {
  const Motion walk = capturedMotion("walk");
  const auto motion = imported(bvhOf(walk));
  ASSERT_TRUE(motion.ok()) << motion.error().message;
  EXPECT_NEAR(double(motion->frameCount()), double(walk.frameCount()), 1);
  EXPECT_LT(poseDistance(*motion, walk), 0.008);
}

TEST(BvhImport, AStrangersSkeletonInAnyUnitRateAndAxis) {
  const Motion walk = capturedMotion("walk");
  for (const bool isZUp : {false, true}) {
    for (const bool centimeters : {false, true}) {
      const Motion shown = isZUp ? lyingOnItsBack(walk) : walk;
      const auto motion = imported(renamed(writeBvh(shown, {{120, 1}, centimeters})));
      ASSERT_TRUE(motion.ok()) << motion.error().message;
      EXPECT_LT(poseDistance(*motion, walk), 0.03) << isZUp << centimeters;
      EXPECT_NEAR(travelOf(*motion), travelOf(walk), 0.03 * travelOf(walk));
      const ClipFigures figures = measureClip(*motion);
      EXPECT_LT(figures.depth, 0.02);
      EXPECT_LT(figures.clearance, 0.03);
      EXPECT_LT(figures.footSkate, measureClip(walk).footSkate + 2);
    }
  }
}

TEST(BvhImport, SwappedSidesAreRefused) {
  std::string bvh = renamed(bvhOf(capturedMotion("walk")));
  bvh = std::regex_replace(bvh, std::regex("Left"), "Middle");
  bvh = std::regex_replace(bvh, std::regex("Right"), "Left");
  bvh = std::regex_replace(bvh, std::regex("Middle"), "Right");
  const auto motion = imported(bvh);
  ASSERT_FALSE(motion.ok());
  EXPECT_THAT(motion.error().message, HasSubstr("toes point backwards"));
}

TEST(BvhImport, BadFilesAreOneSentence) {
  const std::string good = bvhOf(capturedMotion("walk").slice({0, 40}));
  const std::string noMotion = good.substr(0, good.find("MOTION"));
  const std::string flat = std::regex_replace(good, std::regex("OFFSET [^\n]*"), "OFFSET 0 0 0");
  for (const std::string& bad : {std::string(), std::string("nothing"), noMotion, flat, good.substr(0, 300),
                                 std::regex_replace(good, std::regex("LeftLeg"), "Wheel")}) {
    const auto motion = imported(bad);
    ASSERT_FALSE(motion.ok()) << bad.substr(0, 60);
    EXPECT_EQ(motion.error().message.find('\n'), std::string::npos);
    EXPECT_EQ(motion.error().message.back(), '.');
  }
}

TEST(BvhImport, CaptionsFromFileNames) {
  EXPECT_EQ(captionFromFileName("a/Sneak_walk-02_R.bvh"), "sneak walk right");
  EXPECT_EQ(captionFromFileName("JumpForward3.bvh"), "jump forward");
  EXPECT_EQ(captionFromFileName("wave (left hand).BVH"), "wave left hand");
  EXPECT_EQ(captionFromFileName("16_02.bvh"), "");
}

}  // namespace
}  // namespace kinescore
