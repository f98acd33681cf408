// Pixels to what the network sees of a person in a picture, and the camera head back to metres (gem.md 2.8 and 3.8).
#pragma once

#include <array>

#include <glm/mat3x3.hpp>
#include <glm/vec3.hpp>

#include "engine/network/gem/motion_vector.h"

namespace kinescore::gem {

/// A square around the person, in pixels.
struct PersonBox {
  float x = 0, y = 0;  // centre
  float size = 0;
};

/// One focal length for both axes, and where the axis meets the picture; pixels.
struct Intrinsics {
  float focal = 1, x = 0, y = 0;
};
/// From a matrix in rows (K₀₀, K₀₂, K₁₂ are read).
[[nodiscard]] Intrinsics intrinsicsOfMatrix(const std::array<float, 9>& rows);

/// Of a picture whose camera nobody knows. The published model was shown the diagonal in training and the
/// longer side in its demo (T4).
enum class AssumedFocal { LongerSide, Diagonal };
[[nodiscard]] Intrinsics assumedIntrinsics(int width, int height, AssumedFocal focal = AssumedFocal::LongerSide);
/// Focal lengths in pixels of a lens for 36 × 24 mm film, and of a horizontal angle of view (T3: the same number means
/// one or the other).
[[nodiscard]] float focalOfFilmLens(int width, int height, float millimetres);
[[nodiscard]] float focalOfFieldOfView(int width, float degrees);

/// What a pose network's peak says about a keypoint. The sigmoid makes at least 0.5 of every peak that is not
/// negative, so that hidden joints count as seen; it is what the published demo does (T5).
enum class PeakConfidence { Sigmoid, Raw };
[[nodiscard]] float keypointConfidence(float peak, PeakConfidence kind);

struct Keypoint {
  float x = 0, y = 0;  // pixels, or −1 … 1 inside the box
  float confidence = 0;
};
using Keypoints = std::array<Keypoint, kKeypoints>;

/// Into the box: its sides lie at ±1. A point strictly outside loses its confidence.
[[nodiscard]] Keypoints keypointsInBox(const Keypoints& pixels, const PersonBox& box);

/// Where the box lies and how large it is, over the focal length (CLIFF's box information).
[[nodiscard]] std::array<float, 3> boxInCamera(const PersonBox& box, const Intrinsics& camera);

/// The body's translation in camera space (metres) from the camera head's s, tx, ty. Without a box (size 0) it lies
/// a billion focal lengths away: such frames are not to be shown in the camera (T16).
[[nodiscard]] glm::vec3 translationOfCameraHead(glm::vec3 head, const PersonBox& box, const Intrinsics& camera);
/// The inverse.
[[nodiscard]] glm::vec3 cameraHeadOfTranslation(glm::vec3 translation, const PersonBox& box, const Intrinsics& camera);

}  // namespace kinescore::gem
