// From what is seen frame by frame to a path in the world: the gravity-view frame of a camera, and the rollout that
// restores heading from the camera's turning (gem.md 2.5 and 2.7). The world is y-up.
#pragma once

#include <span>
#include <vector>

#include "engine/network/gem/codec.h"

namespace kinescore::gem {

/// The frame of one camera that gravity and the viewing direction define: y against gravity, z the viewing
/// direction laid flat, x = y × z. Answers the rotation from camera axes to it; `gravity` is the direction of
/// falling in the world. Looking straight up or down, z falls back to the camera's x.
[[nodiscard]] glm::mat3 gravityFromCamera(const glm::mat3& cameraFromWorld, glm::vec3 gravity = {0, -1, 0});

/// Which way the y axis of the gravity-view frame points that a model was trained with (T2).
enum class GravityAxis {
  Auto,  // by looking: the pelvis of an upright body has its y axis along that of the frame
  Up,
  Down,  // the rollout is turned by π about z at the end
};
/// Up or Down, by the mean of R₁₁ of the pelvis over the clip.
[[nodiscard]] GravityAxis detectedGravityAxis(std::span<const DecodedFrame> motion);

struct WorldFrame {
  glm::mat3 rotation{1};     // of the pelvis
  glm::vec3 translation{0};  // metres, 0 at the first frame
};

/// `cameraVelocity`: raw 6D of R_w2c[t+1] · R_w2c[t]ᵀ, a frame. Yaw is smoothed over time.
[[nodiscard]] std::vector<WorldFrame> worldRollout(std::span<const DecodedFrame> motion,
                                                   std::span<const SixD> cameraVelocity,
                                                   GravityAxis axis = GravityAxis::Up);

/// Where a velocity path leads: the sum of worldFromPelvis · step of all frames before, from 0.
[[nodiscard]] std::vector<glm::vec3> rolledOut(std::span<const glm::mat3> worldFromPelvis,
                                               std::span<const glm::vec3> localSteps);

/// One frame after another as they arrive. Yaw is not smoothed and enters one frame later than in worldRollout, so that
/// the two paths differ by design (T23).
class StreamingRollout {
 public:
  /// The frame that now ends. `previousStep`: the step (metres, seen from the pelvis) out of the frame before
  /// it, as known now.
  WorldFrame advance(const DecodedFrame& frame, const SixD& cameraVelocity, glm::vec3 previousStep);

 private:
  bool isStarted_ = false;
  DecodedFrame previous_;
  SixD previousVelocity_{};
  float yaw_ = 0;
  WorldFrame world_;
};

/// The motion in the world with the pose and shape that were decoded.
[[nodiscard]] SmplMotion worldMotion(std::span<const DecodedFrame> motion, std::span<const WorldFrame> world);

}  // namespace kinescore::gem
