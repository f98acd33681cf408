#include "engine/solve/foot_lock.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/solve/floor_solve.h"
#include "engine/solve/pose_ik.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

constexpr int kRounds = 2;
constexpr double kPinStrength = 60;    // against bending of the correction
constexpr double kFollowStrength = 8;  // ankle after toe and the other way round
constexpr double kKeyStrength = 1e4;
constexpr double kFloorStrength = 20;
constexpr double kLongestSlideMeters = 0.20;  // farther from its place a foot does not stand
constexpr double kSnapMeters = 0.08;          // a foot this near the floor stands on it
constexpr double kHoverMeters = 0.005;
constexpr double kSunkMeters = 0.002;
// A toe on its way keeps clear of the floor: of captured toes faster than 1 m/s nine in ten are
// higher than 5.3 cm, that is 2.1 cm above where they stand. measureFootSkate counts toes below 5 cm:
// this takes low swings out of it, so look at its figure without this as well.
constexpr double kClearanceMeters = 0.024, kClearanceStrength = 4;
constexpr double kSlowToe = 0.6, kFastToe = 1.2;  // m/s
constexpr double kLegReach = 0.998;
constexpr std::int64_t kShortestRun = 4;
constexpr std::int64_t kBlendFrames = 5;  // in and out, more for long ways
constexpr std::int64_t kLongestBlendFrames = 10;
constexpr double kMetersPerBlendFrame = 0.015;
constexpr double kLeastSteepness = 0.5;  // squared cosine: flatter legs do not pull hips far up
constexpr double kUntouched = 1e-6;
// The first and last frames of a run: the foot comes to rest, it does not stop dead.
constexpr std::array<double, 3> kRestShare = {0.03, 0.2, 0.6};
// A correction of d metres that must be gone at a key gets cbrt(kRoomPerMeter * d) frames for it:
// then its jerk is about 1 mm/frame^3.
constexpr double kRoomPerMeter = 12000;
constexpr double kLiftPerMove = 4;  // a key in the floor is gone into and out of slowly
constexpr double kFreeMissMeters = 3e-4;
constexpr SmoothCurve::Cost kCalmStep{.bend = 1, .slope = 0.05, .pull = 1e-3};
// A leg straighter than this (of its length) shows every millimetre in its knee.
constexpr double kBentLeg = 0.93, kStraightLeg = 0.985;

using Curve3 = std::array<std::vector<double>, 3>;  // [axis][frames]

struct Side {
  const Limb& leg;
  int toe;
  int ankleContact, toeContact;
};

bool isOfLeg(const Side& side, int joint) {
  return joint == side.toe || joint == side.leg.end || joint == side.leg.lower;
}

glm::dvec3 at(const Curve3& curve, std::int64_t f) {
  return {curve[0][f], curve[1][f], curve[2][f]};
}

// A pinned run with the place for each of its frames.
struct Pin {
  int joint;
  FrameRange frames;
  std::vector<glm::dvec3> places;  // [frames of the run]; y is the height above what the sole needs
  bool isAbsoluteHeight = false;   // y is the joint's own height
};

// Collects wanted displacements of one joint over time.
class Displacement {
 public:
  explicit Displacement(const std::vector<char>& isFree)
      : isFree_(isFree), moves_(isFree.size(), 0) {}

  void want(const CurveRow& row, const glm::dvec3& value) {
    rows_.push_back(row);
    for (int i = 0; i < 3; ++i) wanted_[i].push_back(value[i]);
  }
  void release(std::int64_t start, std::int64_t end) {
    const auto frames = static_cast<std::int64_t>(moves_.size());
    for (std::int64_t f = std::max<std::int64_t>(start, 0); f < std::min(end, frames); ++f) {
      if (isFree_[f]) moves_[f] = 1;
    }
  }
  bool moves(std::int64_t f) const { return moves_[f] != 0; }
  Curve3 solve(const SmoothCurve::Cost& cost) const {
    const SmoothCurve curve(moves_, rows_, cost);
    return {curve.through(wanted_[0]), curve.through(wanted_[1]), curve.through(wanted_[2])};
  }

 private:
  const std::vector<char>& isFree_;
  std::vector<char> moves_;
  std::vector<CurveRow> rows_;
  Curve3 wanted_;
};

class FootLock {
 public:
  FootLock(const FootLockProblem& problem, const std::vector<char>& isFree, Motion& motion)
      : problem_(problem), isFree_(isFree), motion_(motion), worlds_(motion.frameCount()) {}

  void run(std::stop_token stop, int& iterations) {
    readWorlds();
    for (const ContactRun& run : problem_.runs) addPin(run);
    for (int round = 0; round < kRounds && !stop.stop_requested(); ++round) {
      lockOnce();
      ++iterations;
    }
  }

 private:
  void readWorlds();
  void addPin(const ContactRun& run);
  void lockOnce();
  Curve3 toeCurve(const Side& side) const;
  Curve3 ankleCurve(const Side& side, const Curve3& toe) const;
  Curve3 rootCurve(const std::array<std::vector<glm::dvec3>, 2>& ankles) const;
  void holdKeys(const Side* side, Displacement& displacement) const;
  void placeLeg(const Side& side, const glm::dvec3& toe, glm::dvec3 ankle, Pose& pose,
                WorldPose& world) const;
  CurveRow frameRow(std::int64_t f, double strength) const {
    return rotationRow(motion_, ticksOfFrame(f, motion_.rate), strength);
  }
  glm::dvec3 position(std::int64_t f, int joint) const { return worlds_[f].positions[joint]; }
  double soleHeight(std::int64_t f, int joint) const {
    return kinescore::soleHeight(worlds_[f], joint);
  }
  double legLength(const Limb& leg) const {
    return glm::length(glm::dvec3(motion_.skeleton->offsets[leg.lower])) +
           glm::length(glm::dvec3(motion_.skeleton->offsets[leg.end]));
  }
  // m/s over the floor
  double toeSpeed(const Side& side, std::int64_t f) const {
    const std::int64_t before = std::max<std::int64_t>(f - 1, 0);
    const std::int64_t after = std::min(f + 1, motion_.frameCount() - 1);
    const glm::dvec3 way = position(after, side.toe) - position(before, side.toe);
    return std::hypot(way.x, way.z) * motion_.rate.fps() /
           double(std::max<std::int64_t>(after - before, 1));
  }
  glm::dvec3 pinMiss(const Pin& pin, std::int64_t f) const;
  double pinStrength(const Side& side, const Pin& pin, std::int64_t f,
                     const glm::dvec3& miss) const;
  double roomAt(const Side& side, std::int64_t f, const glm::dvec3& miss) const;
  const Pin* pinAt(int joint, std::int64_t f) const;

  const FootLockProblem& problem_;
  const std::vector<char>& isFree_;
  Motion& motion_;
  std::vector<WorldPose> worlds_;
  std::vector<Pin> pins_;
  const std::array<Side, 2> sides_ = {
      {{leftLeg(), kLeftToeBase, 0, 1}, {rightLeg(), kRightToeBase, 2, 3}}};
};

void FootLock::readWorlds() {
  for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
    forwardKinematicsInto(*motion_.skeleton, motion_.pose(f), worlds_[f]);
  }
}

glm::dvec3 FootLock::pinMiss(const Pin& pin, std::int64_t f) const {
  glm::dvec3 place = pin.places[f - pin.frames.start];
  if (!pin.isAbsoluteHeight) place.y += soleHeight(f, pin.joint);
  return place - position(f, pin.joint);
}

// How much of a correction counts at f, when it must be gone at a key or a target of that foot
// nearby: the farther it has to go, the more frames it is given.
double FootLock::roomAt(const Side& side, std::int64_t f, const glm::dvec3& miss) const {
  if (glm::length(miss) < kFreeMissMeters) return 1;
  double nearest = std::numeric_limits<double>::max();
  const auto consider = [&](Ticks time) {
    nearest = std::min(nearest, std::abs(framePositionOf(motion_, time) - double(f)));
  };
  for (const SolveKey& key : *problem_.keys) {
    if (key.weight >= 1) consider(key.time);
  }
  for (const SolveTarget& target : *problem_.targets) {
    if (target.weight >= 1 && isOfLeg(side, target.joint)) consider(target.time);
  }
  const double farthest = std::max(glm::length(miss), kLiftPerMove * miss.y);
  const double room = smoothstep(0, std::cbrt(kRoomPerMeter * farthest), nearest);
  return room * room * room;  // a pin outweighs bending by far: it must become weak, not weaker
}

double FootLock::pinStrength(const Side& side, const Pin& pin, std::int64_t f,
                             const glm::dvec3& miss) const {
  const auto fromEnd = std::size_t(std::min(f - pin.frames.start, pin.frames.end - 1 - f));
  // At the ends of the motion nothing comes to rest or leaves.
  const bool isCut = (pin.frames.start == 0 && f < pin.frames.end - 3) ||
                     (pin.frames.end == motion_.frameCount() && f >= pin.frames.start + 3);
  const double share = fromEnd < kRestShare.size() && !isCut ? kRestShare[fromEnd] : 1.0;
  return kPinStrength * share * roomAt(side, f, miss);
}

const Pin* FootLock::pinAt(int joint, std::int64_t f) const {
  for (const Pin& pin : pins_) {
    if (pin.joint == joint && pin.frames.contains(f)) return &pin;
  }
  return nullptr;
}

// Decides where the joint stands: where it was asked for; where frames that stay and keys have it;
// else where it rests most.
void FootLock::addPin(const ContactRun& run) {
  const int joint = kContactJoints[run.contact];
  Pin pin{.joint = joint, .frames = run.frames, .places = {}, .isAbsoluteHeight = false};
  const auto relative = [&](std::int64_t f, glm::dvec3 p) {
    p.y = std::max(p.y - soleHeight(f, joint), 0.0);
    return p;
  };
  struct Anchor {
    double frame;
    glm::dvec3 place;
  };
  std::vector<Anchor> anchors;
  const std::int64_t start = run.frames.start, end = run.frames.end;
  for (std::int64_t f = start; f < end; ++f) {
    const bool bordersFree = (f > start && isFree_[f - 1]) || (f + 1 < end && isFree_[f + 1]);
    if (!isFree_[f] && bordersFree) anchors.push_back({double(f), relative(f, position(f, joint))});
  }
  if (run.place && anchors.empty()) {
    pin.places.assign(run.frames.length(), glm::dvec3(*run.place));
    pin.isAbsoluteHeight = true;
    pins_.push_back(std::move(pin));
    return;
  }
  for (const SolveKey& key : *problem_.keys) {
    const double frame = framePositionOf(motion_, key.time);
    if (key.weight < 1 || frame < double(start) || frame > double(end - 1)) continue;
    const WorldPose world = forwardKinematics(*motion_.skeleton, evaluate(motion_, key.time));
    anchors.push_back({frame, relative(std::llround(frame), world.positions[joint])});
  }
  std::stable_sort(anchors.begin(), anchors.end(),
                   [](const Anchor& a, const Anchor& b) { return a.frame < b.frame; });
  if (!anchors.empty()) {
    for (std::int64_t f = start; f < end; ++f) {
      const auto after = std::find_if(anchors.begin(), anchors.end(),
                                      [&](const Anchor& a) { return a.frame >= double(f); });
      if (after == anchors.begin()) {
        pin.places.push_back(anchors.front().place);
      } else if (after == anchors.end()) {
        pin.places.push_back(anchors.back().place);
      } else {
        const Anchor& before = *(after - 1);
        const double u = (double(f) - before.frame) / std::max(after->frame - before.frame, 1e-9);
        pin.places.push_back(glm::mix(before.place, after->place, u));
      }
    }
  } else {
    // Slow frames weigh most: there the foot stands, at the ends it may still slide.
    glm::dvec3 sum(0);
    double total = 0;
    for (std::int64_t f = start; f < end; ++f) {
      const std::int64_t before = std::max(f - 1, start), after = std::min(f + 1, end - 1);
      const double step = glm::length(position(after, joint) - position(before, joint)) /
                          double(std::max<std::int64_t>(after - before, 1));
      const double weight = 1 / (step * step + 1e-5);
      sum += weight * relative(f, position(f, joint));
      total += weight;
    }
    glm::dvec3 place = sum / total;
    if (place.y < kSnapMeters) place.y = std::clamp(place.y, 0.0, kHoverMeters);
    pin.places.assign(run.frames.length(), place);
  }
  if (!run.isAsked) {
    // A foot far from its place is on its way, whatever the probabilities say.
    const auto isFar = [&](std::int64_t f) {
      return glm::length(pinMiss(pin, f)) > kLongestSlideMeters;
    };
    std::int64_t first = start, last = end;
    while (first < last && isFar(first)) ++first;
    while (first < last && isFar(last - 1)) --last;
    for (std::int64_t f = first; f < last; ++f) {
      if (isFar(f)) return;
    }
    if (last - first < kShortestRun) return;
    pin.places = {pin.places.begin() + (first - start), pin.places.begin() + (last - start)};
    pin.frames = {first, last};
  }
  pins_.push_back(std::move(pin));
}

// What keys and targets hold at their times may not move there: feet (`side`) or hips (null).
void FootLock::holdKeys(const Side* side, Displacement& displacement) const {
  const auto hold = [&](Ticks time) {
    displacement.want(side != nullptr ? rotationRow(motion_, time, kKeyStrength)
                                      : rootRow(motion_, time, kKeyStrength),
                      glm::dvec3(0));
  };
  for (const SolveKey& key : *problem_.keys) {
    if (key.weight >= 1) hold(key.time);
  }
  for (const SolveTarget& target : *problem_.targets) {
    if (target.weight < 1) continue;
    const bool isOfSide =
        side != nullptr && (target.joint == side->toe || target.joint == side->leg.end ||
                            target.joint == side->leg.lower);
    // Whatever is wanted above the legs hangs on the hips.
    const bool hangsOnHips = side == nullptr;
    if (isOfSide || hangsOnHips) hold(target.time);
  }
}

std::int64_t blendFramesFor(double meters) {
  return std::clamp<std::int64_t>(kBlendFrames + std::int64_t(meters / kMetersPerBlendFrame),
                                  kBlendFrames, kLongestBlendFrames);
}

Curve3 FootLock::toeCurve(const Side& side) const {
  Displacement displacement(isFree_);
  for (const Pin& pin : pins_) {
    const bool isToe = pin.joint == side.toe;
    if (!isToe && pin.joint != side.leg.end) continue;
    for (std::int64_t f = pin.frames.start; f < pin.frames.end; ++f) {
      if (!isToe && pinAt(side.toe, f) != nullptr) continue;
      // Where only the heel stands the toe goes along with it.
      const glm::dvec3 miss = pinMiss(pin, f);
      const double strength = pinStrength(side, pin, f, miss);
      displacement.want(frameRow(f, isToe ? strength : std::min(strength, kFollowStrength)), miss);
    }
    const double first = glm::length(pinMiss(pin, pin.frames.start));
    const double last = glm::length(pinMiss(pin, pin.frames.end - 1));
    displacement.release(pin.frames.start - blendFramesFor(first),
                         pin.frames.end + blendFramesFor(last));
  }
  if (problem_.keepsAboveFloor) {
    for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
      if (!isFree_[f] || pinAt(side.toe, f) != nullptr || pinAt(side.leg.end, f) != nullptr)
        continue;
      const double sunk = std::max(soleHeight(f, side.toe) - position(f, side.toe).y,
                                   soleHeight(f, side.leg.end) - position(f, side.leg.end).y);
      const double swing = smoothstep(kSlowToe, kFastToe, toeSpeed(side, f));
      const double grazes =
          problem_.clearsSwing
              ? kClearanceMeters * swing + soleHeight(f, side.toe) - position(f, side.toe).y
              : 0.0;
      const double lift = std::max(sunk, grazes);
      if (lift < kSunkMeters) continue;
      const double strength = sunk < kSunkMeters ? kClearanceStrength : kFloorStrength;
      displacement.want(frameRow(f, strength * roomAt(side, f, {0, lift, 0})), {0, lift, 0});
      displacement.release(f - kBlendFrames, f + kBlendFrames + 1);
    }
  }
  holdKeys(&side, displacement);
  return displacement.solve(kCalmStep);
}

Curve3 FootLock::ankleCurve(const Side& side, const Curve3& toe) const {
  Displacement displacement(isFree_);
  for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
    const glm::dvec3 withToe = at(toe, f);
    const Pin* pin = pinAt(side.leg.end, f);
    if (pin == nullptr && withToe == glm::dvec3(0)) continue;
    displacement.want(frameRow(f, kFollowStrength), withToe);
    displacement.release(f, f + 1);
    if (pin == nullptr) continue;
    const glm::dvec3 miss = pinMiss(*pin, f);
    displacement.want(frameRow(f, pinStrength(side, *pin, f, miss)), miss);
    displacement.release(f - kBlendFrames, f + kBlendFrames + 1);
  }
  holdKeys(&side, displacement);
  return displacement.solve(kCalmStep);
}

// How the hips move so that both legs reach their ankles, and so that a leg that is nearly straight
// keeps its length: else its knee would jump.
Curve3 FootLock::rootCurve(const std::array<std::vector<glm::dvec3>, 2>& ankles) const {
  Curve3 root;
  for (auto& axis : root) axis.assign(motion_.frameCount(), 0.0);
  for (int round = 0; round < 3; ++round) {
    Displacement displacement(isFree_);
    bool isShort = false;
    for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
      if (!isFree_[f]) continue;
      const glm::dvec3 before = at(root, f);
      glm::dvec3 shift = before;
      double need = 0;
      for (int pass = 0; pass < 4; ++pass) {
        for (int s = 0; s < 2; ++s) {
          const Limb& leg = sides_[s].leg;
          const double length = legLength(leg);
          const glm::dvec3 hip = position(f, leg.upper);
          const double now = glm::length(position(f, leg.end) - hip);
          const glm::dvec3 toAnkle = ankles[s][f] - (hip + shift);
          const double longer = glm::length(toAnkle) - now;
          const double over = glm::length(toAnkle) - std::max(kLegReach * length, now);
          const double straightness = smoothstep(kBentLeg, kStraightLeg, now / length);
          const double wanted = std::max(over, straightness * longer * (longer < 0 ? 0.7 : 1.0));
          if (std::abs(longer) < 1e-5 || (wanted < 0 && over > 0)) continue;
          const double share = wanted / glm::length(toAnkle);
          if (problem_.followsPath) {
            const double steepness = std::abs(toAnkle.y) / glm::length(toAnkle);
            shift.y += toAnkle.y * share / std::max(steepness * steepness, kLeastSteepness);
          } else {
            shift += toAnkle * share;
          }
          need = std::max({need, straightness, over > 0 ? 1.0 : 0.0});
        }
      }
      if (glm::length(shift - before) > 2e-4) isShort = true;
      if (need < 1e-3) continue;
      displacement.want(frameRow(f, 2 * need), shift);
      displacement.release(f - kLongestBlendFrames, f + kLongestBlendFrames + 1);
    }
    if (!isShort) break;
    holdKeys(nullptr, displacement);
    root = displacement.solve({.bend = 8, .slope = 0.1, .pull = 0.02});
  }
  return root;
}

// The toe stays pinned; where the leg is still too short the heel comes up.
void FootLock::placeLeg(const Side& side, const glm::dvec3& toe, glm::dvec3 ankle, Pose& pose,
                        WorldPose& world) const {
  const Limb& leg = side.leg;
  const double foot = glm::length(glm::dvec3(motion_.skeleton->offsets[side.toe]));
  const double reach = 0.9995 * legLength(leg);
  const glm::dvec3 hip = world.positions[leg.upper];
  if (glm::length(ankle - hip) > reach) {
    const glm::dvec3 fromToe = hip - toe;
    const double distance = glm::length(fromToe);
    const glm::dvec3 direction = fromToe / distance;
    if (distance >= reach + foot) {
      ankle = toe + foot * direction;
    } else {
      const double along = (distance * distance + foot * foot - reach * reach) / (2 * distance);
      const double aside = std::sqrt(std::max(foot * foot - along * along, 0.0));
      const glm::dvec3 offset = ankle - toe;
      const glm::dvec3 across = offset - glm::dot(offset, direction) * direction;
      const double acrossLength = glm::length(across);
      if (acrossLength > 1e-9) ankle = toe + along * direction + across * (aside / acrossLength);
    }
  }
  const glm::dquat footBefore = world.rotations[leg.end];
  const glm::dvec3 before =
      glm::dvec3(world.positions[side.toe]) - glm::dvec3(world.positions[leg.end]);
  bendLimb(*motion_.skeleton, leg, ankle, pose, world);
  const glm::dquat footAfter =
      turnBetween(before, toe - glm::dvec3(world.positions[leg.end])) * footBefore;
  const glm::dquat shin = world.rotations[leg.lower];
  pose.localRotations[leg.end] = toFloat(glm::conjugate(shin) * footAfter);
  forwardKinematicsInto(*motion_.skeleton, pose, world);
}

void FootLock::lockOnce() {
  std::array<Curve3, 2> toes, ankleMoves;
  std::array<std::vector<glm::dvec3>, 2> toePlaces, anklePlaces;
  for (int s = 0; s < 2; ++s) {
    const Side& side = sides_[s];
    toes[s] = toeCurve(side);
    ankleMoves[s] = ankleCurve(side, toes[s]);
    for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
      // The foot is rigid: the toe is exact, the ankle lies where the foot points back to.
      const glm::dvec3 toe = position(f, side.toe) + at(toes[s], f);
      const glm::dvec3 back = position(f, side.leg.end) + at(ankleMoves[s], f) - toe;
      const double foot = glm::length(glm::dvec3(motion_.skeleton->offsets[side.toe]));
      toePlaces[s].push_back(toe);
      anklePlaces[s].push_back(toe + back * (foot / std::max(glm::length(back), 1e-6)));
    }
  }
  const Curve3 root = rootCurve(anklePlaces);
  for (std::int64_t f = 0; f < motion_.frameCount(); ++f) {
    if (!isFree_[f]) continue;
    const glm::dvec3 shift = at(root, f);
    bool isMoved = glm::length(shift) > kUntouched;
    for (int s = 0; s < 2; ++s) {
      isMoved = isMoved || glm::length(at(toes[s], f)) > kUntouched ||
                glm::length(at(ankleMoves[s], f)) > kUntouched;
    }
    if (!isMoved) continue;
    Pose pose = motion_.pose(f);
    WorldPose& world = worlds_[f];
    pose.rootPosition = glm::vec3(glm::dvec3(pose.rootPosition) + shift);
    forwardKinematicsInto(*motion_.skeleton, pose, world);
    for (int s = 0; s < 2; ++s)
      placeLeg(sides_[s], toePlaces[s][f], anklePlaces[s][f], pose, world);
    motion_.setPose(f, pose);
  }
}

}  // namespace

void lockFeet(const FootLockProblem& problem, const std::vector<char>& isFree, std::stop_token stop,
              Motion& motion, int& iterations) {
  FootLock(problem, isFree, motion).run(stop, iterations);
}

}  // namespace kinescore
