#include "engine/train/gem/gem_losses.h"

#include <gtest/gtest.h>

#include <ATen/ATen.h>

#include "engine/motion/kinematics.h"
#include "engine/network/gem/schedule.h"
#include "engine/train/gem/gem_batch.h"
#include "engine/train/made_up_camera.h"
#include "tests/engine/network/small_model.h"

namespace kinescore::gem {
namespace {

constexpr int kFrames = 24;

std::vector<float> walk(int frames = kFrames) { return featuresFromMotion(smallWalk(frames, 5)).values; }

Example example(ExampleKind kind, int frames = kFrames, int padding = 0) {
  CounterRandom random(3, std::uint64_t(frames));
  return seenExample(walk(frames), kind, frames + padding, {.moves = true, .exact = true}, random);
}

class GemLossesTest : public testing::Test {
 protected:
  static TrainTargets targetsOf(const std::vector<Example>& examples) { return gatherTargets(examples); }
  /// A prediction without a fault.
  static Prediction truth(const TrainTargets& targets) {
    Prediction p;
    p.motion = targets.motion.clone();
    p.camera = targets.camera.clone();
    p.contacts = (targets.contacts * 2 - 1) * 30;
    return p;
  }
  TrainLosses losses(const Prediction& p, const TrainTargets& t) const { return trainLosses(kinematics_, p, t); }
  /// The names of the terms that are more than next to nothing.
  std::vector<std::string> blamed(const Prediction& p, const TrainTargets& t) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : losses(p, t).named()) {
      if (value > 1e-7) names.push_back(name);
    }
    return names;
  }
  const BodyKinematics kinematics_{publishedStatistics()};
};
using Names = std::vector<std::string>;

TEST_F(GemLossesTest, TheBodyIsTheMotionsOwnSeenFromItsCamera) {
  const std::vector<float> values = walk();
  CounterRandom random(3, kFrames), same(3, kFrames);
  const Example made = seenExample(values, ExampleKind::Captured, kFrames, {.moves = true, .exact = true}, random);
  const CameraWay way = drawCameraWay(values, same);
  const TrainTargets targets = gatherTargets({made});
  const BatchBody body = kinematics_(targets.motion);
  const Motion motion = motionFromFeatures(values);
  double worst = 0;
  const auto compare = [&](const at::Tensor& points, int f, int k, const glm::vec3& should) {
    for (int axis = 0; axis < 3; ++axis) {
      const double is = points[0][f][k][axis].item<double>() + double(made.pelvis[std::size_t(f)][axis]);
      worst = std::max(worst, std::abs(is - double(should[axis])));
    }
  };
  for (const int f : {0, 7, kFrames - 1}) {
    const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(f));
    const PinholeCamera camera = way.at(float(f) / 30);
    for (int j = 0; j < kBodyJoints; ++j) compare(body.joints, f, j, camera.cameraFrom(world.positions[j]));
    const auto seen = viewPointsOf(world);
    for (int k = 0; k < kKeypoints; ++k) compare(body.keypoints, f, k, camera.cameraFrom(seen[k]));
    for (int k = 0; k < int(surfacePoints().size()); ++k) {
      const BodyPoint& point = surfacePoints()[std::size_t(k)];
      compare(body.surface, f, k,
              camera.cameraFrom(world.positions[point.joint] + world.rotations[point.joint] * point.offset));
    }
  }
  EXPECT_LT(worst, 1e-4);
}

TEST_F(GemLossesTest, TheLengthOfARotationsNumbersIsLeftOutOnceItIsDecoded) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Captured)});
  EXPECT_LT((kinematics_.asDecoded(targets.motion) - targets.motion).abs().max().item<double>(), 1e-5);
  at::Tensor mean = at::empty({kMotionChannels});
  std::copy_n(publishedStatistics().mean.begin(), kMotionChannels, mean.data_ptr<float>());
  at::Tensor doubled = targets.motion.clone();
  doubled.narrow(2, 0, 6).add_(targets.motion.narrow(2, 0, 6) + mean.narrow(0, 0, 6));  // deviation 1
  EXPECT_GT((doubled - targets.motion).abs().max().item<double>(), 0.5);
  EXPECT_LT((kinematics_.asDecoded(doubled) - targets.motion).abs().max().item<double>(), 1e-5);
}

TEST_F(GemLossesTest, TheTruthCostsNothing) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Captured), example(ExampleKind::Told)});
  EXPECT_EQ(blamed(truth(targets), targets), Names{});
  EXPECT_LT(losses(truth(targets), targets).total().item<double>(), 1e-4);
}

TEST_F(GemLossesTest, EachFaultIsBlamedWhereItIs) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Captured)});
  const auto withMotion = [&](int channel, int count, double by) {
    Prediction p = truth(targets);
    p.motion.narrow(2, channel, count).add_(by);
    return p;
  };
  EXPECT_EQ(blamed(withMotion(kStepChannel, 3, 0.01), targets), (Names{"simple", "path"}));
  EXPECT_EQ(blamed(withMotion(kGravityOrientChannel, 6, 0.1), targets), Names{"simple"});
  EXPECT_EQ(blamed(withMotion(kShapeChannel, kShapes, 0.1), targets), Names{"simple"});
  EXPECT_EQ(blamed(withMotion(kCameraOrientChannel + 2, 1, 0.3), targets),
            (Names{"simple", "joints", "joints2d", "surface", "surface2d"}));
  // A wrist turns nothing but the fingertips, which no joint tells of.
  EXPECT_EQ(blamed(withMotion(kBodyPoseChannel + 6 * (kLeftWrist - 1) + 2, 1, 0.5), targets),
            (Names{"simple", "surface", "surface2d"}));
  Prediction moved = truth(targets);
  moved.camera.narrow(2, 1, 1).add_(0.1);
  EXPECT_EQ(blamed(moved, targets), (Names{"camera", "joints2d", "surface2d"}));
  Prediction slipping = truth(targets);
  slipping.contacts.neg_();
  EXPECT_EQ(blamed(slipping, targets), Names{"contacts"});
}

TEST_F(GemLossesTest, FiguresAreThoseOfTheFormulas) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Captured)});
  Prediction p = truth(targets);
  p.motion.add_(0.5);
  EXPECT_NEAR(losses(p, targets).simple.item<double>(), 0.25, 1e-6);
  const TrainLosses all = losses(p, targets);
  EXPECT_NEAR(all.total(3).item<double>() - all.total().item<double>(), 2 * 0.25, 1e-3);
  EXPECT_NEAR(all.total().item<double>(),
              (all.simple + 500 * all.joints + all.camera + 1000 * all.joints2d + 500 * all.surface +
               1000 * all.surface2d + all.path + all.contacts + 1000 * all.seen2d)
                  .item<double>(),
              1e-3);
  // A body that is 10 cm to the right of where it is: all of it moves by f · 0.1 / depth pixels.
  p = truth(targets);
  p.camera.narrow(2, 1, 1).add_(0.1);
  const TrainLosses shifted = losses(p, targets);
  EXPECT_NEAR(shifted.camera.item<double>(), 0.01 / 3, 1e-6);
  const at::Tensor depth = (kinematics_(targets.motion).joints + targets.pelvis.unsqueeze(2)).select(-1, 2);
  const at::Tensor off = 1000 * 0.1 / depth / targets.view.box.narrow(2, 2, 1);
  EXPECT_NEAR(shifted.joints2d.item<double>(), off.square().mean().item<double>() / 2, 1e-6);
  // Steps that are too long by 1 mm along the pelvis' x: frame t is off by t mm along the way the pelvis faced.
  p = truth(targets);
  p.motion.narrow(2, kStepChannel, 1).add_(0.001);
  double sum = 0;
  at::Tensor at = at::zeros({3});
  for (int t = 0; t < kFrames; ++t) {
    sum += at.abs().sum().item<double>();
    at = at + 0.001 * targets.turn[0][t].select(1, 0);
  }
  EXPECT_NEAR(losses(p, targets).path.item<double>(), sum / (3 * kFrames), 1e-6);
}

TEST_F(GemLossesTest, PaddingIsNobodysFault) {
  const TrainTargets padded = targetsOf({example(ExampleKind::Captured, kFrames, 8)});
  ASSERT_EQ(padded.motion.size(1), kFrames + 8);
  Prediction p = truth(padded);
  for (const at::Tensor& all : {p.motion, p.camera, p.contacts}) all.narrow(1, kFrames, 8).fill_(7);
  EXPECT_EQ(blamed(p, padded), Names{});
  p.motion.requires_grad_(true);
  losses(p, padded).total().backward();
  EXPECT_TRUE(at::isfinite(p.motion.grad()).all().item<bool>());
  EXPECT_EQ(p.motion.grad().narrow(1, kFrames, 8).abs().max().item<double>(), 0);
}

TEST_F(GemLossesTest, AFlatSampleIsJudgedByItsPointsAlone) {
  const Example known = example(ExampleKind::Captured), flat = example(ExampleKind::Flat);
  const TrainTargets targets = targetsOf({flat}), withTruth = targetsOf({known});
  // nothing of the truth is in it
  EXPECT_EQ(targets.motion.abs().max().item<double>(), 0);
  EXPECT_EQ(targets.path.abs().max().item<double>(), 0);
  const Prediction right = truth(withTruth);
  EXPECT_EQ(blamed(right, targets), Names{});
  Prediction wrong = right;
  wrong.camera = right.camera.clone();
  wrong.camera.narrow(2, 2, 1).add_(0.2);
  wrong.contacts = -right.contacts;
  wrong.motion = right.motion.clone();
  wrong.motion.narrow(2, kStepChannel, 3).add_(1);
  EXPECT_EQ(blamed(wrong, targets), Names{"seen2d"});
  // whatever the truth would have been
  TrainTargets other = targets;
  other.motion = at::full_like(targets.motion, 3);
  other.camera = at::ones_like(targets.camera);
  other.contacts = at::ones_like(targets.contacts);
  EXPECT_EQ(losses(wrong, other).total().item<double>(), losses(wrong, targets).total().item<double>());
  // a point that the detector did not find is not blamed
  TrainTargets blind = targets;
  blind.seenMask = at::zeros_like(targets.seenMask);
  EXPECT_EQ(blamed(wrong, blind), Names{});
}

TEST_F(GemLossesTest, PointsAlonePullTheBodyToWhereItWasSeen) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Flat)});
  const TrainTargets known = targetsOf({example(ExampleKind::Captured)});
  Prediction p = truth(known);
  p.camera = (p.camera + at::tensor({0.0, 0.1, -0.1})).detach().requires_grad_(true);
  p.motion.narrow(2, kBodyPoseChannel, kShapeChannel).add_(0.02);
  p.motion.requires_grad_(true);
  const double before = losses(p, targets).seen2d.item<double>();
  for (int i = 0; i < 100; ++i) {
    losses(p, targets).total().backward();
    at::NoGradGuard none;
    for (const at::Tensor& leaf : {p.camera, p.motion}) {
      leaf.sub_(leaf.grad() * 0.03);
      leaf.mutable_grad().zero_();
    }
  }
  EXPECT_LT(losses(p, targets).seen2d.item<double>(), 0.05 * before);
}

TEST_F(GemLossesTest, TheDiffusionPassOfAFlatSampleStartsFromItsEstimate) {
  const TrainTargets targets = targetsOf({example(ExampleKind::Captured), example(ExampleKind::Flat)});
  at::Tensor regressed = at::full_like(targets.motion, 0.25).requires_grad_(true);
  const at::Tensor clean = cleanMotion(targets, regressed * 2);
  EXPECT_FALSE(clean.requires_grad());
  EXPECT_TRUE(at::equal(clean[0], targets.motion[0]));
  EXPECT_TRUE(at::equal(clean[1], at::full_like(clean[1], 0.5)));
  const at::Tensor noise = at::ones_like(clean);
  const at::Tensor steps = at::tensor(std::vector<std::int64_t>{0, 999});
  const at::Tensor noisy = noisedMotion(clean, noise, steps);
  // ᾱ₀ and ᾱ₉₉₉ of the published schedule
  const double first = 0.999958716;
  EXPECT_LT((noisy[0] - (clean[0] * std::sqrt(first) + std::sqrt(1 - first))).abs().max().item<double>(), 1e-6);
  EXPECT_LT((noisy[1] - 1).abs().max().item<double>(), 1e-4);
  // padding does not enter
  const TrainTargets padded = targetsOf({example(ExampleKind::Flat, kFrames, 8)});
  const at::Tensor cut = cleanMotion(padded, at::ones_like(padded.motion));
  EXPECT_EQ(cut.narrow(1, kFrames, 8).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace kinescore::gem
