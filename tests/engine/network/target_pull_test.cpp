#include "engine/network/target_pull.h"

#include <gtest/gtest.h>

#include "tests/engine/network/small_model.h"

namespace kinescore {
namespace {

constexpr int kFrames = 16, kPatches = kFrames / kPatchFrames;
constexpr double kLevel = -3;

class TargetPullTest : public testing::Test {
 protected:
  static const ModelParts& parts() {
    static const ModelParts made = smallModel();
    return made;
  }

  TargetPullTest()
      : spectrum_(poseSpectrum(parts().prior, kPatches)),
        clean_(cleanWindow(parts(), kFrames, 7)),
        level_(at::full({1}, kLevel)),
        evidence_(rootEvidence(at::zeros({1, kFrames, kRootChannels}), level_,
                               at::zeros({1, kFrames, kRootChannels}), at::zeros({1, kFrames, kRootChannels}),
                               at::ones({1, kFrames, 1}))) {
    seen_.root = clean_.narrow(2, 0, kRootChannels);
    seen_.pose = clean_.narrow(2, kRootChannels, kPoseChannels);
    asked_.positions = at::zeros({1, kFrames, kJointCount22, 3});
    asked_.positionMask = at::zeros({1, kFrames, kJointCount22});
    asked_.rotations = at::zeros({1, kFrames, kJointCount22, 6});
    asked_.rotationMask = at::zeros({1, kFrames, kJointCount22});
    asked_.knownMask = at::zeros({1, kFrames, 1});
  }

  at::Tensor jointsOf(const at::Tensor& window) const {
    const at::Tensor flat = window.contiguous();
    std::vector<float> values(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
    parts().statistics.denormalise(values);
    at::Tensor joints = at::empty({kFrames, kJointCount22, 3});
    const std::vector<glm::vec3> positions = jointsOfFeatures(values);
    for (std::size_t i = 0; i < positions.size(); ++i) {
      for (int a = 0; a < 3; ++a) joints.data_ptr<float>()[i * 3 + a] = positions[i][a];
    }
    return joints;
  }
  // A joint at a frame, moved from where it is seen.
  void ask(int frame, int joint, const std::vector<float>& move, double strength = 1) {
    asked_.positions[0][frame][joint].copy_(jointsOf(clean_)[frame][joint] + at::tensor(at::ArrayRef<float>(move)));
    asked_.positionMask[0][frame][joint].fill_(strength);
  }
  TargetPull pull() const {
    return pullToTargets(parts().prior, spectrum_, level_, evidence_, jointTargets(asked_), seen_);
  }
  at::Tensor pulled(const TargetPull& by) const {
    const at::Tensor pose = at::matmul(by.directions, parts().prior.directions.t()).view({1, kFrames, kPoseChannels});
    at::Tensor window = clean_.clone();
    window.narrow(2, 0, 3).add_(by.place);
    window.narrow(2, kRootChannels, kPoseChannels).add_(pose);
    return window;
  }

  PoseSpectrum spectrum_;
  at::Tensor clean_, level_;
  RootEvidence evidence_;
  SeenMotion seen_;
  AskedOfJoints asked_;
};

TEST_F(TargetPullTest, NothingAskedIsNoWindow) {
  EXPECT_EQ(jointTargets(asked_).windows.size(0), 0);
  asked_.knownMask.narrow(1, 0, 4).fill_(1);
  EXPECT_EQ(jointTargets(asked_).windows.size(0), 0) << "frames that are known ask for nothing";
}

// Hands of these walks swing forward and back.
TEST_F(TargetPullTest, AHandReachesAndItsNeighboursComeAlong) {
  ask(4, kRightHand, {0.0f, 0.0f, 0.15f});
  const at::Tensor before = jointsOf(clean_), after = jointsOf(pulled(pull()));
  const auto gap = [&](int frame, int joint) {
    return (after[frame][joint] - asked_.positions[0][frame][joint]).norm().item<double>();
  };
  EXPECT_LT(gap(4, kRightHand), 0.08) << "of 0.15 m";
  EXPECT_GT((after[5][kRightHand] - before[5][kRightHand]).norm().item<double>(), 0.05);
}

TEST_F(TargetPullTest, TheFigureGoesWhereAPoseStands) {
  for (int j = 0; j < kJointCount22; ++j) ask(8, j, {0.6f, 0.0f, -0.3f});
  const TargetPull by = pull();
  EXPECT_NEAR(by.place[0][8][0].item<double>() * parts().prior.rootScale[0].item<double>(), 0.6, 0.2);
  EXPECT_NEAR(by.place[0][8][2].item<double>() * parts().prior.rootScale[2].item<double>(), -0.3, 0.1);
  EXPECT_EQ(by.place.select(2, 1).abs().max().item<double>(), 0) << "heights are the pose's";
  const at::Tensor moved = jointsOf(pulled(by))[8] - asked_.positions[0][8];
  EXPECT_LT(moved.norm(2, -1).mean().item<double>(), 0.1) << "of 0.67 m";
}

TEST_F(TargetPullTest, LessStrengthIsLessPull) {
  const auto reachedAt = [&](double strength) {
    ask(4, kRightHand, {0.0f, 0.0f, 0.15f}, strength);
    return (jointsOf(pulled(pull()))[4][kRightHand] - jointsOf(clean_)[4][kRightHand]).norm().item<double>();
  };
  const double full = reachedAt(1), half = reachedAt(0.5), little = reachedAt(0.05);
  EXPECT_GT(full, 1.1 * half);
  EXPECT_GT(half, 1.1 * little);
}

// The linear look is nearly sure of quiet noise, what the network says is not: at full strength it is met all the same.
TEST_F(TargetPullTest, WhatIsAskedInFullIsMetInQuietNoiseToo) {
  const auto leftAt = [&](double level, double strength) {
    ask(4, kRightHand, {0.0f, 0.0f, 0.15f}, strength);
    level_ = at::full({1}, level);
    const at::Tensor reached = jointsOf(pulled(pull()))[4][kRightHand];
    return (reached - asked_.positions[0][4][kRightHand]).norm().item<double>();
  };
  EXPECT_NEAR(leftAt(3, 1), leftAt(kLevel, 1), 1e-6);
  EXPECT_GT(leftAt(3, 0.8), 1.5 * leftAt(3, 1)) << "less than that is a wish";
}

// The places that a pose says may be the right ones while its bones, which are performed, point elsewhere.
TEST_F(TargetPullTest, WhatTheNetworkSaysIsMeasuredByItsBones) {
  seen_.pose = seen_.pose.clone();
  seen_.pose[0][4][3 * kRightHand + 1] += 0.2 / parts().prior.poseScale[3 * kRightHand + 1].item<double>();
  at::Tensor said = clean_.clone();
  said.narrow(2, kRootChannels, kPoseChannels).copy_(seen_.pose);
  asked_.positions[0][4][kRightHand].copy_(jointsOf(said)[4][kRightHand]);
  asked_.positionMask[0][4][kRightHand].fill_(1);
  EXPECT_LT(pull().directions.abs().max().item<double>(), 1e-3) << "it says that it is there";
  seen_.isSaid = true;
  EXPECT_GT(pull().directions.abs().max().item<double>(), 0.1) << "its bones are not";
}

TEST_F(TargetPullTest, KnownFramesStay) {
  ask(6, kRightHand, {0.0f, 0.0f, 0.3f});
  const at::Tensor before = jointsOf(clean_);
  const at::Tensor free = jointsOf(pulled(pull()));
  asked_.knownMask.narrow(1, 0, 4).fill_(1);
  const at::Tensor held = jointsOf(pulled(pull()));
  const auto moved = [&](const at::Tensor& joints) {
    return (joints - before).narrow(0, 0, 4).norm(2, -1).max().item<double>();
  };
  EXPECT_GT(moved(free), 0.03);
  EXPECT_LT(moved(held), 0.5 * moved(free));
}

TEST_F(TargetPullTest, ADraftMovesThePoseAndNotTheFigure) {
  asked_.draft = cleanWindow(parts(), kFrames, 20).narrow(2, kRootChannels, kTargetChannels);
  asked_.draftMask = at::ones({1, kFrames, 1});
  const TargetPull by = pull();
  EXPECT_EQ(by.place.abs().max().item<double>(), 0);
  const auto gap = [&](const at::Tensor& window) {
    return (window.narrow(2, kRootChannels, kTargetChannels) - asked_.draft).square().mean().item<double>();
  };
  EXPECT_LT(gap(pulled(by)), 0.3 * gap(clean_));
}

// The same correction from dense matrices in double precision: C Hᵀ (H C Hᵀ + R)⁻¹ of what is missing.
TEST_F(TargetPullTest, IsTheBestCorrectionThereIs) {
  for (int j = 0; j < kJointCount22; ++j) ask(3, j, {0.05f, 0.1f, -0.05f});  // a whole pose and a lone hand
  ask(10, kRightHand, {-0.1f, 0.0f, 0.1f});
  const MotionPrior& prior = parts().prior;
  const at::TensorOptions f64 = at::TensorOptions(at::kDouble);
  // covariances of the errors: of every direction over the patches, of the root over the frames
  const double signal = 1 / (1 + std::exp(-kLevel)), noise = 1 - signal;
  const at::Tensor power = spectrum_.power.to(at::kDouble), transform = spectrum_.transform.to(at::kDouble);
  const at::Tensor error = power * noise / (power * signal + noise);  // [N][directions]
  const at::Tensor directions = prior.directions.to(at::kDouble);
  // rows: what is asked; columns: changes of the pose's directions patch by patch, then of x, then of z
  const std::int64_t D = kPosePatch, columns = kPatches * D + 2 * kFrames;
  at::Tensor covariance = at::zeros({columns, columns}, f64);
  for (std::int64_t d = 0; d < D; ++d) {
    const at::Tensor block = at::matmul(transform.t(), error.select(1, d).unsqueeze(1) * transform);
    const at::Tensor places = at::arange(kPatches) * D + d;
    covariance.index_put_({places.unsqueeze(1), places.unsqueeze(0)}, block);
  }
  for (int axis = 0; axis < 2; ++axis) {
    const at::Tensor modes = prior.rootModes[2 * axis].narrow(0, 0, kFrames).to(at::kDouble);
    const at::Tensor precision = evidence_.precision[0][2 * axis];  // [T][1]
    const at::Tensor spread = at::linalg_inv(at::eye(kRootModes, f64) + at::matmul(modes.t(), modes * precision));
    covariance.narrow(0, kPatches * D + axis * kFrames, kFrames)
        .narrow(1, kPatches * D + axis * kFrames, kFrames)
        .copy_(at::matmul(modes, at::matmul(spread, modes.t())));
  }
  std::vector<at::Tensor> rows;
  std::vector<double> missing;
  const at::Tensor now = jointsOf(clean_);
  for (int f = 0; f < kFrames; ++f) {
    const double hc = clean_[0][f][3].item<double>() * prior.rootScale[3].item<double>() + prior.rootCentre[3].item<double>();
    const double hs = clean_[0][f][4].item<double>() * prior.rootScale[4].item<double>() + prior.rootCentre[4].item<double>();
    const double length = std::hypot(hc, hs), c = hc / length, s = hs / length;
    for (int j = 0; j < kJointCount22; ++j) {
      if (asked_.positionMask[0][f][j].item<double>() == 0) continue;
      const at::Tensor gap = (asked_.positions[0][f][j] - now[f][j]).to(at::kDouble);
      const double x = gap[0].item<double>(), z = gap[2].item<double>();
      const double turned[] = {c * x - s * z, gap[1].item<double>(), s * x + c * z};
      for (int a = 0; a < 3; ++a) {
        at::Tensor row = at::zeros({columns}, f64);
        const std::int64_t channel = (f % kPatchFrames) * kPoseChannels + 3 * j + a;
        row.narrow(0, f / kPatchFrames * D, D)
            .copy_(directions[channel] * prior.poseScale[3 * j + a].item<double>());
        const double rootX[] = {c, 0, s}, rootZ[] = {-s, 0, c};
        row[kPatches * D + f].fill_(rootX[a] * prior.rootScale[0].item<double>());
        row[kPatches * D + kFrames + f].fill_(rootZ[a] * prior.rootScale[2].item<double>());
        rows.push_back(row);
        missing.push_back(turned[a]);
      }
    }
  }
  const at::Tensor H = at::stack(rows), gap = at::tensor(at::ArrayRef<double>(missing));
  const at::Tensor seen = at::matmul(H, at::matmul(covariance, H.t()));
  constexpr double kAllowed = 0.03;  // metres, at full strength
  const at::Tensor force = at::linalg_solve(seen + at::eye(seen.size(0), f64) * kAllowed * kAllowed, gap.unsqueeze(1));
  const at::Tensor best = at::matmul(covariance, at::matmul(H.t(), force)).squeeze(1);

  const TargetPull by = pull();
  const at::Tensor pose = by.directions.view({-1}).to(at::kDouble), bestPose = best.narrow(0, 0, kPatches * D);
  EXPECT_LT((pose - bestPose).norm().item<double>(), 0.03 * bestPose.norm().item<double>());
  for (int axis = 0; axis < 2; ++axis) {
    const at::Tensor path = by.place[0].select(1, 2 * axis).to(at::kDouble);
    const at::Tensor bestPath = best.narrow(0, kPatches * D + axis * kFrames, kFrames);
    EXPECT_LT((path - bestPath).abs().max().item<double>(), 0.01) << axis;
  }
}

}  // namespace
}  // namespace kinescore
