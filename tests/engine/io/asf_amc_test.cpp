#include "engine/io/asf_amc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/random.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

// Two bones; the second listed before its parent, with a slanted axis.
const std::string kAsf =
    "# a comment\n:version 1.10\n:name T\n:units\n  mass 1.0\n  length 0.45\n  angle deg\n"
    ":root\n  order TX TY TZ RX RY RZ\n  axis XYZ\n  position 0 0 0\n  orientation 0 0 0\n:bonedata\n"
    "  begin\n  id 2\n  name low\n  direction 0 -1 0\n  length 3\n  axis 0 0 20 XYZ\n  dof rx\n  limits (-10.0 170.0)\n  end\n"
    "  begin\n  id 1\n  name up\n  direction 1 0 0\n  length 2\n  axis 0 0 0 XYZ\n  dof rx ry rz\n"
    "  limits (-1 1)\n         (-1 1)\n         (-1 1)\n  end\n"
    ":hierarchy\n  begin\n  root up\n  up low\n  end\n";
const std::string kAmc =
    "#!OML:ASF C:\\data\\t.asf\n# fps 60\n:FULLY-SPECIFIED\n:DEGREES\n"
    "1\nroot 1 2 3 0 0 0\nup 0 0 0\nlow 0\n"
    "2\nroot 1 2 3 0 90 0\nup 0 0 90\nlow 90\n";

TEST(AsfAmc, PlacesBonesAsTheFormatSays) {
  const Result<AsfSkeleton> asf = readAsf(kAsf, "t.asf", 1.0);
  ASSERT_TRUE(asf.ok()) << asf.error().message;
  EXPECT_EQ(asf->skeleton->jointNames, (std::vector<std::string>{"root", "up", "low"}));
  EXPECT_EQ(asf->skeleton->parents, (std::vector<int>{-1, 0, 1}));
  EXPECT_EQ(asfNameInAmc(kAmc), "t.asf");
  const Result<Motion> motion = readAmc(kAmc, "t.amc", *asf, 1.0);
  ASSERT_TRUE(motion.ok()) << motion.error().message;
  EXPECT_EQ(motion->rate, (FrameRate{60, 1}));
  ASSERT_EQ(motion->frameCount(), 2);
  const WorldPose first = forwardKinematics(*motion->skeleton, motion->pose(0));
  EXPECT_LT(glm::length(first.positions[2] - glm::vec3(3, 2, 3)), 1e-6f);
  const WorldPose second = forwardKinematics(*motion->skeleton, motion->pose(1));
  // Root turned 90° about Y, then the bone 90° about Z: +X goes to +Y.
  EXPECT_LT(glm::length(second.positions[2] - glm::vec3(1, 4, 3)), 1e-5f);
  // low: C·M·Cᵀ turns about X slanted by 20° about Z.
  const glm::vec3 axis(std::cos(glm::radians(20.0f)), std::sin(glm::radians(20.0f)), 0);
  EXPECT_LT(glm::length(motion->rotation(1, 2) * axis - axis), 1e-5f);
  EXPECT_NEAR(2 * std::acos(motion->rotation(1, 2).w), glm::radians(90.0f), 1e-5f);
}

TEST(AsfAmc, LengthsAreInchesOverTheFilesUnit) {
  const Result<AsfSkeleton> asf = readAsf(kAsf, "t.asf");
  ASSERT_TRUE(asf.ok());
  EXPECT_NEAR(asf->skeleton->offsets[2].x, 2 * 0.0254 / 0.45, 1e-6);
}

TEST(AsfAmc, BadFilesSayWhatAndWhere) {
  const Result<AsfSkeleton> asf = readAsf(kAsf, "t.asf", 1.0);
  ASSERT_TRUE(asf.ok());
  const std::pair<const char*, const char*> cases[] = {
      {"1\nroot 1 2 3 0 0 0\nup 0 0 0\nlow 0 7\n", "more values"},
      {"1\nroot 1 2 3 0 0 0\nup 0 0\nlow 0\n", "missing"},
      {"1\nroot 1 2 3 0 0 0\nup 0 0 0\n", "ends inside frame 1"},
      {"1\nroot 1 2 3 0 0 0\nup 0 0 0\n2\nroot 1 2 3 0 0 0\nup 0 0 0\nlow 0\n", "lacks"},
      {"1\nroot 1 2 3 0 0 0\nup 0 nan 0\nlow 0\n", "usable"},
      {"1\nroot 1 2 3 0 0 0\nup 0 0 0\ntail 0\n", "tail"},
      {"root 1 2 3 0 0 0\n", "before the first"},
      {"", "no frames"},
  };
  for (const auto& [text, words] : cases) {
    const Result<Motion> motion = readAmc(text, "t.amc", *asf, 1.0);
    ASSERT_FALSE(motion.ok()) << text;
    EXPECT_THAT(motion.error().message, HasSubstr("t.amc"));
    EXPECT_THAT(motion.error().message, HasSubstr(words));
  }
  for (const char* text : {"", "HIERARCHY", ":bonedata\nbegin\nname a\nend\n",
                           ":bonedata\nbegin\nname a\ndof rq\nend\n:hierarchy\nroot a\n", ":bonedata\nbegin\nname a\n"}) {
    EXPECT_FALSE(readAsf(text, "t.asf").ok()) << text;
  }
  // A ring in the hierarchy.
  std::string ring = kAsf;
  ring.replace(ring.find("root up"), 7, "low up");
  EXPECT_FALSE(readAsf(ring, "t.asf").ok());
}

TEST(AsfAmc, DamageNeverGivesWrongNumbers) {
  CounterRandom random(3);
  const Result<AsfSkeleton> good = readAsf(kAsf, "t.asf", 1.0);
  for (int round = 0; round < 2000; ++round) {
    std::string asfText = kAsf;
    std::string amcText = kAmc;
    for (int k = 0; k < 3; ++k) {
      asfText[random.below(asfText.size())] = char(random.below(256));
      amcText[random.below(amcText.size())] = char(random.below(256));
    }
    const Result<AsfSkeleton> asf = readAsf(asfText.substr(0, random.below(asfText.size() + 1)), "t.asf", 1.0);
    const Result<Motion> motion = readAmc(amcText.substr(0, random.below(amcText.size() + 1)), "t.amc", *good, 1.0);
    if (motion) {
      for (const glm::quat& q : motion->localRotations) ASSERT_NEAR(glm::length(q), 1, 1e-4);
    }
    if (asf) {
      ASSERT_EQ(asf->skeleton->parents.size(), asf->axes.size());
    }
  }
}

}  // namespace
}  // namespace kinescore
