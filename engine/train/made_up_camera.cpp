#include "engine/train/made_up_camera.h"

#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include "engine/generation/features.h"

namespace kinescore {
namespace {

constexpr float kFps = 30;
constexpr double kMovingCamera = 0.4, kWalkingCamera = 0.2;

}  // namespace

PinholeCamera drawCamera(std::span<const float> values, CounterRandom& random) {
  const std::size_t frames = values.size() / kFeatureCount;
  const float* middle = values.data() + frames / 2 * kFeatureCount;
  const glm::vec3 target(middle[kRootChannel] + 0.3f * float(random.normal()), float(random.uniform(0.7, 1.2)),
                         middle[kRootChannel + 2] + 0.3f * float(random.normal()));
  const double around = random.uniform(-M_PI, M_PI), away = random.uniform(2.5, 7.0);
  const glm::vec3 position(target.x + float(away * std::sin(around)), float(random.uniform(0.3, 2.4)),
                           target.z + float(away * std::cos(around)));
  return lookingAt(position, target, float(0.05 * random.normal()));
}

glm::mat3 CameraWay::cameraFromWorld(float seconds) const {
  const auto angle = [&](int axis) { return swing[axis] * std::sin(rate * seconds + phase[axis]); };
  const glm::quat turn = glm::angleAxis(angle(0), glm::vec3(1, 0, 0)) * glm::angleAxis(angle(1), glm::vec3(0, 1, 0)) *
                         glm::angleAxis(angle(2), glm::vec3(0, 0, 1));
  return glm::mat3_cast(turn) * start.cameraFromWorld;
}

PinholeCamera CameraWay::at(float seconds) const { return {start.position + walk * seconds, cameraFromWorld(seconds)}; }

glm::vec3 CameraWay::turning(float seconds) const {
  constexpr float kStep = 0.5f / kFps;
  const glm::mat3 change = cameraFromWorld(seconds + kStep) * glm::transpose(cameraFromWorld(seconds - kStep));
  return glm::vec3(change[1][2] - change[2][1], change[2][0] - change[0][2], change[0][1] - change[1][0]) *
         (0.5f * kFps);
}

CameraWay drawCameraWay(std::span<const float> values, CounterRandom& random) {
  CameraWay way;
  way.start = drawCamera(values, random);
  if (random.uniform() < kMovingCamera) {
    way.rate = float(random.uniform(0.3, 4));
    for (int axis = 0; axis < 3; ++axis) {
      way.swing[axis] = float(random.uniform() * (axis == 1 ? 0.25 : 0.06));
      way.phase[axis] = float(random.uniform(0, 2 * M_PI));
    }
  }
  if (random.uniform() < kWalkingCamera) {
    way.walk = {float(random.uniform(-0.5, 0.5)), 0, float(random.uniform(-0.5, 0.5))};
  }
  return way;
}

glm::vec2 DetectorError::next(int point) {
  const auto normal = [&] { return glm::vec2(float(random_.normal()), float(random_.normal())); };
  slow_[point] = 0.9f * slow_[point] + 0.43f * normal();
  return size_ * (0.6f * normal() + 0.8f * slow_[point]);
}

}  // namespace kinescore
