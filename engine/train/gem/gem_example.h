// A crop of captured motion made into one of GEM's training examples: the body in a made-up camera of its own, what a
// detector would have found in its pictures, and what the network is to find out (gem.md 2.4, 5.3).
#pragma once

#include <array>
#include <vector>

#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>

#include "engine/core/random.h"
#include "engine/network/gem/codec.h"
#include "engine/network/gem/conditions.h"
#include "engine/train/training_data.h"

namespace kinescore::gem {

/// What is known about the motion of an example, after the data sets of the publication.
enum class ExampleKind {
  Captured,  // seen by any camera, without words (AMASS)
  Told,      // with words, seen by a camera that stands (HumanML3D)
  Flat,      // with words; of its motion nothing but 2D points in a video is known ("2d_only", in-the-wild video)
};

struct Example {
  ExampleKind kind = ExampleKind::Captured;
  /// Everything there is to know; what is kept of it is drawn for each pass (gem_masks.h). `validFrames` before the end
  /// of the crop where it ends early.
  ClipConditions conditions;
  // The truth, frame by frame; of a flat example zeros but for the last two.
  std::vector<MotionVector> motion;   // normalised by the published statistics; the shape is their mean
  std::vector<glm::vec3> camera;      // s, tx, ty
  std::vector<glm::vec3> pelvis;      // in camera space, metres
  std::vector<glm::mat3> turn;        // world from pelvis
  std::vector<glm::vec3> path;        // root in the world, metres
  std::vector<std::array<float, kContacts>> contacts;
  std::vector<std::array<glm::vec2, kKeypoints>> seen;      // in the box, 0 … 1, with the detector's error
  std::vector<std::array<float, kKeypoints>> seenMask;
};

/// `frames` of the example; the rest beyond the crop is padding. With words (Told, Flat) it is the part of the crop that
/// its best covered caption speaks of, if that is a second or so; else it stays without.
[[nodiscard]] Example drawExample(const TrainingData& data, const Crop& crop, ExampleKind kind, int frames,
                                  CounterRandom& random);

struct ViewOptions {
  bool moves = true;     // the camera may swing and walk
  bool exact = false;    // no error of the detector, the box where a detector's would be: for validation
};
/// Features [frames][273] in a window's space, seen. Without words.
[[nodiscard]] Example seenExample(std::span<const float> values, ExampleKind kind, int frames, const ViewOptions& options,
                                  CounterRandom& random);

}  // namespace kinescore::gem
