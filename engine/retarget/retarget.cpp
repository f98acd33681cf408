#include "engine/retarget/retarget.h"

#include <algorithm>
#include <cmath>

#include "engine/motion/kinematics.h"
#include "engine/retarget/leg_solve.h"

namespace kinescore {

namespace {

constexpr float kAnkleHeight = 0.075f;  // of ours above its sole
constexpr float kToeJointHeight = 0.03f;
const glm::vec3 kToeOffset(0, -0.045f, 0.1116f);
const glm::vec3 kHeel(0, -0.075f, -0.05f);
const glm::vec3 kToeTipSole(0, -0.03f, 0.0596f);
const glm::vec3 kBallSole(0, -0.03f, 0.0f);
constexpr float kMaxFootLift = 45.0f * 3.14159265f / 180.0f;
constexpr float kMaxToeBend = 60.0f * 3.14159265f / 180.0f;
constexpr float kToleratedDepth = 0.01f;
// With fewer, a runner's slow moments are easily taken for a flat stance.
constexpr int kSureStanceSamples = 20;

glm::quat turnAbout(const glm::vec3& axis, float angle) {
  return {std::cos(angle / 2), axis * std::sin(angle / 2)};
}

// The constant turn that makes the source's flat foot ours: undoes pitch about X and roll about Z.
glm::quat calibrationTurn(float pitch, float outwardRoll, bool left) {
  const float roll = left ? outwardRoll : -outwardRoll;
  const glm::vec3 up = glm::normalize(glm::vec3(std::tan(roll), 1.0f, std::tan(pitch)));
  const glm::vec3 axis = glm::cross(glm::vec3(0, 1, 0), up);
  const float sine = glm::length(axis);
  return sine < 1e-6f ? glm::quat(1, 0, 0, 0) : turnAbout(axis / sine, std::atan2(sine, up.y));
}

// Turns `rotation` upward about its own X so that its `arm` (in its Y–Z plane) from `pivot` ends no
// lower than `height`, by at most `limit`.
glm::quat raisedTo(const glm::quat& rotation, const glm::vec3& pivot, const glm::vec3& arm,
                   float height, float limit) {
  const float wanted = height - pivot.y;
  const glm::mat3 axes = glm::mat3_cast(rotation);
  // After a turn by θ about X the arm's height is a·cos θ + b·sin θ = r·cos(θ − φ).
  const float a = axes[1].y * arm.y + axes[2].y * arm.z;
  const float b = axes[2].y * arm.y - axes[1].y * arm.z;
  if (a >= wanted) return rotation;
  const float r = std::hypot(a, b);
  float highest = std::atan2(b, a);  // upward is the negative way about X
  if (highest > 0) highest -= 2 * 3.14159265f;
  const float angle = highest + std::acos(std::clamp(wanted / std::max(r, 1e-6f), -1.0f, 1.0f));
  return glm::normalize(rotation * turnAbout({1, 0, 0}, std::clamp(angle, -limit, 0.0f)));
}

// Share of contact frames within ± 0.1 s: contacts without steps, for blending.
std::vector<float> softened(const std::vector<std::uint8_t>& contacts, int channel, FrameRate rate) {
  const std::int64_t count = std::int64_t(contacts.size()) / 4;
  const std::int64_t reach = std::max<std::int64_t>(1, std::lround(rate.fps() * 0.1));
  std::vector<float> soft(count, 0.0f);
  for (std::int64_t f = 0; f < count; ++f) {
    int on = 0;
    int all = 0;
    for (std::int64_t g = std::max<std::int64_t>(0, f - reach); g <= std::min(count - 1, f + reach); ++g) {
      on += contacts[g * 4 + channel];
      ++all;
    }
    soft[f] = float(on) / float(all);
  }
  return soft;
}

float smoothStep(float low, float high, float x) {
  const float u = std::clamp((x - low) / (high - low), 0.0f, 1.0f);
  return u * u * (3 - 2 * u);
}

struct Foot {
  glm::vec3 ankle;
  glm::quat foot;
  glm::quat toe;
};

// The ankle and the turns of foot and toe at one frame: calibrated, and kept out of the floor.
Foot placeFoot(const LegPoints& leg, float shift, const glm::quat& footWorld, const glm::quat& toeWorld,
               const FootCalibration& calibration, float flatToe, bool left, float toeDown) {
  Foot placed;
  placed.ankle = leg.ankle + glm::vec3(0, shift, 0);
  placed.foot = footWorld * calibrationTurn(calibration.pitch, calibration.roll, left);
  const glm::quat toe = toeWorld * calibrationTurn(calibration.toePitch, calibration.roll, left);
  placed.foot = raisedTo(placed.foot, placed.ankle, kToeOffset, kToeJointHeight, kMaxFootLift);

  // Source and our foot differ in length: with the heel up and the toe down, the toe keeps the
  // place it had in the flat stance, not the ankle.
  const float heelUp = smoothStep(0.01f, 0.05f, placed.ankle.y - kAnkleHeight);
  const float keepToe = toeDown * heelUp;
  if (keepToe > 0) {
    // From the hinge, not from the sole: it stays level while the foot stands on its toes.
    glm::vec3 forward = glm::cross(placed.foot * glm::vec3(1, 0, 0), glm::vec3(0, 1, 0));
    if (glm::length(forward) > 1e-3f) {
      forward = glm::normalize(forward);
      glm::vec3 wanted = leg.toe + forward * (kToeOffset.z - calibration.footLength);
      wanted.y = kToeJointHeight + std::max(0.0f, leg.toe.y - flatToe);
      glm::vec3 move = wanted - (placed.ankle + placed.foot * kToeOffset);
      const float length = glm::length(move);
      constexpr float kFarthest = 0.08f;
      if (length > kFarthest) move *= kFarthest / length;
      placed.ankle += keepToe * move;
    }
  }

  const glm::vec3 ball = placed.ankle + placed.foot * kToeOffset;
  placed.toe = raisedTo(toe, ball, kToeTipSole, 0.0f, kMaxToeBend);
  float lowest = (placed.ankle + placed.foot * kHeel).y;
  lowest = std::min(lowest, (ball + placed.foot * kBallSole).y);
  lowest = std::min(lowest, (ball + placed.toe * kToeTipSole).y);
  if (lowest < -kToleratedDepth) placed.ankle.y += -kToleratedDepth - lowest;
  return placed;
}

}  // namespace

Result<Motion> retarget(const MappedClip& clip, const StanceSamples& clipStance,
                        const FootCalibration& calibration, const RetargetOptions& options) {
  const double ratio = clip.rate.fps() / kEngineRate.fps();
  const std::int64_t step = std::lround(ratio);
  if (step < 1 || std::abs(ratio - double(step)) > 1e-3) {
    return Error{ErrorCode::Unsupported, "its rate is no multiple of 30 frames a second."};
  }
  const FlatHeights flat = options.flatElsewhere && clipStance.count() < kSureStanceSamples
                               ? *options.flatElsewhere
                               : flatHeightsOf(clip, clipStance);
  const float shift = kAnkleHeight - flat.ankle;
  const std::vector<std::uint8_t> contacts = findContacts(clip, flat, options.unevenGround);
  const std::array<std::vector<float>, 2> toeDown = {softened(contacts, 1, clip.rate),
                                                     softened(contacts, 3, clip.rate)};
  const std::shared_ptr<const Skeleton> skeleton = kinescore22();
  const glm::vec3 hipMiddle = 0.5f * (skeleton->offsets[kLeftUpLeg] + skeleton->offsets[kRightUpLeg]);

  Motion motion;
  for (std::int64_t f = 0; f < clip.frameCount(); f += step) {
    std::array<glm::quat, kJointCount22> world = clip.world[f];
    const auto& legs = clip.legs[f];
    const glm::vec3 middle = 0.5f * (legs[kLeft].hip + legs[kRight].hip) + glm::vec3(0, shift, 0);
    const glm::vec3 root = middle - world[kHips] * hipMiddle;
    for (int side : {kLeft, kRight}) {
      const bool left = side == kLeft;
      const int upLeg = left ? kLeftUpLeg : kRightUpLeg;
      const int shin = left ? kLeftLeg : kRightLeg;
      const int footJoint = left ? kLeftFoot : kRightFoot;
      const int toeJoint = left ? kLeftToeBase : kRightToeBase;
      Foot foot;
      if (options.unevenGround) {
        foot.ankle = legs[side].ankle + glm::vec3(0, shift, 0);
        foot.foot = world[footJoint] * calibrationTurn(calibration.pitch, calibration.roll, left);
        foot.toe = world[toeJoint] * calibrationTurn(calibration.toePitch, calibration.roll, left);
      } else {
        foot = placeFoot(legs[side], shift, world[footJoint], world[toeJoint], calibration, flat.toe,
                         left, toeDown[side][f]);
      }
      const SolvedLeg solved =
          solveLeg(root + world[kHips] * skeleton->offsets[upLeg],
                   {foot.ankle, world[upLeg], world[shin]});
      world[upLeg] = solved.upLeg;
      world[shin] = solved.leg;
      world[footJoint] = foot.foot;
      world[toeJoint] = foot.toe;
    }
    Pose pose;
    pose.rootPosition = root;
    pose.localRotations = localFromWorldRotations(*skeleton, world);
    if (!motion.rootPositions.empty()) {
      for (int j = 0; j < kJointCount22; ++j) {
        const glm::quat& before = motion.rotation(motion.frameCount() - 1, j);
        if (glm::dot(before, pose.localRotations[j]) < 0) pose.localRotations[j] = -pose.localRotations[j];
      }
    }
    motion.appendPose(pose);
    motion.contacts.insert(motion.contacts.end(), contacts.begin() + f * 4, contacts.begin() + f * 4 + 4);
  }
  return motion;
}

Result<Motion> retargetClip(const SourceClip& source, double floorHeight, const RetargetOptions& options) {
  Result<MappedClip> mapped = mapClip(source, floorHeight);
  if (!mapped) return mapped.error();
  const StanceSamples stance = findStance(*mapped);
  return retarget(*mapped, stance, calibrateFeet(stance), options);
}

}  // namespace kinescore
