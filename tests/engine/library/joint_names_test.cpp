#include "engine/library/joint_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace kinescore {
namespace {

using ::testing::HasSubstr;

/// "Hips>Spine" pairs, the first joint without a parent.
struct Rig {
  std::vector<std::string> names;
  std::vector<int> parents;
  explicit Rig(const std::vector<std::pair<std::string, std::string>>& joints) {
    std::map<std::string, int> number;
    for (const auto& [name, parent] : joints) {
      number[name] = int(names.size());
      names.push_back(name);
      parents.push_back(parent.empty() ? kNoParent : number.at(parent));
    }
  }
  [[nodiscard]] Result<JointMatch> match() const { return matchJoints(names, parents); }
  [[nodiscard]] std::string name(int joint) const { return joint == kNoParent ? "-" : names[std::size_t(joint)]; }
};

Rig mixamo(const std::string& prefix) {
  std::vector<std::pair<std::string, std::string>> joints = {
      {"Hips", ""}, {"Spine", "Hips"}, {"Spine1", "Spine"}, {"Spine2", "Spine1"}, {"Neck", "Spine2"}, {"Head", "Neck"}};
  for (const std::string side : {"Left", "Right"}) {
    joints.insert(joints.end(), {{side + "Shoulder", "Spine2"}, {side + "Arm", side + "Shoulder"}, {side + "ForeArm", side + "Arm"},
                                 {side + "Hand", side + "ForeArm"}, {side + "UpLeg", "Hips"}, {side + "Leg", side + "UpLeg"},
                                 {side + "Foot", side + "Leg"}, {side + "ToeBase", side + "Foot"}});
  }
  for (auto& [name, parent] : joints) {
    name = prefix + name;
    if (!parent.empty()) parent = prefix + parent;
  }
  return Rig(joints);
}

TEST(JointNames, OneRigUnderManyPrefixes) {
  for (const std::string prefix : {"", "mixamorig:", "mixamorig", "Character1_"}) {
    const Rig rig = mixamo(prefix);
    const auto match = rig.match();
    ASSERT_TRUE(match.ok()) << prefix << ": " << match.error().message;
    EXPECT_EQ(rig.name(match->hips), prefix + "Hips");
    EXPECT_EQ(rig.name(match->limbs[0].collar), prefix + "LeftShoulder");
    EXPECT_EQ(rig.name(match->limbs[1].upperArm), prefix + "RightArm");
    EXPECT_EQ(rig.name(match->limbs[1].shin), prefix + "RightLeg");
    EXPECT_EQ(rig.name(match->limbs[0].toe), prefix + "LeftToeBase");
    EXPECT_EQ(rig.name(match->head), prefix + "Head");
    ASSERT_EQ(match->trunk.size(), 3u);
    EXPECT_EQ(rig.name(match->trunk[2]), prefix + "Spine2");
  }
}

TEST(JointNames, WordsThatMeanAnotherJointElsewhere) {
  // "Shoulder" is the upper arm here and "Hip" the thigh; the hips have no name that tells.
  std::vector<std::pair<std::string, std::string>> joints = {{"base", ""}, {"chest", "base"}};
  for (const std::string side : {"l", "r"}) {
    joints.insert(joints.end(), {{side + "_Shoulder", "chest"}, {side + "_Elbow", side + "_Shoulder"}, {side + "_Hip", "base"},
                                 {side + "_Knee", side + "_Hip"}, {side + "_Ankle", side + "_Knee"}});
  }
  const Rig rig(joints);
  const auto match = rig.match();
  ASSERT_TRUE(match.ok()) << match.error().message;
  EXPECT_EQ(rig.name(match->hips), "base");
  EXPECT_EQ(rig.name(match->limbs[0].upperArm), "l_Shoulder");
  EXPECT_EQ(match->limbs[0].collar, kNoParent);
  EXPECT_EQ(rig.name(match->limbs[1].thigh), "r_Hip");
  EXPECT_EQ(match->limbs[0].hand, kNoParent);
  EXPECT_EQ(match->neck, kNoParent);
}

TEST(JointNames, SidesBehindTheWord) {
  std::vector<std::pair<std::string, std::string>> joints = {{"root", ""}, {"spine", "root"}};
  for (const std::string side : {".L", ".R"}) {
    joints.insert(joints.end(), {{"upperarm" + side, "spine"}, {"forearm" + side, "upperarm" + side}, {"__thigh" + side, "root"}, {"thigh" + side, "__thigh" + side},
                                 {"shin" + side, "thigh" + side}, {"foot" + side, "shin" + side}});
  }
  const Rig rig(joints);
  const auto match = rig.match();
  ASSERT_TRUE(match.ok()) << match.error().message;
  EXPECT_EQ(rig.name(match->limbs[0].foot), "foot.L");
  EXPECT_EQ(rig.name(match->limbs[1].foreArm), "forearm.R");
}

TEST(JointNames, RigifysDeformationBones) {
  std::vector<std::pair<std::string, std::string>> joints = {
      {"root", ""}, {"DEF-hips", "root"}, {"DEF-spine.001", "DEF-hips"}, {"DEF-neck", "DEF-spine.001"}, {"DEF-head", "DEF-neck"}};
  for (const std::string side : {".L", ".R"}) {
    joints.insert(joints.end(), {{"DEF-upper_arm" + side, "DEF-spine.001"}, {"DEF-forearm" + side, "DEF-upper_arm" + side},
                                 {"DEF-hand" + side, "DEF-forearm" + side}, {"DEF-thigh" + side, "DEF-hips"},
                                 {"DEF-shin" + side, "DEF-thigh" + side}, {"DEF-foot" + side, "DEF-shin" + side}});
  }
  const Rig rig(joints);
  const auto match = rig.match();
  ASSERT_TRUE(match.ok()) << match.error().message;
  EXPECT_EQ(rig.name(match->hips), "DEF-hips");
  EXPECT_EQ(rig.name(match->limbs[0].thigh), "DEF-thigh.L");
  EXPECT_EQ(rig.name(match->limbs[1].foreArm), "DEF-forearm.R");
}

TEST(JointNames, WhatIsMissingIsNamed) {
  Rig rig = mixamo("");
  for (std::string& name : rig.names) {
    if (name == "LeftForeArm") name = "Tentacle";
  }
  const auto match = rig.match();
  ASSERT_FALSE(match.ok());
  EXPECT_THAT(match.error().message, HasSubstr("left forearm"));
  EXPECT_FALSE(matchJoints({"a", "b"}, {kNoParent, 0}).ok());
  EXPECT_FALSE(matchJoints({}, {}).ok());
}

}  // namespace
}  // namespace kinescore
