#include "engine/generation/quiet_motion.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "engine/generation/features.h"
#include "engine/motion/skeleton.h"

namespace kinescore {
namespace {

/// Frames on each side of one that tell how fast it is: trembling is no speed.
constexpr int kSpeedReach = 4;
/// A Gaussian this narrow, frames, is none.
constexpr double kNarrowest = 0.2;

/// Some channels that belong together, over all frames; the first and the last one last for ever.
class Limb {
 public:
  Limb(std::span<const float> world, int first, int channels)
      : world_(world), frames_(std::int64_t(world.size()) / kFeatureCount), first_(first), channels_(channels) {}

  [[nodiscard]] double at(std::int64_t frame, int channel) const {
    return world_[std::size_t(std::clamp<std::int64_t>(frame, 0, frames_ - 1)) * kFeatureCount + first_ + channel];
  }

  /// A second: slope of the line through the frames around one.
  [[nodiscard]] double speedAt(std::int64_t frame) const {
    double squares = 0, spread = 0;
    for (int k = -kSpeedReach; k <= kSpeedReach; ++k) spread += double(k * k);
    for (int c = 0; c < channels_; ++c) {
      double along = 0;
      for (int k = -kSpeedReach; k <= kSpeedReach; ++k) along += k * at(frame + k, c);
      squares += along * along;
    }
    return kEngineRate.fps() * std::sqrt(squares) / spread;
  }

  void smoothedAt(std::int64_t frame, double deviation, float* out) const {
    const auto reach = std::int64_t(std::ceil(3 * deviation));
    double whole = 0;
    std::vector<double> sum(std::size_t(channels_), 0.0);
    for (std::int64_t k = -reach; k <= reach; ++k) {
      const double weight = std::exp(-0.5 * double(k * k) / (deviation * deviation));
      whole += weight;
      for (int c = 0; c < channels_; ++c) sum[c] += weight * at(frame + k, c);
    }
    for (int c = 0; c < channels_; ++c) out[c] = static_cast<float>(sum[c] / whole);
  }

 private:
  std::span<const float> world_;
  std::int64_t frames_;
  int first_, channels_;
};

}  // namespace

void calmQuietLimbs(FrameRange made, std::span<float> worldFeatures) {
  const std::vector<float> before(worldFeatures.begin(), worldFeatures.end());
  assert(made.start >= 0 && made.end * kFeatureCount <= std::int64_t(before.size()));
  const auto calm = [&](int first, int channels, double restingSpeed) {
    const Limb limb(before, first, channels);
    for (std::int64_t f = made.start; f < made.end; ++f) {
      const double speed = limb.speedAt(f) / restingSpeed;
      const double deviation = kRestingFrames / (1 + speed * speed);
      if (deviation > kNarrowest) limb.smoothedAt(f, deviation, worldFeatures.data() + f * kFeatureCount + first);
    }
  };
  calm(kRootChannel, 3, kRestingSpeed);
  calm(kPositionChannel + 3 * kHips, 3, kRestingSpeed);
  for (int j = 0; j < kJointCount22; ++j) calm(kRotationChannel + 6 * j, 6, kRestingTurn);
}

}  // namespace kinescore
