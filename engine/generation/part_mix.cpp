#include "engine/generation/part_mix.h"

#include <algorithm>
#include <cassert>

namespace kinescore {
namespace {

constexpr int kRiseFrames = 8;

std::vector<int> jointsOf(BodyPart part) {
  switch (part) {
    case BodyPart::Whole: break;
    case BodyPart::LeftArm: return {kLeftShoulder, kLeftArm, kLeftForeArm, kLeftHand};
    case BodyPart::RightArm: return {kRightShoulder, kRightArm, kRightForeArm, kRightHand};
    case BodyPart::Head: return {kNeck, kHead};
    case BodyPart::Spine:
      return {kSpine,        kSpine1, kSpine2,  kNeck,        kHead,      kLeftShoulder, kRightShoulder,
              kLeftArm, kRightArm, kLeftForeArm, kRightForeArm, kLeftHand, kRightHand};
    case BodyPart::Legs:
      return {kHips, kLeftUpLeg, kRightUpLeg, kLeftLeg, kRightLeg, kLeftFoot, kRightFoot, kLeftToeBase, kRightToeBase};
  }
  return {};
}

std::array<bool, kFeatureCount> markedChannels(BodyPart part) {
  std::array<bool, kFeatureCount> channels{};
  if (part == BodyPart::Whole) channels.fill(true);
  for (const int j : jointsOf(part)) {
    std::fill_n(channels.begin() + kPositionChannel + 3 * j, 3, true);
    std::fill_n(channels.begin() + kRotationChannel + 6 * j, 6, true);
    std::fill_n(channels.begin() + kVelocityChannel + 3 * j, 3, true);
  }
  if (part == BodyPart::Legs) {
    std::fill_n(channels.begin(), kPositionChannel, true);
    std::fill_n(channels.begin() + kContactChannel, 4, true);
  }
  return channels;
}

float risen(int frames) {
  const float u = std::clamp(float(frames) / kRiseFrames, 0.0f, 1.0f);
  return u * u * (3 - 2 * u);
}

}  // namespace

const std::array<bool, kFeatureCount>& channelsOf(BodyPart part) {
  static const auto all = [] {
    std::array<std::array<bool, kFeatureCount>, 6> made;
    for (std::size_t p = 0; p < made.size(); ++p) made[p] = markedChannels(BodyPart(p));
    return made;
  }();
  return all[std::size_t(part)];
}

std::vector<BodyPart> partsOf(const WindowConditions& conditions) {
  std::vector<BodyPart> parts;
  for (const TextTokens& text : conditions.texts) {
    if (text.part == BodyPart::Whole || std::count(parts.begin(), parts.end(), text.part) > 0) continue;
    parts.push_back(text.part);
  }
  // what lies inside another part comes after it
  std::sort(parts.begin(), parts.end(), [](BodyPart a, BodyPart b) {
    const auto rank = [](BodyPart p) { return p == BodyPart::Spine ? -1 : int(p); };
    return rank(a) < rank(b);
  });
  return parts;
}

std::vector<float> shareOf(BodyPart part, const WindowConditions& conditions) {
  std::vector<float> share(conditions.frames, 0.0f);
  for (const TextTokens& text : conditions.texts) {
    if (text.part != part) continue;
    for (int f = std::max(0, text.startFrame); f < std::min(conditions.frames, text.endFrame); ++f) {
      const float strength =
          text.strength.empty() ? 1.0f : text.strength[std::min<std::size_t>(f, text.strength.size() - 1)];
      const float edge = risen(std::min(f - text.startFrame, text.endFrame - 1 - f) + 1);
      share[f] = std::max(share[f], strength * edge);
    }
  }
  return share;
}

void mixPart(BodyPart part, std::span<const float> share, std::span<const float> ofPart, std::span<float> whole) {
  assert(ofPart.size() == whole.size() && whole.size() == share.size() * kFeatureCount);
  const auto& channels = channelsOf(part);
  for (std::size_t f = 0; f < share.size(); ++f) {
    if (share[f] <= 0) continue;
    for (int c = 0; c < kFeatureCount; ++c) {
      const std::size_t i = f * kFeatureCount + c;
      if (channels[c]) whole[i] += share[f] * (ofPart[i] - whole[i]);
    }
  }
}

}  // namespace kinescore
