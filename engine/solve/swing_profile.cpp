#include "engine/solve/swing_profile.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/motion/kinematics.h"
#include "engine/solve/rotation_vector.h"

namespace kinescore {
namespace {

constexpr int kPhases = 11;  // from leaving the floor to landing, evenly in time
constexpr std::int64_t kShortestSwing = 6, kLongestSwing = 40;

// Of the 1,616 swings in the clean clips of the library's train split, by the highest speed of the
// toe over the floor: what three in four toes and nine in ten ankles are above; centimetres.
struct Row {
  double speed;  // m/s, of the middle of the bin
  std::array<double, kPhases> toe, ankle;
};
constexpr std::array<Row, 5> kCaptured = {{
    {0.8,
     {3.0, 3.6, 4.2, 4.6, 4.8, 5.0, 4.9, 4.8, 4.4, 3.7, 3.0},
     {7.5, 7.7, 8.0, 8.1, 8.4, 8.5, 8.5, 8.4, 8.2, 7.9, 7.5}},
    {1.6,
     {3.0, 3.8, 4.6, 5.1, 5.4, 5.5, 5.5, 5.3, 4.9, 4.0, 3.0},
     {7.2, 7.4, 7.7, 8.1, 8.6, 8.5, 8.6, 8.4, 7.9, 7.6, 7.1}},
    {2.6,
     {3.0, 3.9, 4.9, 5.5, 5.8, 5.8, 5.6, 5.5, 5.0, 4.1, 3.0},
     {7.4, 7.7, 8.1, 8.4, 9.8, 9.7, 8.9, 8.6, 8.0, 7.5, 7.0}},
    {3.5,
     {3.2, 4.8, 7.0, 9.0, 8.6, 7.0, 5.6, 5.7, 6.6, 4.6, 3.0},
     {7.9, 9.0, 10.3, 11.2, 12.7, 12.6, 9.1, 7.8, 7.8, 7.3, 6.9}},
    {4.7,
     {3.2, 4.7, 7.0, 9.6, 9.9, 8.0, 5.9, 6.2, 7.2, 4.6, 3.0},
     {7.6, 9.1, 12.1, 13.0, 13.5, 12.7, 9.7, 7.7, 7.9, 7.2, 6.9}},
}};
// At any phase, and where there is none since the swing is cut by the end of the motion or too long
// to be one: nine in ten captured toes faster than 1 m/s are this high.
constexpr double kSlowToe = 0.6, kFastToe = 1.2, kToeAtRest = 0.030, kToeLift = 0.024;
// So much more of what the toe rises in mid-swing: with the heights alone toes were low and faster than 0.5 m/s 1.7 times as
// often as captured ones (val), a quarter more 1.5 times.
constexpr double kSpareRise = 0.25, kSpareFrom = 0.1, kSpareInFull = 0.3;
// Slower feet shuffle, stand or turn: nothing is asked of them.
constexpr double kSlowest = 0.6;

double sampled(const std::array<double, kPhases>& values, double phase) {
  const double place = std::clamp(phase, 0.0, 1.0) * (kPhases - 1);
  const int i = std::min(int(place), kPhases - 2);
  return values[std::size_t(i)] +
         (place - i) * (values[std::size_t(i) + 1] - values[std::size_t(i)]);
}

double capturedHeight(const std::array<double, kPhases> Row::*values, double speed, double phase) {
  if (speed <= kCaptured.front().speed) return 0.01 * sampled(kCaptured.front().*values, phase);
  for (std::size_t i = 1; i < kCaptured.size(); ++i) {
    const Row &slow = kCaptured[i - 1], &fast = kCaptured[i];
    if (speed > fast.speed) continue;
    const double u = (speed - slow.speed) / (fast.speed - slow.speed);
    return 0.01 * ((1 - u) * sampled(slow.*values, phase) + u * sampled(fast.*values, phase));
  }
  return 0.01 * sampled(kCaptured.back().*values, phase);
}

double toeHeight(double speed, double phase) {
  const double captured = capturedHeight(&Row::toe, speed, phase);
  const double spare = kSpareRise * smoothstep(kSpareFrom, kSpareInFull, std::min(phase, 1 - phase));
  return captured + spare * (captured - kToeAtRest);
}

}  // namespace

SwingHeights swingHeights(const Motion& motion, const std::vector<ContactRun>& runs, int side) {
  const std::int64_t frames = motion.frameCount();
  SwingHeights heights{std::vector<double>(std::size_t(frames), 0.0),
                       std::vector<double>(std::size_t(frames), 0.0)};
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const int contact = 2 * side + 1;
  const auto toe = [&](std::int64_t f) {
    return positions[std::size_t(f) * motion.jointCount() + kContactJoints[std::size_t(contact)]];
  };
  const auto speed = [&](std::int64_t f) {  // from the frame before
    const glm::vec3 step = toe(f) - toe(f - 1);
    return std::hypot(step.x, step.z) * motion.rate.fps();
  };
  const auto swing = [&](std::int64_t left, std::int64_t landed) {  // both on the floor
    const std::int64_t length = landed - left;
    const bool isWhole = left >= 0 && landed < frames && length <= kLongestSwing;
    if (isWhole && length < kShortestSwing) return;
    double fastest = 0;
    for (std::int64_t f = left + 1; f <= landed; ++f) {
      if (f > 0 && f < frames) fastest = std::max(fastest, speed(f));
    }
    for (std::int64_t f = left + 1; f < landed; ++f) {
      if (isWhole && fastest > kSlowest) {
        const double phase = double(f - left) / double(length);
        heights.toe[f] = toeHeight(fastest, phase);
        heights.ankle[f] = capturedHeight(&Row::ankle, fastest, phase);
      }
      if (frames > 1) {
        const double now =
            0.5 * (speed(std::max<std::int64_t>(f, 1)) + speed(std::min(f + 1, frames - 1)));
        const double share = smoothstep(kSlowToe, kFastToe, now);
        heights.toe[f] = std::max(heights.toe[f], share * (kToeAtRest + share * kToeLift));
      }
    }
  };
  std::int64_t left = -1;  // the last frame of the run before
  for (const ContactRun& run : runs) {
    if (run.contact != contact) continue;
    swing(left, run.frames.start);
    left = run.frames.end - 1;
  }
  swing(left, frames);
  return heights;
}

}  // namespace kinescore
