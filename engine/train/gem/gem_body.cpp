#include "engine/train/gem/gem_body.h"

#include <ATen/ATen.h>

#include "engine/generation/body_view.h"
#include "engine/motion/kinematics.h"
#include "engine/network/gem/performed_motion.h"

namespace kinescore::gem {
namespace {

constexpr double kTiny = 1e-9;

at::Tensor columnOf(glm::vec3 v) {
  return at::tensor({v.x, v.y, v.z}, at::kFloat).view({3, 1});
}

at::Tensor unit(const at::Tensor& v) { return v / v.square().sum(-1, true).clamp_min(1e-12).sqrt(); }

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

BodyKinematics::BodyKinematics(const MotionStatistics& statistics)
    : mean_(at::tensor(at::ArrayRef<float>(statistics.mean))),
      deviation_(at::tensor(at::ArrayRef<float>(statistics.deviation))) {
  const JointPositions& rest = kinescoreBody().restJoints;
  for (int j = 0; j < kBodyJoints; ++j) offsets_[j] = columnOf(j == 0 ? glm::vec3(0) : rest[j] - rest[kParents[j]]);
  const auto attach = [](const BodyPoint& point) {
    return Attached{point.joint, point.offset == glm::vec3(0) ? at::Tensor() : columnOf(point.offset)};
  };
  for (const BodyPoint& point : surfacePoints()) surface_.push_back(attach(point));
  for (const BodyPoint& point : keypointsOfBody()) keypoints_.push_back(attach(point));
}

at::Tensor BodyKinematics::plain(const at::Tensor& normalized, int channel, int count) const {
  return normalized.narrow(-1, channel, count) * deviation_.narrow(0, channel, count) + mean_.narrow(0, channel, count);
}

at::Tensor BodyKinematics::localSteps(const at::Tensor& normalized) const {
  return plain(normalized, kStepChannel, 3);
}

BatchBody BodyKinematics::operator()(const at::Tensor& normalized) const {
  const std::int64_t B = normalized.size(0), L = normalized.size(1), N = B * L;
  const at::Tensor local =
      rotationsOfSixD(plain(normalized, kBodyPoseChannel, 6 * kPosedJoints).reshape({N, kPosedJoints, 6}));
  std::array<at::Tensor, kBodyJoints> turns, positions;  // [N][3][3], [N][3][1]
  turns[0] = rotationsOfSixD(plain(normalized, kCameraOrientChannel, 6).reshape({N, 6}));
  positions[0] = at::zeros({N, 3, 1}, normalized.options().requires_grad(false));
  for (int j = 1; j < kBodyJoints; ++j) {
    const int parent = kParents[j];
    turns[j] = at::bmm(turns[parent], local.select(1, j - 1));
    positions[j] = positions[parent] + at::matmul(turns[parent], offsets_[j]);
  }
  const auto listed = [&](const std::vector<at::Tensor>& points) {
    return at::cat(points, 2).transpose(1, 2).view({B, L, std::int64_t(points.size()), 3});
  };
  const auto attached = [&](const std::vector<Attached>& points) {
    std::vector<at::Tensor> placed;
    for (const Attached& point : points) {
      placed.push_back(point.offset.defined()
                           ? positions[point.joint] + at::matmul(turns[point.joint], point.offset)
                           : positions[point.joint]);
    }
    return listed(placed);
  };
  return {listed({positions.begin(), positions.end()}), attached(surface_), attached(keypoints_)};
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
