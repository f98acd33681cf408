#include "engine/generation/nearest_clip.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/generation/features.h"

namespace kinescore {
namespace {

constexpr int kPoseStride = 3;  // engine frames from pose to pose: 10 a second
constexpr int kPosesOfStretch = 10;
constexpr int kPoseValues = 3 * kJointCount22;

Error cancelled() { return {ErrorCode::Cancelled, "Generating was cancelled"}; }

/// Every third pose of a motion, [poses][66].
void appendPoses(const Motion& motion, std::vector<float>& poses) {
  const MotionFeatures features = featuresFromMotion(motion);
  for (std::int64_t f = 0; f < features.frames; f += kPoseStride) {
    const auto first = features.values.begin() + f * kFeatureCount + kPositionChannel;
    poses.insert(poses.end(), first, first + kPoseValues);
  }
}

double jointDistanceSum(const float* a, const float* b) {
  double sum = 0;
  for (int j = 0; j < kPoseValues; j += 3) {
    const float x = a[j] - b[j], y = a[j + 1] - b[j + 1], z = a[j + 2] - b[j + 2];
    sum += std::sqrt(x * x + y * y + z * z);
  }
  return sum;
}

}  // namespace

Result<NearestClips> NearestClips::build(const Library& library, std::stop_token stop) {
  NearestClips nearest;
  for (const LibraryClip& clip : library.clips) {
    if (stop.stop_requested()) return cancelled();
    const auto before = static_cast<std::int64_t>(nearest.poses_.size() / kPoseValues);
    appendPoses(clip.motion, nearest.poses_);
    const auto after = static_cast<std::int64_t>(nearest.poses_.size() / kPoseValues);
    const int number = static_cast<int>(nearest.clipIds_.size());
    nearest.clipIds_.push_back(clip.id);
    for (std::int64_t p = before; p < after; ++p) {
      nearest.clipOfStretch_.push_back(p + kPosesOfStretch <= after ? number : -1);
    }
  }
  return nearest;
}

NearestClips::Nearest NearestClips::nearestTo(const float* stretch, Nearest best) const {
  constexpr double joints = double(kPosesOfStretch) * kJointCount22;
  double bestSum = best.meters * joints;
  const auto tryAt = [&](std::size_t p) {
    if (clipOfStretch_[p] < 0) return;
    const float* candidate = poses_.data() + p * kPoseValues;
    double sum = 0;
    // Poses far apart first: a wrong stretch is given up soonest.
    for (const int pose : {0, 9, 4, 7, 2, 5, 1, 8, 3, 6}) {
      sum += jointDistanceSum(stretch + pose * kPoseValues, candidate + pose * kPoseValues);
      if (sum >= bestSum) return;
    }
    bestSum = sum;
    best = {sum / joints, clipOfStretch_[p]};
  };
  // A thin first pass finds a good bound; then everything.
  constexpr std::size_t kThin = 7;
  for (std::size_t p = 0; p < clipOfStretch_.size(); p += kThin) tryAt(p);
  for (std::size_t p = 0; p < clipOfStretch_.size(); ++p) tryAt(p);
  return best;
}

Result<std::optional<NearestClips::Answer>> NearestClips::find(const Motion& motion, std::stop_token stop) const {
  std::vector<float> own, mirror;
  appendPoses(motion, own);
  appendPoses(mirrored(motion), mirror);
  const auto stretches = static_cast<std::int64_t>(own.size() / kPoseValues) - kPosesOfStretch + 1;
  std::vector<Nearest> found;
  if (stretches > 0) {
    const std::int64_t whole = std::max<std::int64_t>(1, stretches / kPosesOfStretch);
    const std::int64_t count = std::min<std::int64_t>(whole, kMostStretches);
    for (std::int64_t i = 0; i < count; ++i) {
      if (stop.stop_requested()) return cancelled();
      const std::int64_t first = count == 1 ? 0 : (stretches - 1) * i / (count - 1);
      Nearest best{std::numeric_limits<double>::max(), -1};
      best = nearestTo(own.data() + first * kPoseValues, best);
      if (stop.stop_requested()) return cancelled();
      best = nearestTo(mirror.data() + first * kPoseValues, best);
      if (best.clip >= 0) found.push_back(best);
    }
  }
  if (found.empty()) return std::optional<Answer>();
  std::map<int, int> votes;
  int winner = found.front().clip;
  for (const Nearest& n : found) {
    const int count = ++votes[n.clip];
    if (count > votes[winner]) winner = n.clip;
  }
  const auto middle = found.begin() + std::ptrdiff_t(found.size() / 2);
  std::nth_element(found.begin(), middle, found.end(),
                   [](const Nearest& a, const Nearest& b) { return a.meters < b.meters; });
  return std::optional<Answer>({middle->meters, clipIds_[winner]});
}

}  // namespace kinescore
