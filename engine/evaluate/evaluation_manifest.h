// What quality is measured on, frozen before training: which stretches of which held-out clips, what is said of
// them, with which seeds, under which keys and paths. A hash inside is checked when it is read, and the motion
// of every clip when it is used, so that two reports of the same manifest are of the same question.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <glm/vec2.hpp>

#include "engine/core/result.h"
#include "engine/library/library.h"
#include "engine/library/splits.h"

namespace kinescore {

/// A captioned stretch: performed from text_c, judged by text_b.
struct EvaluationStretch {
  std::string clip;
  FrameRange frames;
  std::string action, textB, textC;
};
/// A part of a clip of which some poses are given: its first frame, its last and every 30th.
struct EvaluationInbetween {
  std::string clip;
  FrameRange frames;
  std::vector<std::int64_t> keys;  // counted from frames.start
};
struct EvaluationTarget {
  std::int64_t frame = 0;  // counted from frames.start
  int joint = 0;
};
/// A part of a clip with few poses and joints given.
struct EvaluationKeys {
  std::string clip;
  FrameRange frames;
  std::vector<std::int64_t> poses;
  std::vector<EvaluationTarget> targets;
};
struct EvaluationWaypoint {
  std::int64_t frame = 0;
  glm::vec2 position{0};  // x, z, metres
};
/// The way of a clip's smoothed root, or one drawn by rule (no clip).
struct EvaluationPath {
  std::string clip;        // empty: drawn
  FrameRange frames;
  std::string prompt;      // of a drawn one; otherwise the clip's captions
  std::vector<EvaluationWaypoint> points;
};

struct EvaluationSplit {
  std::map<std::string, std::string> clips;  // id → identityHash of its motion
  std::vector<EvaluationStretch> stretches;
  std::vector<EvaluationInbetween> inbetweens;
  std::vector<EvaluationKeys> keys;
  std::vector<EvaluationPath> paths;
};

struct EvaluationManifest {
  std::vector<std::uint64_t> seeds;            // of a stretch
  std::vector<std::uint64_t> inbetweenSeeds;   // of an in-between
  std::vector<std::uint64_t> constraintSeeds;  // of keys and paths
  std::uint64_t poolSeed = 0, bootstrapSeed = 0;
  int pools = 300, poolSize = 32, bootstraps = 2000;
  std::map<Split, EvaluationSplit> splits;     // val, test, unseen
  std::string hash;                            // of everything above
};

constexpr int kInbetweenSpacing = 30;  // frames

/// A user's own clips are never evaluated on, nor shown to a network that is evaluated.
[[nodiscard]] Status checkMayBeEvaluatedOn(const Library& library);

/// A function of the library alone. Hand-keyed clips and those that repeat another are left out.
[[nodiscard]] Result<EvaluationManifest> freezeManifest(const Library& library);

[[nodiscard]] std::string writeManifest(const EvaluationManifest& manifest);
[[nodiscard]] Result<EvaluationManifest> readManifest(std::string_view json);
[[nodiscard]] Result<EvaluationManifest> loadManifest(const std::filesystem::path& path);

/// Every clip of a split is in the library, in that split, with the motion that was frozen, and every frame
/// that is named exists.
[[nodiscard]] Status checkManifest(const EvaluationManifest& manifest, Split split, const Library& library);

}  // namespace kinescore
