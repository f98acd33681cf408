// A figure at one frame as the joint solve moves it: root, hips and legs in double precision, each
// turn of the world, with the knee as a hinge.
#pragma once

#include <array>
#include <glm/gtc/quaternion.hpp>

#include "engine/motion/motion.h"
#include "engine/solve/pose_ik.h"

namespace kinescore {

/// 0 is the left side, 1 the right one.
[[nodiscard]] const Limb& limbOf(int side);
[[nodiscard]] int toeOf(int side);

/// `home` is what the solve starts from.
struct FigureState {
  glm::dvec3 root, homeRoot;
  glm::dquat hips, homeHips;
  struct Turns {
    glm::dquat thigh, homeThigh;  // world
    glm::dquat shin;              // local, of the home
    glm::dquat foot, homeFoot;    // world
    glm::dquat toe;               // local
    double bend = 0;              // added to the home's, radians
  };
  std::array<Turns, 2> legs;
};
[[nodiscard]] FigureState readFigure(const Motion& motion, std::int64_t frame);
/// Writes root, hips and legs. The trunk keeps its turn in the world, toes theirs in the foot.
void writeFigure(const FigureState& state, std::int64_t frame, Motion& motion);

/// Of the world.
[[nodiscard]] glm::dquat shinOf(const FigureState::Turns& turns, int side);

/// Where one leg is, world, metres.
struct LegState {
  glm::dvec3 hip, knee, ankle, toe;
  std::array<glm::dvec3, 3> soles;  // heel, ball, tip
  glm::dvec3 hinge;                 // axis of the knee
  double bend;                      // of the knee, radians
};
[[nodiscard]] LegState legStateOf(const Skeleton& skeleton, const FigureState& state, int side);

/// The point of the sole that is in contact: the heel, or the lower end of the toes.
[[nodiscard]] glm::dvec3 contactSole(const LegState& leg, bool isToe);

}  // namespace kinescore
