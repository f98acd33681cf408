#include "engine/retarget/mapped_clip.h"

#include <algorithm>
#include <cmath>

#include "engine/retarget/limb_turns.h"

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
  mendHalfTurns(clip);
  sharePronation(clip);
  return clip;
}

}  // namespace kinescore
