#include "engine/train/gem/gem_body.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "engine/generation/body_view.h"
#include "engine/motion/kinematics.h"
#include "engine/network/gem/performed_motion.h"

namespace kinescore::gem {
namespace {

constexpr double kTiny = 1e-9;

at::Tensor unit(const at::Tensor& v) { return v / v.square().sum(-1, true).clamp_min(1e-12).sqrt(); }

/// Joints in runs whose parents all lie in the runs before: the end of each, from the pelvis on.
constexpr std::array<int, 8> kRunEnds = {1, 4, 7, 10, 15, 18, 20, 22};

/// Products of matrices [3][3][joints][N]: small ones by the thousand, so that the last index is the long one.
at::Tensor product(const at::Tensor& a, const at::Tensor& b) { return (a.unsqueeze(2) * b.unsqueeze(0)).sum(1); }

const WorldPose& restingBody() {
  static const WorldPose rest = forwardKinematics(*kinescore22(), restPose(*kinescore22()));
  return rest;
}

}  // namespace

const std::array<BodyPoint, kKeypoints>& keypointsOfBody() {
  static const std::array<BodyPoint, kKeypoints> points = [] {
    constexpr std::array<int, kKeypoints> kJoints = {
        kHead,        kHead,         kHead,     kHead,      kHead,      kLeftArm,   kRightArm, kLeftForeArm,
        kRightForeArm, kLeftHand,    kRightHand, kLeftUpLeg, kRightUpLeg, kLeftLeg,  kRightLeg, kLeftAnkle,
        kRightAnkle};
    const auto seen = viewPointsOf(restingBody());
    std::array<BodyPoint, kKeypoints> made;
    for (int k = 0; k < kKeypoints; ++k) {
      made[k] = {kJoints[k], seen[k] - restingBody().positions[std::size_t(kJoints[k])]};
    }
    return made;
  }();
  return points;
}

const std::vector<BodyPoint>& surfacePoints() {
  static const std::vector<BodyPoint> points = [] {
    std::vector<BodyPoint> made;
    for (const SolePoint& sole : kSolePoints) made.push_back({sole.joint, sole.offset});
    for (const auto& [joint, tip] : kinescore22()->endSites) made.push_back({joint, tip});
    for (const BodyPoint& point : keypointsOfBody()) {
      if (point.joint == kHead) made.push_back(point);
    }
    return made;
  }();
  return points;
}

at::Tensor rotationsOfSixD(const at::Tensor& rows) {
  const at::Tensor first = unit(rows.narrow(-1, 0, 3)), given = rows.narrow(-1, 3, 3);
  const at::Tensor second = unit(given - (first * given).sum(-1, true) * first);
  return at::stack({first, second, at::linalg_cross(first, second, -1)}, -2);
}

BodyKinematics::Attached BodyKinematics::attachedTo(const std::vector<BodyPoint>& points) {
  std::vector<std::int64_t> joints;
  std::vector<float> offsets;
  for (const BodyPoint& point : points) {
    joints.push_back(point.joint);
    for (int axis = 0; axis < 3; ++axis) offsets.push_back(point.offset[axis]);
  }
  return {at::tensor(at::ArrayRef<std::int64_t>(joints)),
          at::tensor(at::ArrayRef<float>(offsets)).view({-1, 3}).t().contiguous().view({1, 3, -1, 1})};
}

BodyKinematics::BodyKinematics(const MotionStatistics& statistics)
    : mean_(at::tensor(at::ArrayRef<float>(statistics.mean))),
      deviation_(at::tensor(at::ArrayRef<float>(statistics.deviation))),
      ancestors_(at::zeros({kBodyJoints, kBodyJoints})),
      surface_(attachedTo(surfacePoints())),
      keypoints_(attachedTo({keypointsOfBody().begin(), keypointsOfBody().end()})) {
  const JointPositions& rest = kinescoreBody().restJoints;
  std::vector<BodyPoint> bones;
  for (int j = 0; j < kBodyJoints; ++j) {
    const int parent = std::max(kParents[j], 0);
    bones.push_back({parent, j == 0 ? glm::vec3(0) : rest[j] - rest[parent]});
    for (int a = j; a > 0; a = kParents[a]) ancestors_.data_ptr<float>()[j * kBodyJoints + a] = 1;
  }
  bones_ = attachedTo(bones);
}

at::Tensor BodyKinematics::plain(const at::Tensor& normalized, int channel, int count) const {
  return normalized.narrow(-1, channel, count) * deviation_.narrow(0, channel, count) + mean_.narrow(0, channel, count);
}

at::Tensor BodyKinematics::asDecoded(const at::Tensor& normalized) const {
  const auto orthonormal = [&](int channel, int count) {
    const at::Tensor six = plain(normalized, channel, count).unflatten(-1, {count / 6, 6});
    const at::Tensor rows = rotationsOfSixD(six).narrow(-2, 0, 2).flatten(-3);
    return (rows - mean_.narrow(0, channel, count)) / deviation_.narrow(0, channel, count);
  };
  return at::cat({orthonormal(kBodyPoseChannel, kShapeChannel), normalized.narrow(-1, kShapeChannel, kShapes),
                  orthonormal(kCameraOrientChannel, 12), normalized.narrow(-1, kStepChannel, 3)},
                 -1);
}

at::Tensor BodyKinematics::localSteps(const at::Tensor& normalized) const {
  return plain(normalized, kStepChannel, 3);
}

BatchBody BodyKinematics::operator()(const at::Tensor& normalized) const {
  const std::int64_t B = normalized.size(0), L = normalized.size(1), N = B * L;
  const at::Tensor six = at::cat({plain(normalized, kCameraOrientChannel, 6),
                                  plain(normalized, kBodyPoseChannel, 6 * kPosedJoints)},
                                 2);
  const at::Tensor local =
      rotationsOfSixD(six.reshape({N, kBodyJoints, 6})).permute({2, 3, 1, 0}).contiguous();  // [3][3][22][N]
  at::Tensor turns = local.narrow(2, 0, 1);
  for (std::size_t run = 1; run < kRunEnds.size(); ++run) {
    const int from = kRunEnds[run - 1], count = kRunEnds[run] - from;
    const at::Tensor parents = bones_.joints.narrow(0, from, count);
    turns = at::cat({turns, product(turns.index_select(2, parents), local.narrow(2, from, count))}, 2);
  }
  const auto arms = [&](const Attached& points) {  // [3][points][N]
    return (turns.index_select(2, points.joints) * points.offsets).sum(1);
  };
  const at::Tensor joints = at::matmul(ancestors_, arms(bones_));
  const auto listed = [&](const at::Tensor& points) {
    return points.view({3, points.size(1), B, L}).permute({2, 3, 1, 0});
  };
  const auto attached = [&](const Attached& points) {
    return listed(joints.index_select(1, points.joints) + arms(points));
  };
  return {listed(joints), attached(surface_), attached(keypoints_)};
}

at::Tensor pelvisOfCameraHead(const at::Tensor& head, const ViewFrames& view) {
  const auto box = view.box.unbind(-1), camera = view.intrinsics.unbind(-1), said = head.unbind(-1);
  const at::Tensor scale = said[0] * box[2] + kTiny;
  return at::stack({said[1] + 2 * (box[0] - camera[1]) / scale + double(kPelvisFromOrigin.x),
                    said[2] + 2 * (box[1] - camera[2]) / scale + double(kPelvisFromOrigin.y),
                    2 * camera[0] / scale + double(kPelvisFromOrigin.z)},
                   -1);
}

at::Tensor pointsInBox(const at::Tensor& points, const ViewFrames& view) {
  const at::Tensor depth = points.narrow(-1, 2, 1).clamp_min(kNearestDepth);
  const at::Tensor pixels = points.narrow(-1, 0, 2) / depth * view.intrinsics.narrow(-1, 0, 1).unsqueeze(-2) +
                            view.intrinsics.narrow(-1, 1, 2).unsqueeze(-2);
  const at::Tensor size = view.box.narrow(-1, 2, 1).clamp_min(kTiny).unsqueeze(-2);
  return (pixels - view.box.narrow(-1, 0, 2).unsqueeze(-2)) / size + 0.5;
}

}  // namespace kinescore::gem
