#include "engine/generation/report.h"

#include <gtest/gtest.h>

#include <glm/geometric.hpp>

#include "engine/generation/fulfilment.h"
#include "engine/motion/kinematics.h"
#include "engine/request/report_text.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

/// Stands with its arms straight to the sides; the right elbow bent by so much.
Motion standing(float elbow = 0) {
  Motion motion;
  Pose pose = restPose(*motion.skeleton);
  pose.localRotations[kRightForeArm] = glm::angleAxis(elbow, glm::vec3(0, 1, 0));
  for (int f = 0; f < 300; ++f) motion.appendPose(pose);
  return motion;
}
glm::vec3 rightHandOf(const Motion& motion) { return forwardKinematics(*motion.skeleton, motion.pose(214)).positions[kRightHand]; }

GenerationRequest reaching(glm::vec3 place, int joint = kRightHand) {
  GenerationRequest request = walkRequest();
  request.targets.push_back({ticksOfFrame(214, kEngineRate), joint, place});
  return request;
}
std::vector<std::string> told(const GenerationRequest& request, const Motion& motion) {
  std::vector<std::string> sentences;
  for (const ReportLine& line : measuredLines(request, motion)) {
    sentences.push_back(std::string(line.isNote ? "! " : "") + withPlaces(line.sentence, [](TimeRange t) {
      return "frame " + std::to_string(nearestFrame(t.start, kEngineRate));
    }) + " | " + line.detail);
  }
  return sentences;
}
using Sentences = std::vector<std::string>;

TEST(ReportTest, ATargetBeyondAStretchedArmCannotBeReached) {
  const Motion motion = standing();
  const glm::vec3 beyond = rightHandOf(motion) + glm::vec3(-0.12f, 0, 0);  // the right is -x
  EXPECT_EQ(told(reaching(beyond), motion),
            (Sentences{"! The right hand cannot reach its target at frame 214: it is 12.0 cm too far | Tolerance is 1.0 cm."}));
  EXPECT_NEAR(*beyondReach(motion, reaching(beyond).targets[0]), 0.12, 1e-5);
}

TEST(ReportTest, ALimbThatCouldReachFartherWasOnlyOff) {
  const Motion bent = standing(0.8f);
  const glm::vec3 off = rightHandOf(bent) + glm::vec3(-0.12f, 0, 0);
  EXPECT_EQ(told(reaching(off), bent), (Sentences{"! Right hand 12.0 cm off its target at frame 214 | Tolerance is 1.0 cm."}));
  const Motion straight = standing();
  const glm::vec3 towardsTheBody = rightHandOf(straight) + glm::vec3(0.12f, 0, 0);
  EXPECT_FALSE(beyondReach(straight, reaching(towardsTheBody).targets[0]));
  EXPECT_FALSE(beyondReach(straight, reaching(rightHandOf(straight) + glm::vec3(-0.12f, 0, 0), kHead).targets[0]));
}

TEST(ReportTest, AWishThatIsWeakOrMetIsToldAsBefore) {
  const Motion motion = standing();
  EXPECT_EQ(told(reaching(rightHandOf(motion)), motion), (Sentences{"Right hand reached its target at frame 214 | It is 0.0 cm off."}));
  GenerationRequest weak = reaching(rightHandOf(motion) + glm::vec3(-0.12f, 0, 0));
  weak.targets[0].strength = 0.5f;
  EXPECT_EQ(told(weak, motion), (Sentences{"Right hand went towards its target at frame 214 | It is 12.0 cm off."}));
}

TEST(ReportTest, AFootReachesAsFarAsItsLeg) {
  const Motion motion = standing();
  const glm::vec3 ankle = forwardKinematics(*motion.skeleton, motion.pose(214)).positions[kLeftFoot];
  EXPECT_EQ(told(reaching(ankle - glm::vec3(0, 0.05f, 0), kLeftFoot), motion)[0].rfind("! The left ankle cannot reach its target", 0), 0u);
}

TEST(ReportTest, APromptThatIsNowhereStrongBarelyShows) {
  GenerationRequest request;
  const auto prompt = [&](double from, double to, const char* words, std::vector<EnvelopePoint> strength) {
    request.texts.push_back({{ticksFromSeconds(from), ticksFromSeconds(to)}, words, BodyPart::Whole, {std::move(strength)}});
  };
  prompt(0, 2, "walk", {});
  prompt(2, 4, "wave", {{{0}, 0.2f}});
  prompt(4, 6, "nod", {{{0}, 0}, {ticksFromSeconds(1), 0.25f}, {ticksFromSeconds(2), 0}});
  prompt(6, 8, "turn", {{{0}, 0}, {ticksFromSeconds(1), 1}});
  prompt(8, 10, "stop", {{{0}, 0}, {ticksFromSeconds(4), 1}});  // half as strong where it ends
  prompt(8, 10, "bow", {{{0}, 0}});
  const Motion motion = standing();
  EXPECT_EQ(told(request, motion), (Sentences{"! “wave” barely shows | Strength is 0.2 there.", "! “nod” barely shows | Strength is at most 0.25 there.",
                                              "! “bow” does not show | Strength is 0 there."}));
  EXPECT_EQ(measuredLines(request, motion)[0].engineFrame, 60);
}

}  // namespace
}  // namespace kinescore
