// Captures of the library that ships, and how far two motions are apart.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "engine/library/library.h"
#include "engine/motion/kinematics.h"

namespace kinescore {

/// The first clean capture of a category that lasts more than 4 s.
inline const Motion& capturedMotion(const char* category) {
  static const Library library = [] {
    auto loaded = loadLibrary(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib");
    return loaded ? std::move(*loaded) : Library{};
  }();
  for (const LibraryClip& clip : library.clips) {
    if (clip.category == category && clip.quality == ClipQuality::Clean && clip.motion.frameCount() > 120) return clip.motion;
  }
  ADD_FAILURE() << "no such clip";
  return library.clips.front().motion;
}

/// Mean distance of the joints about the hips, metres, over the frames both have.
inline double poseDistance(const Motion& a, const Motion& b) {
  const auto pa = worldPositions(a), pb = worldPositions(b);
  const std::int64_t frames = std::min(a.frameCount(), b.frameCount());
  double sum = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      const std::size_t i = std::size_t(f) * kJointCount22;
      sum += glm::length((pa[i + std::size_t(j)] - pa[i]) - (pb[i + std::size_t(j)] - pb[i]));
    }
  }
  return sum / double(frames * kJointCount22);
}

inline double travelOf(const Motion& motion) {
  const glm::vec3 way = motion.rootPositions.back() - motion.rootPositions.front();
  return std::hypot(way.x, way.z);
}

}  // namespace kinescore
