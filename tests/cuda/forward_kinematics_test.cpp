#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "cuda/kernel_library.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

/// Many poses of a skeleton and room for where they end up.
struct Batch {
  std::vector<std::int32_t> parents;
  std::vector<float> offsets, roots, locals, positions, rotations;
  std::int64_t frames = 0;

  Batch(const Skeleton& skeleton, const std::vector<Pose>& poses) : frames(std::int64_t(poses.size())) {
    parents.assign(skeleton.parents.begin(), skeleton.parents.end());
    for (const glm::vec3& o : skeleton.offsets) offsets.insert(offsets.end(), {o.x, o.y, o.z});
    for (const Pose& pose : poses) {
      roots.insert(roots.end(), {pose.rootPosition.x, pose.rootPosition.y, pose.rootPosition.z});
      for (const glm::quat& q : pose.localRotations) locals.insert(locals.end(), {q.w, q.x, q.y, q.z});
    }
    positions.assign(poses.size() * parents.size() * 3, -1.0f);
    rotations.assign(poses.size() * parents.size() * 4, -1.0f);
  }

  KinescoreForwardKinematics call() {
    return {frames,       std::int32_t(parents.size()), parents.data(), offsets.data(),
            roots.data(), locals.data(),                positions.data(), rotations.data()};
  }
};

std::vector<Pose> randomPoses(int count) {
  std::mt19937 random(20);
  std::normal_distribution<float> normal;
  std::vector<Pose> poses;
  for (int p = 0; p < count; ++p) {
    Pose pose = restPose(*kinescore22());
    pose.rootPosition = {normal(random), 1.0f + 0.1f * normal(random), normal(random)};
    for (glm::quat& q : pose.localRotations) {
      q = glm::normalize(glm::quat(normal(random), normal(random), normal(random), normal(random)));
    }
    poses.push_back(pose);
  }
  return poses;
}

void expectSameAsEngine(const KinescoreKernels& kernels, float tolerance) {
  const auto skeleton = kinescore22();
  const std::vector<Pose> poses = randomPoses(301);  // not a multiple of a block
  Batch batch(*skeleton, poses);
  const KinescoreForwardKinematics call = batch.call();
  ASSERT_EQ(kernels.forwardKinematics(&call), 0) << kernels.lastError();
  for (std::size_t f = 0; f < poses.size(); ++f) {
    const WorldPose world = forwardKinematics(*skeleton, poses[f]);
    for (std::size_t j = 0; j < world.positions.size(); ++j) {
      const std::size_t cell = f * world.positions.size() + j;
      for (int c = 0; c < 3; ++c) {
        ASSERT_NEAR(batch.positions[3 * cell + std::size_t(c)], world.positions[j][c], tolerance) << "frame " << f << " joint " << j;
      }
      const glm::quat& q = world.rotations[j];
      ASSERT_NEAR(batch.rotations[4 * cell], q.w, tolerance);
      ASSERT_NEAR(batch.rotations[4 * cell + 1], q.x, tolerance);
      ASSERT_NEAR(batch.rotations[4 * cell + 2], q.y, tolerance);
      ASSERT_NEAR(batch.rotations[4 * cell + 3], q.z, tolerance);
    }
  }
}

TEST(ForwardKinematicsKernel, ProcessorAgreesWithTheEngine) { expectSameAsEngine(*kinescoreCpuKernels(), 2e-6f); }

TEST(ForwardKinematicsKernel, WorksWithoutAskingForRotations) {
  const auto skeleton = kinescore22();
  Batch batch(*skeleton, randomPoses(5));
  KinescoreForwardKinematics call = batch.call();
  ASSERT_EQ(kinescoreCpuKernels()->forwardKinematics(&call), 0);
  const std::vector<float> expected = batch.positions;
  batch.positions.assign(batch.positions.size(), -1.0f);
  call.worldRotations = nullptr;
  ASSERT_EQ(kinescoreCpuKernels()->forwardKinematics(&call), 0);
  EXPECT_EQ(batch.positions, expected);
}

TEST(ForwardKinematicsKernel, MissingArraysAreRefusedWithASentence) {
  KinescoreForwardKinematics call{};
  EXPECT_NE(kinescoreCpuKernels()->forwardKinematics(&call), 0);
  EXPECT_STRNE(kinescoreCpuKernels()->lastError(), "");
}

TEST(KernelLibrary, WithoutAModuleTheProcessorWorksAndTheReasonIsSaid) {
  const KernelLibrary library = KernelLibrary::load("/nonexistent");
  EXPECT_FALSE(library.isOnCard());
  EXPECT_FALSE(library.reason().empty());
  expectSameAsEngine(library.kernels(), 2e-6f);
}

TEST(KernelLibrary, CardAgreesWithTheEngine) {
  const KernelLibrary library = KernelLibrary::loadBesideProgram();
  if (!library.isOnCard()) GTEST_SKIP() << library.reason();
  expectSameAsEngine(library.kernels(), 1e-5f);
}

}  // namespace
}  // namespace kinescore
