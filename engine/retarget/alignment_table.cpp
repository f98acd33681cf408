// Measured once on the rest poses of each family; five digits, made exact where they are used.
#include "engine/retarget/alignment.h"

namespace kinescore {

namespace {

using Table = std::array<JointAlignment, kJointCount22>;

Table normalized(Table table) {
  for (JointAlignment& row : table) {
    row.align = glm::normalize(row.align);
    row.secondAlign = glm::normalize(row.secondAlign);
  }
  return table;
}

const Table& tableAsf() {
  static const Table table = normalized({{
      {"root", "", {1, 0, 0, 0}},  // Hips
      {"lfemur", "", {0.98481f, 0, 0, 0.17365f}},  // LeftUpLeg
      {"rfemur", "", {0.98481f, 0, 0, -0.17365f}},  // RightUpLeg
      {"lowerback", "", {1, 0, 0, 0}},  // Spine
      {"ltibia", "", {0.98481f, 0, 0, 0.17365f}},  // LeftLeg
      {"rtibia", "", {0.98481f, 0, 0, -0.17365f}},  // RightLeg
      {"upperback", "", {1, 0, 0, 0}},  // Spine1
      {"lfoot", "", {0.98481f, 0, 0, 0.17365f}},  // LeftFoot
      {"rfoot", "", {0.98481f, 0, 0, -0.17365f}},  // RightFoot
      {"thorax", "", {1, 0, 0, 0}},  // Spine2
      {"ltoes", "", {0.98481f, 0, 0, 0.17365f}},  // LeftToeBase
      {"rtoes", "", {0.98481f, 0, 0, -0.17365f}},  // RightToeBase
      {"lowerneck", "upperneck", {1, 0, 0, 0}, {1, 0, 0, 0}},  // Neck
      {"lclavicle", "", {1, 0, 0, 0}},  // LeftShoulder
      {"rclavicle", "", {1, 0, 0, 0}},  // RightShoulder
      {"head", "", {0.99619f, -0.08716f, 0, 0}},  // Head
      {"lhumerus", "", {1, 0, 0, 0}},  // LeftArm
      {"rhumerus", "", {1, 0, 0, 0}},  // RightArm
      {"lradius", "", {1, 0, 0, 0}},  // LeftForeArm
      {"rradius", "", {1, 0, 0, 0}},  // RightForeArm
      {"lhand", "", {1, 0, 0, 0}},  // LeftHand
      {"rhand", "", {1, 0, 0, 0}},  // RightHand
  }});
  return table;
}

const Table& tableBvh31() {
  static const Table table = normalized({{
      {"Hips", "", {1, 0, 0, 0}},  // Hips
      {"LeftUpLeg", "", {0.98481f, 0, 0, 0.17365f}},  // LeftUpLeg
      {"RightUpLeg", "", {0.98481f, 0, 0, -0.17365f}},  // RightUpLeg
      {"LowerBack", "", {1, 0, 0, 0}},  // Spine
      {"LeftLeg", "", {0.98481f, 0, 0, 0.17365f}},  // LeftLeg
      {"RightLeg", "", {0.98481f, 0, 0, -0.17365f}},  // RightLeg
      {"Spine", "", {1, 0, 0, 0}},  // Spine1
      {"LeftFoot", "", {0.98481f, 0, 0, 0.17365f}},  // LeftFoot
      {"RightFoot", "", {0.98481f, 0, 0, -0.17365f}},  // RightFoot
      {"Spine1", "", {1, 0, 0, 0}},  // Spine2
      {"LeftToeBase", "", {0.98481f, 0, 0, 0.17365f}},  // LeftToeBase
      {"RightToeBase", "", {0.98481f, 0, 0, -0.17365f}},  // RightToeBase
      {"Neck", "Neck1", {1, 0, 0, 0}, {1, 0, 0, 0}},  // Neck
      {"LeftShoulder", "", {1, 0, 0, 0}},  // LeftShoulder
      {"RightShoulder", "", {1, 0, 0, 0}},  // RightShoulder
      {"Head", "", {0.99619f, -0.08716f, 0, 0}},  // Head
      {"LeftArm", "", {1, 0, 0, 0}},  // LeftArm
      {"RightArm", "", {1, 0, 0, 0}},  // RightArm
      {"LeftForeArm", "", {1, 0, 0, 0}},  // LeftForeArm
      {"RightForeArm", "", {1, 0, 0, 0}},  // RightForeArm
      {"LeftFingerBase", "", {1, 0, 0, 0}},  // LeftHand
      {"RightFingerBase", "", {1, 0, 0, 0}},  // RightHand
  }});
  return table;
}

const Table& tableBvh131() {
  static const Table table = normalized({{
      {"Hips", "", {1, 0, 0, 0}},  // Hips
      {"LeftHip", "", {0.98481f, 0, 0, 0.17365f}},  // LeftUpLeg
      {"RightHip", "", {0.98481f, 0, 0, -0.17365f}},  // RightUpLeg
      {"lowerback", "", {1, 0, 0, 0}},  // Spine
      {"LeftKnee", "", {0.98481f, 0, 0, 0.17365f}},  // LeftLeg
      {"RightKnee", "", {0.98481f, 0, 0, -0.17365f}},  // RightLeg
      {"Chest", "", {1, 0, 0, 0}},  // Spine1
      {"LeftAnkle", "", {0.98481f, 0, 0, 0.17365f}},  // LeftFoot
      {"RightAnkle", "", {0.98481f, 0, 0, -0.17365f}},  // RightFoot
      {"Chest2", "", {1, 0, 0, 0}},  // Spine2
      {"LeftToe", "", {0.98481f, 0, 0, 0.17365f}},  // LeftToeBase
      {"RightToe", "", {0.98481f, 0, 0, -0.17365f}},  // RightToeBase
      {"lowerneck", "Neck", {1, 0, 0, 0}, {1, 0, 0, 0}},  // Neck
      {"LeftCollar", "", {1, 0, 0, 0}},  // LeftShoulder
      {"RightCollar", "", {1, 0, 0, 0}},  // RightShoulder
      {"Head", "", {0.99619f, -0.08716f, 0, 0}},  // Head
      {"LeftShoulder", "", {0.70711f, 0, 0, -0.70711f}},  // LeftArm
      {"RightShoulder", "", {0.70711f, 0, 0, 0.70711f}},  // RightArm
      {"LeftElbow", "", {0.70711f, 0, 0, -0.70711f}},  // LeftForeArm
      {"RightElbow", "", {0.70711f, 0, 0, 0.70711f}},  // RightForeArm
      {"lhand", "", {0.70711f, 0, 0, -0.70711f}},  // LeftHand
      {"rhand", "", {0.70711f, 0, 0, 0.70711f}},  // RightHand
  }});
  return table;
}

const Table& tableDaz() {
  static const Table table = normalized({{
      {"hip", "", {1, 0, 0, 0}},  // Hips
      {"lThigh", "", {0.99995f, -0.00993f, 0, 0}},  // LeftUpLeg
      {"rThigh", "", {0.99995f, -0.00993f, 0, 0}},  // RightUpLeg
      {"hip", "abdomen", {1, 0, 0, 0}, {1, 0, 0, 0}},  // Spine
      {"lShin", "", {0.99837f, 0.05648f, 0, -0.00807f}},  // LeftLeg
      {"rShin", "", {0.99837f, 0.05648f, 0, 0.00807f}},  // RightLeg
      {"abdomen", "", {1, 0, 0, 0}},  // Spine1
      {"lFoot", "", {0.99893f, 0, 0.04621f, 0}},  // LeftFoot
      {"rFoot", "", {0.99893f, 0, -0.04621f, 0}},  // RightFoot
      {"chest", "", {1, 0, 0, 0}},  // Spine2
      {"lFoot", "", {0.99893f, 0, 0.04621f, 0}},  // LeftToeBase
      {"rFoot", "", {0.99893f, 0, -0.04621f, 0}},  // RightToeBase
      {"neck", "", {1, 0, 0, 0}},  // Neck
      {"lCollar", "", {1, 0, 0, 0}},  // LeftShoulder
      {"rCollar", "", {1, 0, 0, 0}},  // RightShoulder
      {"head", "", {1, 0, 0, 0}},  // Head
      {"lShldr", "", {0.9995f, 0, -0.00864f, -0.03033f}},  // LeftArm
      {"rShldr", "", {0.9995f, 0, 0.00864f, 0.03033f}},  // RightArm
      {"lForeArm", "", {0.98839f, 0, -0.15106f, 0.01652f}},  // LeftForeArm
      {"rForeArm", "", {0.98839f, 0, 0.15106f, -0.01652f}},  // RightForeArm
      {"lHand", "", {0.989f, 0, -0.13959f, 0.04895f}},  // LeftHand
      {"rHand", "", {0.989f, 0, 0.13959f, -0.04895f}},  // RightHand
  }});
  return table;
}

const Table& tableDazFbx() {
  static const Table table = normalized({{
      {"hip", "", {0.99958f, -0.02906f, 0, 0}},  // Hips
      {"lThigh", "", {0, -1, 0, 0}},  // LeftUpLeg
      {"rThigh", "", {0, -1, 0, 0}},  // RightUpLeg
      {"hip", "abdomen", {0.99958f, -0.02906f, 0, 0}, {0.99978f, 0.02082f, 0, 0}},  // Spine
      {"lShin", "", {0, -1, 0, 0.00046f}},  // LeftLeg
      {"rShin", "", {0, -1, 0, -0.00046f}},  // RightLeg
      {"abdomen", "", {0.99978f, 0.02082f, 0, 0}},  // Spine1
      {"lFoot", "", {0.59527f, -0.80341f, -0.00803f, -0.01084f}},  // LeftFoot
      {"rFoot", "", {0.59527f, -0.80341f, 0.00803f, 0.01084f}},  // RightFoot
      {"chest", "", {0.99529f, 0.09697f, 0, 0}},  // Spine2
      {"lFoot", "", {0.59527f, -0.80341f, -0.00803f, -0.01084f}},  // LeftToeBase
      {"rFoot", "", {0.59527f, -0.80341f, 0.00803f, 0.01084f}},  // RightToeBase
      {"neck", "", {0.99622f, -0.08523f, 0, -0.01705f}},  // Neck
      {"lCollar", "", {0.62369f, -0.05041f, 0.06284f, 0.77751f}},  // LeftShoulder
      {"rCollar", "", {0.62369f, -0.05041f, -0.06284f, -0.77751f}},  // RightShoulder
      {"head", "", {0.92384f, -0.38261f, 0, 0.01159f}},  // Head
      {"lShldr", "", {0.70701f, 0.01176f, 0.01176f, 0.70701f}},  // LeftArm
      {"rShldr", "", {0.70701f, 0.01176f, -0.01176f, -0.70701f}},  // RightArm
      {"lForeArm", "", {0.70217f, -0.08343f, -0.08343f, 0.70217f}},  // LeftForeArm
      {"rForeArm", "", {0.70217f, -0.08343f, 0.08343f, -0.70217f}},  // RightForeArm
      {"lHand", "", {0.68795f, -0.15919f, -0.08922f, 0.70244f}},  // LeftHand
      {"rHand", "", {0.68795f, -0.15919f, 0.08922f, -0.70244f}},  // RightHand
  }});
  return table;
}

const Table& tableNeo22() {
  static const Table table = normalized({{
      {"Neo_Hips", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Hips
      {"Neo_LeftUpLeg", "", {0.5f, 0.5f, -0.5f, 0.5f}},  // LeftUpLeg
      {"Neo_RightUpLeg", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // RightUpLeg
      {"Neo_Spine", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Spine
      {"Neo_LeftLeg", "", {0.5f, 0.5f, -0.5f, 0.5f}},  // LeftLeg
      {"Neo_RightLeg", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // RightLeg
      {"Neo_Spine1", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Spine1
      {"Neo_LeftFoot", "", {0.13468f, 0.69416f, -0.13468f, 0.69416f}},  // LeftFoot
      {"Neo_RightFoot", "", {0.69416f, -0.13468f, -0.69416f, -0.13468f}},  // RightFoot
      {"Neo_Spine2", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Spine2
      {"Neo_LeftToeBase", "", {0.13468f, 0.69416f, -0.13468f, 0.69416f}},  // LeftToeBase
      {"Neo_RightToeBase", "", {0.69416f, -0.13468f, -0.69416f, -0.13468f}},  // RightToeBase
      {"Neo_Neck", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Neck
      {"Neo_LeftShoulder", "", {1, 0, 0, 0}},  // LeftShoulder
      {"Neo_RightShoulder", "", {0, 1, 0, 0}},  // RightShoulder
      {"Neo_Head", "", {0.5f, -0.5f, -0.5f, -0.5f}},  // Head
      {"Neo_LeftArm", "", {0.86603f, -0.5f, 0, 0}},  // LeftArm
      {"Neo_RightArm", "", {0.5f, 0.86603f, 0, 0}},  // RightArm
      {"Neo_LeftForeArm", "", {0.86603f, -0.5f, 0, 0}},  // LeftForeArm
      {"Neo_RightForeArm", "", {0.5f, 0.86603f, 0, 0}},  // RightForeArm
      {"Neo_LeftHand", "", {0.70711f, -0.70711f, 0, 0}},  // LeftHand
      {"Neo_RightHand", "", {0.70711f, 0.70711f, 0, 0}},  // RightHand
  }});
  return table;
}

const Table& tableBallPlay() {
  static const Table table = normalized({{
      {"Pelvis", "", {1, 0, 0, 0}},  // Hips
      {"L_Hip", "", {0.99962f, -0.02772f, 0, 0}},  // LeftUpLeg
      {"R_Hip", "", {0.99962f, -0.02772f, 0, 0}},  // RightUpLeg
      {"Torso", "", {1, 0, 0, 0}},  // Spine
      {"L_Knee", "", {0.99939f, 0.03506f, 0, 0}},  // LeftLeg
      {"R_Knee", "", {0.99939f, 0.03506f, 0, 0}},  // RightLeg
      {"Spine", "Spine2", {1, 0, 0, 0}, {1, 0, 0, 0}},  // Spine1
      {"L_Ankle", "", {1, 0, 0, 0}},  // LeftFoot
      {"R_Ankle", "", {1, 0, 0, 0}},  // RightFoot
      {"Chest", "", {1, 0, 0, 0}},  // Spine2
      {"L_Toe", "", {1, 0, 0, 0}},  // LeftToeBase
      {"R_Toe", "", {1, 0, 0, 0}},  // RightToeBase
      {"Neck", "", {1, 0, 0, 0}},  // Neck
      {"L_Thorax", "", {1, 0, 0, 0}},  // LeftShoulder
      {"R_Thorax", "", {1, 0, 0, 0}},  // RightShoulder
      {"Head", "", {1, 0, 0, 0}},  // Head
      {"L_Shoulder", "", {1, 0, 0, 0}},  // LeftArm
      {"R_Shoulder", "", {1, 0, 0, 0}},  // RightArm
      {"L_Elbow", "", {1, 0, 0, 0}},  // LeftForeArm
      {"R_Elbow", "", {1, 0, 0, 0}},  // RightForeArm
      {"L_Wrist", "", {1, 0, 0, 0}},  // LeftHand
      {"R_Wrist", "", {1, 0, 0, 0}},  // RightHand
  }});
  return table;
}

const Table& tableMesh2MotionBase() {
  static const Table table = normalized({{
      {"DEF-hips", "", {0.99205f, -0.12584f, 0, 0}},  // Hips
      {"DEF-thigh.L", "", {0, 1, 0, 0}},  // LeftUpLeg
      {"DEF-thigh.R", "", {0, 1, 0, 0}},  // RightUpLeg
      {"DEF-spine.001", "", {0.99811f, -0.06139f, 0, 0}},  // Spine
      {"DEF-shin.L", "", {0, 1, 0, -0.00013f}},  // LeftLeg
      {"DEF-shin.R", "", {0, 1, 0, -0.00013f}},  // RightLeg
      {"DEF-spine.002", "", {0.99987f, 0.01593f, 0, 0}},  // Spine1
      {"DEF-foot.L", "", {0.49463f, -0.8691f, 0.00026f, 0.00045f}},  // LeftFoot
      {"DEF-foot.R", "", {0.49463f, -0.8691f, 0.00026f, 0.00045f}},  // RightFoot
      {"DEF-spine.003", "", {0.99987f, 0.0162f, 0, 0}},  // Spine2
      {"DEF-toe.L", "", {0, 0, 0.70711f, 0.70711f}},  // LeftToeBase
      {"DEF-toe.R", "", {0, 0, 0.70711f, 0.70711f}},  // RightToeBase
      {"DEF-neck", "", {0.99549f, -0.09487f, 0, 0}},  // Neck
      {"DEF-shoulder.L", "", {0.61369f, 0.61404f, 0.35084f, 0.35108f}},  // LeftShoulder
      {"DEF-shoulder.R", "", {0.61369f, 0.61404f, -0.35084f, -0.35108f}},  // RightShoulder
      {"DEF-head", "", {0.99987f, -0.01626f, 0, 0}},  // Head
      {"DEF-upper_arm.L", "", {0.70711f, -1e-05f, -1e-05f, 0.70711f}},  // LeftArm
      {"DEF-upper_arm.R", "", {0.70711f, -1e-05f, 1e-05f, -0.70711f}},  // RightArm
      {"DEF-forearm.L", "", {0.70711f, 0, 0, 0.70711f}},  // LeftForeArm
      {"DEF-forearm.R", "", {0.70711f, 0, 0, -0.70711f}},  // RightForeArm
      {"DEF-hand.L", "", {0.70711f, 0, 0, 0.70711f}},  // LeftHand
      {"DEF-hand.R", "", {0.70711f, 0, 0, -0.70711f}},  // RightHand
  }});
  return table;
}

const Table& tableMesh2MotionAddon() {
  static const Table table = normalized({{
      {"pelvis", "", {0.99205f, -0.12584f, 0, 0}},  // Hips
      {"thigh_l", "", {0, 1, 0, 0}},  // LeftUpLeg
      {"thigh_r", "", {0, 1, 0, 0}},  // RightUpLeg
      {"spine_01", "", {0.99811f, -0.06139f, 0, 0}},  // Spine
      {"calf_l", "", {0, -1, 0, 0.00013f}},  // LeftLeg
      {"calf_r", "", {0, -1, 0, -0.00013f}},  // RightLeg
      {"spine_02", "", {0.99987f, 0.01593f, 0, 0}},  // Spine1
      {"foot_l", "", {0.52143f, -0.8533f, -0.00027f, -0.00044f}},  // LeftFoot
      {"foot_r", "", {0.52143f, -0.8533f, 0.00027f, 0.00044f}},  // RightFoot
      {"spine_03", "", {0.99402f, 0.10917f, 0, 0}},  // Spine2
      {"ball_l", "", {0, 0, 0.69226f, 0.72165f}},  // LeftToeBase
      {"ball_r", "", {0, 0, -0.69226f, -0.72165f}},  // RightToeBase
      {"neck_01", "", {0.96946f, -0.24527f, 0, 0}},  // Neck
      {"clavicle_l", "", {0.66993f, 0.60758f, 0.32078f, 0.28131f}},  // LeftShoulder
      {"clavicle_r", "", {0.66993f, 0.60758f, -0.32078f, -0.28131f}},  // RightShoulder
      {"head", "", {0.99906f, -0.04333f, 0, 0}},  // Head
      {"upperarm_l", "", {0.70711f, 6e-05f, 6e-05f, 0.70711f}},  // LeftArm
      {"upperarm_r", "", {0.70711f, 6e-05f, -6e-05f, -0.70711f}},  // RightArm
      {"lowerarm_l", "", {0.70711f, -4e-05f, -4e-05f, 0.70711f}},  // LeftForeArm
      {"lowerarm_r", "", {0.70711f, -4e-05f, 4e-05f, -0.70711f}},  // RightForeArm
      {"hand_l", "", {0.70711f, 0, 0, 0.70711f}},  // LeftHand
      {"hand_r", "", {0.70711f, 0, 0, -0.70711f}},  // RightHand
  }});
  return table;
}

}  // namespace

const std::array<JointAlignment, kJointCount22>& alignmentOf(SourceFamily family) {
  switch (family) {
    case SourceFamily::Asf: return tableAsf();
    case SourceFamily::Bvh31: return tableBvh31();
    case SourceFamily::Bvh131: return tableBvh131();
    case SourceFamily::Daz: return tableDaz();
    case SourceFamily::DazFbx: return tableDazFbx();
    case SourceFamily::Neo22: return tableNeo22();
    case SourceFamily::BallPlay: return tableBallPlay();
    case SourceFamily::Mesh2MotionBase: return tableMesh2MotionBase();
    case SourceFamily::Mesh2MotionAddon: return tableMesh2MotionAddon();
  }
  return tableAsf();
}

}  // namespace kinescore
