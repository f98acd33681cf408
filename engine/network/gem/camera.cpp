#include "engine/network/gem/camera.h"

#include <algorithm>
#include <cmath>

namespace kinescore::gem {
namespace {

constexpr float kSmallestBox = 0.01f;  // pixels
constexpr float kTiny = 1e-9f;

}  // namespace

Intrinsics intrinsicsOfMatrix(const std::array<float, 9>& rows) { return {rows[0], rows[2], rows[5]}; }

Intrinsics assumedIntrinsics(int width, int height, AssumedFocal focal) {
  const float pixels = focal == AssumedFocal::LongerSide ? float(std::max(width, height))
                                                         : std::hypot(float(width), float(height));
  return {pixels, float(width) / 2, float(height) / 2};
}

float focalOfFilmLens(int width, int height, float millimetres) {
  return millimetres * std::hypot(float(width), float(height)) / std::hypot(36.0f, 24.0f);
}

float focalOfFieldOfView(int width, float degrees) {
  return 0.5f * float(width) / std::tan(degrees * float(M_PI) / 360);
}

float keypointConfidence(float peak, PeakConfidence kind) {
  return kind == PeakConfidence::Raw ? peak : 1 / (1 + std::exp(-peak));
}

Keypoints keypointsInBox(const Keypoints& pixels, const PersonBox& box) {
  const float size = std::max(box.size, kSmallestBox);
  Keypoints inside = pixels;
  for (Keypoint& point : inside) {
    point.x = 2 * (point.x - box.x) / size;
    point.y = 2 * (point.y - box.y) / size;
    if (point.x < -1 || point.x > 1 || point.y < -1 || point.y > 1) point.confidence = 0;
  }
  return inside;
}

std::array<float, 3> boxInCamera(const PersonBox& box, const Intrinsics& camera) {
  return {(box.x - camera.x) / camera.focal, (box.y - camera.y) / camera.focal, box.size / camera.focal};
}

glm::vec3 translationOfCameraHead(glm::vec3 head, const PersonBox& box, const Intrinsics& camera) {
  const float scale = head.x * box.size + kTiny;
  return {head.y + 2 * (box.x - camera.x) / scale, head.z + 2 * (box.y - camera.y) / scale, 2 * camera.focal / scale};
}

glm::vec3 cameraHeadOfTranslation(glm::vec3 translation, const PersonBox& box, const Intrinsics& camera) {
  const float depth = translation.z;
  return {2 * camera.focal / (depth * box.size), translation.x - depth / camera.focal * (box.x - camera.x),
          translation.y - depth / camera.focal * (box.y - camera.y)};
}

}  // namespace kinescore::gem
