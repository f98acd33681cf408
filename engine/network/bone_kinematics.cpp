#include "engine/network/bone_kinematics.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "engine/motion/skeleton.h"

namespace kinescore {

at::Tensor unitAlong(const at::Tensor& v, std::int64_t axis) {
  return v / v.square().sum(axis, true).clamp_min(1e-8).sqrt();
}

BoneKinematics::BoneKinematics() {
  const auto skeleton = kinescore22();
  ancestors_ = at::zeros({kJointCount22, kJointCount22});
  parents_ = at::zeros({kJointCount22}, at::kLong);
  offsets_ = at::zeros({3, kJointCount22});
  for (int j = 0; j < kJointCount22; ++j) {
    for (int a = j; a != kNoParent; a = skeleton->parents[a]) {
      if (a != 0) ancestors_.data_ptr<float>()[j * kJointCount22 + a] = 1;
    }
    parents_.data_ptr<std::int64_t>()[j] = std::max(skeleton->parents[j], 0);
    for (int axis = 0; axis < 3; ++axis) {
      offsets_.data_ptr<float>()[axis * kJointCount22 + j] = j == 0 ? 0.0f : skeleton->offsets[j][axis];
    }
  }
}

at::Tensor BoneKinematics::placed(const at::Tensor& turns, const at::Tensor& hips) const {
  const at::Tensor a = unitAlong(turns.narrow(2, 0, 3), 2);
  const at::Tensor second = turns.narrow(2, 3, 3);
  const at::Tensor b = unitAlong(second - (a * second).sum(2, true) * a, 2);
  const at::Tensor c = at::linalg_cross(a, b, 2);
  const at::Tensor parents = parents_.to(turns.device()), offsets = offsets_.to(turns.device());
  const auto ofParent = [&](const at::Tensor& column) { return column.index_select(3, parents); };
  const at::Tensor bones = ofParent(a) * offsets.select(0, 0) + ofParent(b) * offsets.select(0, 1) +
                           ofParent(c) * offsets.select(0, 2);
  return hips + at::matmul(bones, ancestors_.to(turns.device()).t());
}

}  // namespace kinescore
