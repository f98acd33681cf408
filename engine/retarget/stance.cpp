#include "engine/retarget/stance.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace kinescore {

namespace {

constexpr float kStillSpeed = 0.15f;
/// Ankle heights this far around the low ones belong to the same stance.
constexpr float kBelow = 0.02f;
constexpr float kAbove = 0.02f;
constexpr float kMaxSlant = 0.35f;    // 20 degrees
constexpr float kFootSpread = 0.26f;  // 15 degrees between the quartiles
constexpr float kToeSpread = 0.52f;   // 30 degrees

void appendTo(std::vector<float>& values, const std::vector<float>& more) {
  values.insert(values.end(), more.begin(), more.end());
}

float median(const std::vector<float>& values, float fallback) {
  return values.empty() ? fallback : percentile(values, 0.5);
}

struct FootTracks {
  std::vector<glm::vec3> ankle, toe;
};

FootTracks tracksOf(const MappedClip& clip, int side) {
  FootTracks tracks;
  for (const auto& legs : clip.legs) {
    tracks.ankle.push_back(legs[side].ankle);
    tracks.toe.push_back(legs[side].toe);
  }
  return tracks;
}

}  // namespace

void StanceSamples::append(const StanceSamples& other) {
  appendTo(ankleHeights, other.ankleHeights);
  appendTo(toeHeights, other.toeHeights);
  appendTo(footLengths, other.footLengths);
  appendTo(pitches, other.pitches);
  appendTo(rolls, other.rolls);
  appendTo(toePitches, other.toePitches);
}

float percentile(std::vector<float> values, double share) {
  assert(!values.empty());
  const auto nth = values.begin() + std::ptrdiff_t(share * double(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

std::vector<float> speedsOf(const std::vector<glm::vec3>& points, FrameRate rate) {
  const std::int64_t count = std::int64_t(points.size());
  const std::int64_t reach = std::max<std::int64_t>(1, std::lround(rate.fps() / 30.0));
  std::vector<float> speeds(points.size(), 0.0f);
  for (std::int64_t f = 0; f < count; ++f) {
    const std::int64_t before = std::max<std::int64_t>(0, f - reach);
    const std::int64_t after = std::min(count - 1, f + reach);
    if (after > before) {
      speeds[f] = glm::length(points[after] - points[before]) * float(rate.fps() / double(after - before));
    }
  }
  return speeds;
}

StanceSamples findStance(const MappedClip& clip) {
  struct Candidate {
    std::int64_t frame;
    int side;
    float height;
  };
  std::vector<Candidate> still;
  std::vector<float> heights;
  for (int side : {kLeft, kRight}) {
    const FootTracks tracks = tracksOf(clip, side);
    const std::vector<float> ankle = speedsOf(tracks.ankle, clip.rate);
    const std::vector<float> toe = speedsOf(tracks.toe, clip.rate);
    for (std::int64_t f = 0; f < clip.frameCount(); ++f) {
      if (ankle[f] >= kStillSpeed || toe[f] >= kStillSpeed) continue;
      still.push_back({f, side, tracks.ankle[f].y});
      heights.push_back(tracks.ankle[f].y);
    }
  }
  StanceSamples samples;
  if (int(still.size()) < kFewStanceSamples) return samples;
  const float low = percentile(heights, 0.15);
  for (const Candidate& candidate : still) {
    if (candidate.height < low - kBelow || candidate.height > low + kAbove) continue;
    const LegPoints& leg = clip.legs[candidate.frame][candidate.side];
    const bool left = candidate.side == kLeft;
    const auto& world = clip.world[candidate.frame];
    const glm::vec3 up = glm::conjugate(world[left ? kLeftFoot : kRightFoot]) * glm::vec3(0, 1, 0);
    const glm::vec3 toeUp = glm::conjugate(world[left ? kLeftToeBase : kRightToeBase]) * glm::vec3(0, 1, 0);
    samples.ankleHeights.push_back(leg.ankle.y);
    samples.toeHeights.push_back(leg.toe.y);
    samples.footLengths.push_back(std::hypot(leg.toe.x - leg.ankle.x, leg.toe.z - leg.ankle.z));
    samples.pitches.push_back(std::atan2(up.z, up.y));
    samples.rolls.push_back((left ? 1.0f : -1.0f) * std::atan2(up.x, up.y));
    samples.toePitches.push_back(std::atan2(toeUp.z, toeUp.y));
  }
  return samples;
}

FootCalibration calibrateFeet(const StanceSamples& samples) {
  FootCalibration calibration;
  if (samples.count() < kFewStanceSamples) return calibration;
  // What differs from moment to moment, or is large, is no slant of the skeleton but a pose.
  const auto constantPart = [](const std::vector<float>& angles, float spreadLimit) {
    const float spread = percentile(angles, 0.75) - percentile(angles, 0.25);
    return spread > spreadLimit ? 0.0f : std::clamp(percentile(angles, 0.5), -kMaxSlant, kMaxSlant);
  };
  calibration.pitch = constantPart(samples.pitches, kFootSpread);
  calibration.roll = constantPart(samples.rolls, kFootSpread);
  calibration.toePitch = constantPart(samples.toePitches, kToeSpread);
  calibration.footLength = median(samples.footLengths, calibration.footLength);
  return calibration;
}

FlatHeights flatHeightsOf(const MappedClip& clip, const StanceSamples& samples) {
  if (samples.count() >= kFewStanceSamples) {
    return {median(samples.ankleHeights, 0), median(samples.toeHeights, 0)};
  }
  std::vector<float> ankles;
  std::vector<float> toes;
  for (const auto& legs : clip.legs) {
    for (const LegPoints& leg : legs) {
      ankles.push_back(leg.ankle.y);
      toes.push_back(leg.toe.y);
    }
  }
  return {percentile(std::move(ankles), 0.05), percentile(std::move(toes), 0.05)};
}

}  // namespace kinescore
