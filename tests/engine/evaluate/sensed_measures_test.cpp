#include "engine/evaluate/sensed_measures.h"

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

Motion turnedAndMoved(Motion motion) {
  const glm::quat turn = glm::angleAxis(1.1f, glm::vec3(0, 1, 0));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f] = turn * motion.rootPositions[f] + glm::vec3(2, 0, -1);
    motion.rotation(f, kHips) = turn * motion.rotation(f, kHips);
  }
  return motion;
}

TEST(SensedMeasuresTest, PlaceAndFacingDoNotCountButThePoseDoes) {
  const Motion walk = smallWalk(40, 3);
  EXPECT_LT(alignedViewDistance(turnedAndMoved(walk), walk), 1e-4);
  Motion bent = walk;
  for (std::int64_t f = 0; f < 40; ++f) bent.rotation(f, kLeftArm) = glm::angleAxis(1.2f, glm::vec3(0, 0, 1));
  EXPECT_GT(alignedViewDistance(bent, walk), 0.02);
}

TEST(SensedMeasuresTest, AgreementIsOneOnTheBeatAndNothingBesideIt) {
  Beat beat;
  beat.period = 15;
  beat.first = 4;
  std::vector<Accent> on, off;
  for (int i = 0; i < 6; ++i) {
    on.push_back({4.0 + 15 * i, 1});
    off.push_back({11.5 + 15 * i, 1});
  }
  EXPECT_EQ(beatAgreement(on, beat, 90), 1);
  EXPECT_EQ(beatAgreement(off, beat, 90), 0);
  EXPECT_EQ(beatAgreement({}, beat, 90), 0);
  // every second beat: all accents are right, half of the beats are missed
  const std::vector<Accent> half = {{4, 1}, {34, 1}, {64, 1}};
  EXPECT_NEAR(beatAgreement(half, beat, 90), 2 * 1 * 0.5 / 1.5, 1e-9);
}

TEST(SensedMeasuresTest, AMotionThatMarksTheBeatGainsByIt) {
  Motion steps;
  for (int f = 0; f < 120; ++f) steps.appendPose(restPose(*steps.skeleton));
  steps.contacts.assign(480, 0);
  for (int f = 0; f < 120; ++f) {  // a left step at 0, 30 …, a right one at 15, 45 …
    steps.contacts[f * 4] = f % 30 < 18;
    steps.contacts[f * 4 + 2] = (f + 15) % 30 < 18;
  }
  Beat on, off;
  on.period = off.period = 15;
  on.first = 0;
  off.first = 7.5;
  EXPECT_GT(beatGain(steps, on, 20, 1), 1.8);
  EXPECT_LT(beatGain(steps, off, 20, 1), 0.3);
}

}  // namespace
}  // namespace kinescore
