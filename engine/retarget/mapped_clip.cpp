#include "engine/retarget/mapped_clip.h"

#include <algorithm>
#include <cmath>

namespace kinescore {

namespace {

// The Daz figure has no toe joint; through FBX even the end site of its foot is a dummy, and the
// ball lies this far along the foot's Y (metres).
constexpr float kDazFbxToeLength = 0.129f;

struct Sources {
  std::array<int, kJointCount22> first{};
  std::array<int, kJointCount22> second{};  // -1: none
};

Sources findSources(const Skeleton& skeleton, SourceFamily family) {
  Sources sources;
  const auto& table = alignmentOf(family);
  for (int j = 0; j < kJointCount22; ++j) {
    sources.first[j] = *skeleton.findJoint(table[j].source);
    sources.second[j] =
        table[j].secondSource.empty() ? -1 : *skeleton.findJoint(table[j].secondSource);
  }
  return sources;
}

// The turn of `q` about X alone (swing–twist), shorter way.
glm::quat twistAboutX(const glm::quat& q) {
  const glm::quat twist(q.w, q.x, 0, 0);
  const float length = glm::length(twist);
  if (length < 1e-6f) return {1, 0, 0, 0};
  return (q.w < 0 ? -1.0f : 1.0f) / length * twist;
}

// CMU's radius carries no pronation, all of it is in the wrist: give the forearm half.
void sharePronation(std::array<glm::quat, kJointCount22>& world) {
  constexpr std::pair<int, int> kArms[] = {{kLeftForeArm, kLeftHand}, {kRightForeArm, kRightHand}};
  for (const auto& [foreArm, hand] : kArms) {
    const glm::quat twist = twistAboutX(glm::conjugate(world[foreArm]) * world[hand]);
    world[foreArm] = world[foreArm] * glm::slerp(glm::quat(1, 0, 0, 0), twist, 0.5f);
  }
}

// How far the foot is rolled against the shin, radians: between their up directions, seen along
// the foot.
float rollAgainstShin(const glm::quat& foot, const glm::quat& shin) {
  const glm::vec3 up = glm::conjugate(foot) * (shin * glm::vec3(0, 1, 0));
  return std::abs(std::atan2(up.x, up.y));
}

constexpr float kUpsideDownRoll = 100.0f * 3.14159265f / 180.0f;

// Some feet were solved upside down: half a turn about their own long axis puts them right.
void turnUpsideDownFeet(MappedClip& clip) {
  for (int side : {kLeft, kRight}) {
    const int foot = side == kLeft ? kLeftFoot : kRightFoot;
    const int toe = side == kLeft ? kLeftToeBase : kRightToeBase;
    const int shin = side == kLeft ? kLeftLeg : kRightLeg;
    for (auto& world : clip.world) {
      if (rollAgainstShin(world[foot], world[shin]) < kUpsideDownRoll) continue;
      const glm::quat half(0, 0, 0, 1);
      world[foot] = world[foot] * half;
      world[toe] = world[toe] * half;
    }
  }
}

}  // namespace

Result<MappedClip> mapClip(const SourceClip& source, double floorHeight) {
  const auto family = findSourceFamily(*source.skeleton);
  if (!family) {
    return Error{ErrorCode::Unsupported, "the skeleton is none of those that can be retargeted."};
  }
  if (source.frameCount() < 1) return Error{ErrorCode::BadInput, "the clip has no frames."};
  const Skeleton& skeleton = *source.skeleton;
  const Sources joints = findSources(skeleton, *family);
  const auto& table = alignmentOf(*family);

  MappedClip clip;
  clip.family = *family;
  clip.rate = source.rate;
  const bool asfLike = *family == SourceFamily::Asf || *family == SourceFamily::Bvh31 ||
                       *family == SourceFamily::Bvh131;
  double legLength = 0;
  for (std::int64_t f = 0; f < source.frameCount(); ++f) {
    auto& world = clip.world.emplace_back();
    for (int j = 0; j < kJointCount22; ++j) {
      world[j] = source.rotation(f, joints.first[j]) * table[j].align;
      if (joints.second[j] >= 0) {
        world[j] = glm::slerp(world[j], source.rotation(f, joints.second[j]) * table[j].secondAlign, 0.5f);
      }
      world[j] = glm::normalize(world[j]);
    }
    if (asfLike) sharePronation(world);

    auto& legs = clip.legs.emplace_back();
    for (int side : {kLeft, kRight}) {
      const auto at = [&](int left, int right) {
        return source.position(f, joints.first[side == kLeft ? left : right]);
      };
      LegPoints& leg = legs[side];
      leg.hip = at(kLeftUpLeg, kRightUpLeg);
      leg.knee = at(kLeftLeg, kRightLeg);
      leg.ankle = at(kLeftFoot, kRightFoot);
      const int foot = joints.first[side == kLeft ? kLeftFoot : kRightFoot];
      if (*family == SourceFamily::DazFbx) {
        leg.toe = leg.ankle + source.rotation(f, foot) * glm::vec3(0, kDazFbxToeLength, 0);
      } else if (*family == SourceFamily::Daz) {
        const auto tip = skeleton.endSites.find(foot);
        if (tip == skeleton.endSites.end()) {
          return Error{ErrorCode::BadInput, "the foot has no End Site to tell its length."};
        }
        leg.toe = leg.ankle + source.rotation(f, foot) * tip->second;
      } else {
        leg.toe = at(kLeftToeBase, kRightToeBase);
      }
      legLength += glm::length(leg.knee - leg.hip) + glm::length(leg.ankle - leg.knee);
    }
  }
  legLength /= 2.0 * double(source.frameCount());
  if (!(legLength > 0.05 && legLength < 20)) {
    return Error{ErrorCode::BadInput, "the legs are " + std::to_string(legLength) +
                                          " m long; the unit of length is wrong."};
  }
  clip.scale = float(kLegLength22 / legLength);
  const glm::vec3 floor(0, float(floorHeight), 0);
  for (auto& legs : clip.legs) {
    for (LegPoints& leg : legs) {
      for (glm::vec3* point : {&leg.hip, &leg.knee, &leg.ankle, &leg.toe}) {
        *point = clip.scale * (*point - floor);
      }
    }
  }
  turnUpsideDownFeet(clip);
  return clip;
}

}  // namespace kinescore
