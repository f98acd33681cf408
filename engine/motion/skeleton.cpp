#include "engine/motion/skeleton.h"

namespace kinescore {

const std::array<int, kJointCount22> kMirrorJoint22 = {0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20};

const std::array<SolePoint, 6> kSolePoints = {{
    {kLeftFoot, {0.0f, -0.075f, -0.05f}},
    {kRightFoot, {0.0f, -0.075f, -0.05f}},
    {kLeftToeBase, {0.0f, -0.03f, 0.0f}},
    {kLeftToeBase, {0.0f, -0.03f, 0.0596f}},
    {kRightToeBase, {0.0f, -0.03f, 0.0f}},
    {kRightToeBase, {0.0f, -0.03f, 0.0596f}},
}};

std::optional<int> Skeleton::findJoint(std::string_view jointName) const {
  for (int j = 0; j < jointCount(); ++j) {
    if (jointNames[j] == jointName) return j;
  }
  return std::nullopt;
}

std::shared_ptr<const Skeleton> kinescore22() {
  static const auto skeleton = [] {
    Skeleton s;
    s.name = "kinescore22";
    s.jointNames = {"Hips", "LeftUpLeg", "RightUpLeg", "Spine", "LeftLeg", "RightLeg",
                    "Spine1", "LeftFoot", "RightFoot", "Spine2", "LeftToeBase", "RightToeBase",
                    "Neck", "LeftShoulder", "RightShoulder", "Head", "LeftArm", "RightArm",
                    "LeftForeArm", "RightForeArm", "LeftHand", "RightHand"};
    s.parents = {-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19};
    s.offsets = {
        {0.0f, 0.0f, 0.0f},
        {0.0918f, -0.055f, 0.0117f},
        {-0.0918f, -0.055f, 0.0117f},
        {0.0f, 0.0455f, -0.0303f},
        {0.0f, -0.4042f, 0.0f},
        {0.0f, -0.4042f, 0.0f},
        {0.0f, 0.1161f, -0.0088f},
        {0.0f, -0.4387f, 0.0f},
        {0.0f, -0.4387f, 0.0f},
        {0.0f, 0.1166f, 0.0002f},
        {0.0f, -0.045f, 0.1116f},
        {0.0f, -0.045f, 0.1116f},
        {0.0f, 0.2158f, -0.0051f},
        {0.0262f, 0.1267f, 0.0029f},
        {-0.0262f, 0.1267f, 0.0029f},
        {0.0f, 0.0975f, 0.0f},
        {0.161f, 0.0548f, -0.0093f},
        {-0.161f, 0.0548f, -0.0093f},
        {0.2985f, 0.0f, 0.0f},
        {-0.2985f, 0.0f, 0.0f},
        {0.2792f, 0.0f, 0.0f},
        {-0.2792f, 0.0f, 0.0f},
    };
    s.endSites = {
        {kHead, {0.0f, 0.1856f, 0.0f}},
        {kLeftToeBase, {0.0f, -0.01f, 0.0596f}},
        {kRightToeBase, {0.0f, -0.01f, 0.0596f}},
        {kLeftHand, {0.18f, 0.0f, 0.0f}},
        {kRightHand, {-0.18f, 0.0f, 0.0f}},
    };
    return std::make_shared<const Skeleton>(std::move(s));
  }();
  return skeleton;
}

}  // namespace kinescore
