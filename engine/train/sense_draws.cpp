#include "engine/train/sense_draws.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

namespace kinescore {
namespace {

constexpr float kFps = 30;

// rhythm
constexpr std::size_t kFewestAccents = 2;
constexpr double kBeatAgreement = 0.5;  // of accents with a beat that counts as one
constexpr double kMissedAccents = 0.15, kFalseAccents = 0.1, kClickShare = 0.5, kBeatToldShare = 0.85;

// view
constexpr double kPointLost = 0.15, kLegsOutOfSight = 0.08, kSidesTakenWrong = 0.04, kPartSeen = 0.2;
constexpr float kMostNoise = 0.025f;    // of the box

using Points = std::array<glm::vec3, kViewPoints>;

std::vector<Points> pointsOf(std::span<const float> values) {
  std::vector<Points> all;
  WorldPose pose;
  pose.positions.resize(kJointCount22);
  pose.rotations.assign(kJointCount22, glm::quat(1, 0, 0, 0));
  for (std::size_t at = 0; at + kFeatureCount <= values.size(); at += kFeatureCount) {
    const float* v = values.data() + at;
    const float c = v[kHeadingChannel], s = v[kHeadingChannel + 1];
    const auto turned = [&](const float* p) { return glm::vec3(c * p[0] + s * p[2], p[1], -s * p[0] + c * p[2]); };
    for (int j = 0; j < kJointCount22; ++j) {
      pose.positions[j] = turned(v + kPositionChannel + 3 * j) + glm::vec3(v[kRootChannel], 0, v[kRootChannel + 2]);
    }
    const float* six = v + kRotationChannel + 6 * kHead;
    const glm::vec3 x = glm::normalize(turned(six)), y = glm::normalize(turned(six + 3) - glm::dot(x, turned(six + 3)) * x);
    pose.rotations[kHead] = glm::normalize(glm::quat_cast(glm::mat3(x, y, glm::cross(x, y))));
    all.push_back(viewPointsOf(pose));
  }
  return all;
}

// Times during which a point is lost, as [point] -> frames.
struct Losses {
  std::array<FrameRange, kViewPoints> lost{};
  FrameRange swapped;
};

FrameRange somewhere(int frames, int longest, CounterRandom& random) {
  const auto start = std::int64_t(random.below(std::uint64_t(frames)));
  return {start, std::min<std::int64_t>(frames, start + 1 + std::int64_t(random.below(std::uint64_t(longest))))};
}

Losses drawLosses(int frames, CounterRandom& random) {
  Losses losses;
  for (FrameRange& range : losses.lost) {
    if (random.uniform() < kPointLost) range = somewhere(frames, frames, random);
  }
  if (random.uniform() < kLegsOutOfSight) {
    for (int k = 13; k < kViewPoints; ++k) losses.lost[k] = {0, frames};
  }
  if (random.uniform() < kSidesTakenWrong) losses.swapped = somewhere(frames, 10, random);
  return losses;
}

float boxSize(const BodySight& sight) {
  glm::vec2 low(1e9f), high(-1e9f);
  for (int k = 0; k < kViewPoints; ++k) {
    if (sight.confidence[k] <= 0) continue;
    low = glm::min(low, sight.points[k]);
    high = glm::max(high, sight.points[k]);
  }
  return std::max({high.x - low.x, high.y - low.y, 0.0f});
}

BodySight withoutSides(const BodySight& sight) {
  BodySight swapped = sight;
  for (int k = 0; k < kViewPoints; ++k) {
    swapped.points[k] = sight.points[kMirrorViewPoint[k]];
    swapped.confidence[k] = sight.confidence[kMirrorViewPoint[k]];
  }
  return swapped;
}

void makeRoom(int frames, WindowConditions& conditions) {
  conditions.view.assign(std::size_t(frames) * kViewChannels, 0.0f);
  conditions.viewMask.assign(frames, 0.0f);
}
void makeRoomForRhythm(int frames, WindowConditions& conditions) {
  conditions.rhythm.assign(std::size_t(frames) * kRhythmChannels, 0.0f);
  conditions.rhythmMask.assign(frames, 1.0f);
}

std::vector<double> beatTimes(const Beat& beat, int frames, int every, int first) {
  std::vector<double> times;
  int number = -int(std::ceil(beat.first / beat.period)) - every;
  for (double at = beat.first + number * beat.period; at < frames + 2 * every * beat.period; at += beat.period, ++number) {
    if (((number - first) % every + every) % every == 0) times.push_back(at);
  }
  return times;
}

}  // namespace

void hearRhythm(std::span<const float> values, CounterRandom& random, WindowConditions& conditions) {
  const int frames = conditions.frames;
  const std::vector<Accent> accents = accentsOf(values);
  if (accents.size() < kFewestAccents) return;
  makeRoomForRhythm(frames, conditions);
  std::array<float, kMelBands> colour;
  for (float& gain : colour) gain = float(random.uniform(0.15, 1));
  const auto sound = [&](double frame, double strength) {
    addOnset(frame, float(strength), colour, frames, conditions.rhythm);
  };
  for (const Accent& accent : accents) {
    if (random.uniform() < kMissedAccents) continue;
    sound(accent.frame + random.uniform(-0.7, 0.7), std::clamp(accent.strength * random.uniform(0.6, 1.3), 0.2, 1.0));
  }
  const int extra = int(double(accents.size()) * kFalseAccents + random.uniform());
  for (int i = 0; i < extra; ++i) sound(random.uniform(0, frames), random.uniform(0.2, 0.7));

  Beat beat = beatOf(accents);
  if (beat.agreement < kBeatAgreement || random.uniform() >= kBeatToldShare) return;
  const int bar = random.uniform() < 0.8 ? 4 : 3;
  const int first = int(random.below(std::uint64_t(bar)));
  const std::vector<double> beats = beatTimes(beat, frames, 1, 0), downbeats = beatTimes(beat, frames, bar, first);
  writePhases(beats, downbeats, frames, conditions.rhythm);
  if (random.uniform() >= kClickShare) return;
  for (const double at : beats) {
    if (at > -3 && at < frames + 1) sound(at, random.uniform(0.6, 1.0));
  }
}

void hearAll(std::span<const float> values, WindowConditions& conditions) {
  const std::vector<Accent> accents = accentsOf(values);
  makeRoomForRhythm(conditions.frames, conditions);
  std::array<float, kMelBands> even;
  even.fill(0.6f);
  for (const Accent& accent : accents) addOnset(accent.frame, accent.strength, even, conditions.frames, conditions.rhythm);
  const Beat beat = beatOf(accents);
  if (beat.agreement >= kBeatAgreement) {
    writePhases(beatTimes(beat, conditions.frames, 1, 0), beatTimes(beat, conditions.frames, 4, 0), conditions.frames,
                conditions.rhythm);
  }
}

bool seeBody(std::span<const float> values, CounterRandom& random, WindowConditions& conditions) {
  const int frames = conditions.frames;
  const std::vector<Points> points = pointsOf(values);
  const CameraWay way = drawCameraWay(values, random);
  const Losses losses = drawLosses(frames, random);
  const bool isPart = random.uniform() < kPartSeen;
  const FrameRange shown = isPart ? somewhere(frames, frames, random) : FrameRange{0, frames};
  const double noise = random.uniform();
  DetectorError jitter(kMostNoise * float(noise * noise), random);
  makeRoom(frames, conditions);
  bool all = !isPart;
  for (int f = 0; f < frames; ++f) {
    const float seconds = float(f) / kFps;
    BodySight sight = seenBy(way.at(seconds), points[f]);
    sight.cameraTurning = way.turning(seconds);
    const float size = boxSize(sight);
    if (losses.swapped.contains(f)) sight = withoutSides(sight);
    for (int k = 0; k < kViewPoints; ++k) {
      sight.points[k] += size * jitter.next(k);
      sight.confidence[k] *= losses.lost[k].contains(f) ? 0.0f : float(random.uniform(0.55, 1.0));
    }
    const auto row = std::span(conditions.view).subspan(std::size_t(f) * kViewChannels).first<kViewChannels>();
    const bool isSeen = shown.contains(f) && writeSight(sight, row);
    conditions.viewMask[f] = isSeen ? 1.0f : 0.0f;
    all = all && isSeen;
  }
  return all;
}

void seeAll(std::span<const float> values, const PinholeCamera& camera, WindowConditions& conditions) {
  makeRoom(conditions.frames, conditions);
  const std::vector<Points> points = pointsOf(values);
  for (int f = 0; f < conditions.frames; ++f) {
    const auto row = std::span(conditions.view).subspan(std::size_t(f) * kViewChannels).first<kViewChannels>();
    conditions.viewMask[f] = writeSight(seenBy(camera, points[f]), row) ? 1.0f : 0.0f;
  }
}

}  // namespace kinescore
