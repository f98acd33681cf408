#include "engine/solve/figure_state.h"

#include <cmath>

#include "engine/solve/rotation_vector.h"

namespace kinescore {
namespace {

glm::dquat rotationAt(const Motion& motion, std::int64_t f, int joint) {
  return glm::normalize(glm::dquat(motion.rotation(f, joint)));
}
glm::dquat bendOf(double angle, int side) {
  return glm::angleAxis(angle, glm::normalize(limbOf(side).hinge));
}

}  // namespace

const Limb& limbOf(int side) {
  return side == 0 ? leftLeg() : rightLeg();
}
int toeOf(int side) {
  return side == 0 ? kLeftToeBase : kRightToeBase;
}

FigureState readFigure(const Motion& motion, std::int64_t frame) {
  FigureState state;
  state.root = state.homeRoot = glm::dvec3(motion.rootPositions[frame]);
  state.hips = state.homeHips = rotationAt(motion, frame, kHips);
  for (int side = 0; side < 2; ++side) {
    FigureState::Turns& turns = state.legs[side];
    const Limb& limb = limbOf(side);
    turns.thigh = turns.homeThigh = state.hips * rotationAt(motion, frame, limb.upper);
    turns.shin = rotationAt(motion, frame, limb.lower);
    turns.foot = turns.homeFoot = turns.thigh * turns.shin * rotationAt(motion, frame, limb.end);
    turns.toe = rotationAt(motion, frame, toeOf(side));
  }
  return state;
}

void writeFigure(const FigureState& state, std::int64_t frame, Motion& motion) {
  motion.rootPositions[frame] = glm::vec3(state.root);
  const glm::dquat spine = state.homeHips * rotationAt(motion, frame, kSpine);
  motion.rotation(frame, kHips) = toFloat(state.hips);
  motion.rotation(frame, kSpine) = toFloat(glm::conjugate(state.hips) * spine);
  for (int side = 0; side < 2; ++side) {
    const FigureState::Turns& turns = state.legs[side];
    const Limb& limb = limbOf(side);
    motion.rotation(frame, limb.upper) = toFloat(glm::conjugate(state.hips) * turns.thigh);
    motion.rotation(frame, limb.lower) = toFloat(turns.shin * bendOf(turns.bend, side));
    motion.rotation(frame, limb.end) = toFloat(glm::conjugate(shinOf(turns, side)) * turns.foot);
  }
}

glm::dquat shinOf(const FigureState::Turns& turns, int side) {
  return turns.thigh * turns.shin * bendOf(turns.bend, side);
}

LegState legStateOf(const Skeleton& skeleton, const FigureState& state, int side) {
  const FigureState::Turns& turns = state.legs[side];
  const Limb& limb = limbOf(side);
  const glm::dquat shin = shinOf(turns, side);
  LegState leg;
  leg.hip = state.root + state.hips * glm::dvec3(skeleton.offsets[limb.upper]);
  leg.knee = leg.hip + turns.thigh * glm::dvec3(skeleton.offsets[limb.lower]);
  leg.ankle = leg.knee + shin * glm::dvec3(skeleton.offsets[limb.end]);
  leg.toe = leg.ankle + turns.foot * glm::dvec3(skeleton.offsets[toeOf(side)]);
  leg.hinge = shin * glm::normalize(limb.hinge);
  const glm::dvec3 down = leg.knee - leg.hip, further = leg.ankle - leg.knee;
  leg.bend = std::atan2(glm::dot(glm::cross(down, further), leg.hinge), glm::dot(down, further));
  std::size_t ofToe = 1;
  for (const SolePoint& point : kSolePoints) {
    const glm::dvec3 offset(point.offset);
    if (point.joint == limb.end) leg.soles[0] = leg.ankle + turns.foot * offset;
    if (point.joint == toeOf(side)) {
      leg.soles[ofToe++] = leg.toe + turns.foot * turns.toe * offset;
    }
  }
  return leg;
}

glm::dvec3 contactSole(const LegState& leg, bool isToe) {
  if (!isToe) return leg.soles[0];
  return leg.soles[1].y < leg.soles[2].y ? leg.soles[1] : leg.soles[2];
}

}  // namespace kinescore
