#include "engine/network/gem/caption_features.h"

#include <algorithm>
#include <cassert>

namespace kinescore::gem {

TextFeatures captionFeatures(std::span<const float> tokens, std::span<const Side> sides) {
  assert(tokens.size() == sides.size() * kTextWidth);
  TextFeatures features(std::size_t(kTextTokens) * kTextChannels, 0.0f);
  const std::size_t count = std::min<std::size_t>(sides.size(), kTextTokens);
  for (std::size_t i = 0; i < count; ++i) {
    float* to = features.data() + i * kTextChannels;
    std::copy_n(tokens.begin() + std::ptrdiff_t(i * kTextWidth), kTextWidth, to);
    to[kTextWidth] = sides[i] == Side::Left || sides[i] == Side::Both ? 1.0f : 0.0f;
    to[kTextWidth + 1] = sides[i] == Side::Right || sides[i] == Side::Both ? 1.0f : 0.0f;
  }
  return features;
}

}  // namespace kinescore::gem
