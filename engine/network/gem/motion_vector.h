// The words of GEM (the published unified motion model, "gem_smpl"): the joints it knows, the channels of its
// motion vector and the parameters of the body they stand for. Everything runs at 30 frames a second.
//
// Channels of a frame: 21 joints × 6D | 10 shape | root in the camera × 6D | root in the gravity-view frame × 6D |
// step of the root to the next frame (3). Camera and contacts are said by heads of their own.
#pragma once

#include <array>
#include <vector>

#include <glm/vec3.hpp>

namespace kinescore::gem {

constexpr int kBodyJoints = 22;              // pelvis first, the topology of SMPL
constexpr int kPosedJoints = kBodyJoints - 1;  // all but the pelvis have a rotation in `bodyPose`
constexpr int kShapes = 10;
constexpr int kContacts = 6;
constexpr int kKeypoints = 17;               // COCO order: nose, eyes, ears, shoulders, …, left before right

constexpr int kBodyPoseChannel = 0;
constexpr int kShapeChannel = 6 * kPosedJoints;
constexpr int kCameraOrientChannel = kShapeChannel + kShapes;
constexpr int kGravityOrientChannel = kCameraOrientChannel + 6;
constexpr int kStepChannel = kGravityOrientChannel + 6;
constexpr int kMotionChannels = kStepChannel + 3;
static_assert(kMotionChannels == 151);

constexpr int kCameraChannels = 3;  // s, tx, ty
constexpr int kTextTokens = 50, kTextChannels = 1024;
constexpr int kImageChannels = 1024;
constexpr int kMusicChannels = 35;
constexpr int kSpeechSamples = 600;  // a frame: 18 kHz
constexpr int kFramesPerSecond = 30;

/// Ankles, feet and wrists, in the order of the contact logits.
enum Joint { kPelvis = 0, kLeftAnkle = 7, kRightAnkle = 8, kSpine3 = 9, kLeftFoot = 10, kRightFoot = 11,
             kLeftWrist = 20, kRightWrist = 21 };
constexpr std::array<int, kContacts> kContactJoints = {kLeftAnkle, kLeftFoot, kRightAnkle,
                                                       kRightFoot, kLeftWrist, kRightWrist};
constexpr std::array<int, kBodyJoints> kParents = {-1, 0, 0,  0,  1,  2,  3,  4,  5,  6,  7,
                                                   8,  9, 9, 9, 12, 13, 14, 16, 17, 18, 19};

/// Two rows of a rotation matrix, one after the other.
using SixD = std::array<float, 6>;
using Shape = std::array<float, kShapes>;
using MotionVector = std::array<float, kMotionChannels>;
using ContactLogits = std::array<float, kContacts>;

/// SMPL-X parameters of one frame in some space (camera or world). Rotations are axis × angle in radians.
struct SmplFrame {
  std::array<glm::vec3, kPosedJoints> bodyPose{};  // against the parent joint
  Shape shape{};
  glm::vec3 globalOrient{0};
  glm::vec3 translation{0};  // metres; the pelvis stands at its rest position plus this
};
using SmplMotion = std::vector<SmplFrame>;

}  // namespace kinescore::gem
