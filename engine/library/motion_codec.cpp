#include "engine/library/motion_codec.h"

#include <cassert>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace kinescore {

namespace {

constexpr int kRotationChannels = 3 * kJointCount22;
constexpr int kRootChannels = 3;
constexpr int kChannels = kRotationChannels + kRootChannels;
// A channel's next value is guessed as its last one plus k/4 of its last step; the best k of each
// clip is written.
constexpr int kPredictors[] = {0, 2, 3, 4};

glm::dvec3 rotationVectorOf(const glm::quat& rotation) {
  glm::dquat q = glm::normalize(glm::dquat(rotation));
  if (q.w < 0) q = -q;
  const glm::dvec3 v(q.x, q.y, q.z);
  const double sine = glm::length(v);
  if (sine < 1e-12) return v * 2.0;
  return v * (2 * std::atan2(sine, q.w) / sine);
}

glm::quat rotationFromVector(const glm::dvec3& v) {
  const double angle = glm::length(v);
  if (angle < 1e-12) return glm::quat(glm::normalize(glm::dquat(1, v.x / 2, v.y / 2, v.z / 2)));
  const double s = std::sin(angle / 2) / angle;
  return glm::quat(glm::dquat(std::cos(angle / 2), v.x * s, v.y * s, v.z * s));
}

// Integers are 32 bits wide and wrap; rotations are cut to 16 bits, which wrap just as well.
using Channel = std::vector<std::int32_t>;

std::int32_t predict(std::int32_t last, std::int32_t beforeLast, int quarters) {
  const std::int64_t step = std::int64_t(last) - beforeLast;
  return std::int32_t(std::uint32_t(std::int64_t(last) + step * quarters / 4));
}

std::uint32_t zigzag(std::int32_t v) { return (std::uint32_t(v) << 1) ^ std::uint32_t(v >> 31); }
std::int32_t unzigzag(std::uint32_t v) { return std::int32_t((v >> 1) ^ (0u - (v & 1))); }

std::int32_t narrowed(std::int64_t v, bool rotation) {
  return rotation ? std::int32_t(std::int16_t(std::uint16_t(v))) : std::int32_t(std::uint32_t(v));
}

void writeResiduals(const Channel& values, bool rotation, int quarters, std::vector<std::uint32_t>& out) {
  std::int32_t last = 0;
  std::int32_t beforeLast = 0;
  for (std::int32_t value : values) {
    const std::int32_t guess = predict(last, beforeLast, quarters);
    const std::int32_t residual = narrowed(std::int64_t(value) - guess, rotation);
    std::uint32_t coded = zigzag(residual);
    if (rotation) coded &= 0xffff;
    out.push_back(coded);
    beforeLast = last;
    last = value;
  }
}

std::vector<Channel> quantized(const Motion& motion) {
  std::vector<Channel> channels(kChannels, Channel(std::size_t(motion.frameCount())));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::dvec3 v = rotationVectorOf(motion.rotation(f, j)) / kRotationStep;
      for (int a = 0; a < 3; ++a) channels[j * 3 + a][f] = std::int32_t(std::lround(v[a]));
    }
    for (int a = 0; a < 3; ++a) {
      channels[kRotationChannels + a][f] = std::int32_t(std::lround(double(motion.rootPositions[f][a]) / kRootStep));
    }
  }
  return channels;
}

}  // namespace

std::size_t encodedMotionBytes(std::int64_t frames, std::int64_t clips) {
  return std::size_t(frames) * (2 * kRotationChannels + 4 * kRootChannels + 1) + std::size_t(clips) * kChannels;
}

std::string encodeMotions(std::span<const Motion* const> motions) {
  std::vector<std::vector<Channel>> clips;
  std::int64_t frames = 0;
  for (const Motion* motion : motions) {
    assert(motion->jointCount() == kJointCount22);
    clips.push_back(quantized(*motion));
    frames += motion->frameCount();
  }
  std::string predictors;
  std::string bytes;
  std::vector<std::uint32_t> all;
  std::vector<std::uint32_t> trial;
  // One channel of all clips after the other: like stands beside like.
  for (int c = 0; c < kChannels; ++c) {
    const bool rotation = c < kRotationChannels;
    all.clear();
    for (const auto& clip : clips) {
      std::vector<std::uint32_t> best;
      double bestCost = INFINITY;
      char bestIndex = 0;
      for (int p = 0; p < int(std::size(kPredictors)); ++p) {
        trial.clear();
        writeResiduals(clip[c], rotation, kPredictors[p], trial);
        double cost = 0;
        for (std::uint32_t r : trial) cost += std::log2(1.0 + r);
        if (cost < bestCost) {
          bestCost = cost;
          bestIndex = char(p);
          best.swap(trial);
        }
      }
      predictors.push_back(bestIndex);
      all.insert(all.end(), best.begin(), best.end());
    }
    for (int plane = 0; plane < (rotation ? 2 : 4); ++plane) {
      for (std::uint32_t r : all) bytes.push_back(char((r >> (8 * plane)) & 0xff));
    }
  }
  for (const Motion* motion : motions) {
    for (std::int64_t f = 0; f < motion->frameCount(); ++f) {
      int bits = 0;
      for (int k = 0; k < 4 && !motion->contacts.empty(); ++k) bits |= (motion->contacts[f * 4 + k] ? 1 : 0) << k;
      bytes.push_back(char(bits));
    }
  }
  bytes = predictors + bytes;
  assert(bytes.size() == encodedMotionBytes(frames, std::int64_t(motions.size())));
  return bytes;
}

Result<std::vector<Motion>> decodeMotions(std::string_view bytes, std::span<const std::int64_t> frames) {
  const std::size_t clips = frames.size();
  const std::int64_t total = std::accumulate(frames.begin(), frames.end(), std::int64_t(0));
  if (bytes.size() != encodedMotionBytes(total, std::int64_t(clips))) {
    return Error{ErrorCode::BadInput, "the motion data has the wrong length."};
  }
  const std::string_view predictors = bytes.substr(0, clips * kChannels);
  std::vector<Motion> motions(clips);
  std::vector<std::vector<glm::dvec3>> vectors(clips);
  for (std::size_t i = 0; i < clips; ++i) {
    motions[i].resize(frames[i]);
    motions[i].contacts.assign(std::size_t(frames[i]) * 4, 0);
    vectors[i].resize(std::size_t(frames[i]) * kJointCount22);
  }
  const char* cursor = bytes.data() + clips * kChannels;
  const std::size_t planeSize = std::size_t(total);
  for (int c = 0; c < kChannels; ++c) {
    const bool rotation = c < kRotationChannels;
    const int planes = rotation ? 2 : 4;
    std::size_t at = 0;
    for (std::size_t i = 0; i < clips; ++i) {
      const auto index = std::uint8_t(predictors[c * clips + i]);
      if (index >= std::size(kPredictors)) return Error{ErrorCode::BadInput, "the motion data is damaged."};
      std::int32_t last = 0;
      std::int32_t beforeLast = 0;
      for (std::int64_t f = 0; f < frames[i]; ++f, ++at) {
        std::uint32_t coded = 0;
        for (int plane = 0; plane < planes; ++plane) {
          coded |= std::uint32_t(std::uint8_t(cursor[plane * planeSize + at])) << (8 * plane);
        }
        const std::int32_t guess = predict(last, beforeLast, kPredictors[index]);
        const std::int32_t value = narrowed(std::int64_t(guess) + unzigzag(coded), rotation);
        beforeLast = last;
        last = value;
        if (rotation) {
          vectors[i][std::size_t(f) * kJointCount22 + c / 3][c % 3] = value * kRotationStep;
        } else {
          motions[i].rootPositions[f][c - kRotationChannels] = float(value * kRootStep);
        }
      }
    }
    cursor += planes * planeSize;
  }
  for (std::size_t i = 0; i < clips; ++i) {
    Motion& motion = motions[i];
    for (std::size_t k = 0; k < vectors[i].size(); ++k) {
      motion.localRotations[k] = rotationFromVector(vectors[i][k]);
      // Signs are continuous in time.
      if (k >= kJointCount22 && glm::dot(motion.localRotations[k - kJointCount22], motion.localRotations[k]) < 0) {
        motion.localRotations[k] = -motion.localRotations[k];
      }
    }
    for (std::int64_t f = 0; f < frames[i]; ++f) {
      const auto bits = std::uint8_t(*cursor++);
      if (bits > 15) return Error{ErrorCode::BadInput, "the contact data is damaged."};
      for (int k = 0; k < 4; ++k) motion.contacts[f * 4 + k] = (bits >> k) & 1;
    }
  }
  return motions;
}

}  // namespace kinescore
