// Forward kinematics of a batch of GEM's motion vectors, with gradients, and what a camera sees of the body: the
// geometry behind its training losses (gem.md 2.8, 2.9 and 5.2). Bones are those of kinescore22, as no licensed body is
// at hand; metres.
#pragma once

#include <array>
#include <vector>

#include <ATen/core/Tensor.h>
#include <glm/vec3.hpp>

#include "engine/network/gem/camera.h"
#include "engine/network/gem/statistics.h"

namespace kinescore::gem {

/// Where the pelvis of the published body rests, seen from that body's origin: the camera head speaks of the origin,
/// and its mean and deviation (statistics.h) belong to this one.
constexpr glm::vec3 kPelvisFromOrigin(0, -0.3514f, 0);

/// A point that moves with a joint.
struct BodyPoint {
  int joint = 0;
  glm::vec3 offset{0};
};
/// On the surface, where the figure is known: soles, tips of toes, hands and head, the face. They stand for the
/// published losses' points of a licensed mesh.
[[nodiscard]] const std::vector<BodyPoint>& surfacePoints();
/// The keypoints that a detector finds, in the order of COCO; they agree with viewPointsOf.
[[nodiscard]] const std::array<BodyPoint, kKeypoints>& keypointsOfBody();

/// What normalised motion vectors [B][L][151] say. Directions are those of each frame's camera, positions
/// are seen from the pelvis.
struct BatchBody {
  at::Tensor joints;    // [B][L][22][3]
  at::Tensor surface;   // [B][L][surface][3]
  at::Tensor keypoints; // [B][L][17][3]
};

class BodyKinematics {
 public:
  explicit BodyKinematics(const MotionStatistics& statistics);

  [[nodiscard]] BatchBody operator()(const at::Tensor& normalized) const;
  /// The same motion with the six numbers of every rotation made orthonormal, as they are once they are decoded: their
  /// length is nobody's business but that of the plain x0 part.
  [[nodiscard]] at::Tensor asDecoded(const at::Tensor& normalized) const;
  /// Metres a frame, seen from the pelvis: [B][L][3].
  [[nodiscard]] at::Tensor localSteps(const at::Tensor& normalized) const;

 private:
  [[nodiscard]] at::Tensor plain(const at::Tensor& normalized, int channel, int count) const;

  /// Points that move with joints: which, and where from them [1][3][points][1].
  struct Attached {
    at::Tensor joints, offsets;
  };
  [[nodiscard]] static Attached attachedTo(const std::vector<BodyPoint>& points);

  at::Tensor mean_, deviation_;  // [151]
  at::Tensor ancestors_;         // [22][22]: bones of joint j's chain
  Attached bones_, surface_, keypoints_;
};

/// The rotations that six numbers stand for (rotations.h), [..., 6] to [..., 3, 3].
[[nodiscard]] at::Tensor rotationsOfSixD(const at::Tensor& rows);

/// The frames of a view: box x, y, size and focal length, x, y of the axis; pixels. [B][L][3] each.
struct ViewFrames {
  at::Tensor box, intrinsics;
};
/// Where the pelvis is in camera space by the camera head's s, tx, ty: [B][L][3].
[[nodiscard]] at::Tensor pelvisOfCameraHead(const at::Tensor& head, const ViewFrames& view);
/// Points [B][L][P][3] in camera space as they lie in the box, 0 … 1 across it: [B][L][P][2]. What is nearer than
/// 0.3 m is taken as that far away.
[[nodiscard]] at::Tensor pointsInBox(const at::Tensor& points, const ViewFrames& view);
constexpr double kNearestDepth = 0.3;

}  // namespace kinescore::gem
