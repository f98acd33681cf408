#include "engine/solve/joint_solve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "engine/motion/kinematics.h"
#include "engine/solve/block_band.h"
#include "engine/solve/figure_state.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/swing_profile.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

// Longer motions are solved in windows, each with a look ahead that the next one does again.
constexpr std::int64_t kWindowFrames = 512, kAheadFrames = 64;
constexpr int kIterations = 6;
constexpr double kSettled = 2e-4;      // metres and radians
constexpr double kLongestStep = 0.25;  // of one iteration

// Unknowns of a frame: the root's shift, the hips' turn, then for each leg the turn of the thigh,
// the bend of the knee and the turn of the foot. Turns are of the world and from the left.
constexpr int kRoot = 0, kHipsTurn = 3, kLegs = 6, kLegSize = 7;
constexpr int kThigh = 0, kKnee = 3, kFoot = 4;
constexpr int legIndex(int side, int part) {
  return kLegs + side * kLegSize + part;
}

// Every weight is 1 / deviation^2; metres and radians, a frame.
constexpr double weightOf(double deviation) {
  return 1 / (deviation * deviation);
}
struct Calm {
  double place, speed, acceleration;  // deviations of a correction, its first and second difference
};
constexpr Calm kRootCalm{1.0, 0.010, 0.0006};
constexpr Calm kRiseCalm{0.06, 0.006, 0.0006};
constexpr Calm kHipsCalm{0.06, 0.03, 0.004};
constexpr Calm kThighCalm{0.12, 0.06, 0.014};
constexpr Calm kKneeCalm{0.20, 0.08, 0.020};
constexpr Calm kFootCalm{0.25, 0.08, 0.026};
constexpr double kAnkleTurn = 0.25;
// A path says where the figure goes, also when its feet glide: a standing figure drawn along at 0.3 m/s
// misses it by less than 5 cm.
constexpr double kPathPlace = 0.003;
constexpr double kHuberTurn =
    0.3;  // farther from the network's pose a turn costs less than its square

constexpr double kStandSpeed = 0.0004;
constexpr double kHuberSlide = 0.02;
constexpr double kStandHeight = 0.003, kHover = 0.004, kFloorDepth = 0.003, kPlace = 0.001;
constexpr double kSurelyFloorMeters = 0.05, kSurelyStepMeters = 0.10;
constexpr double kToeSwing = 0.004, kAnkleSwing = 0.02;
constexpr double kKeyHold = 1e-3;
constexpr std::int64_t kAskedBlend = 20;
// What is d metres off at a hold gets cbrt(kRoomPerMeter * d) frames: its jerk stays that of a
// step. A foot in the floor gets as many as one four times as far away.
constexpr double kRoomPerMeter = 12000, kLiftPerMove = 4, kFreeMiss = 3e-4;
constexpr double kLongestRoom = 40;
// The first and last frames of a run: the foot comes to rest, it does not stop dead.
constexpr std::array<double, 3> kRestShare = {0.1, 0.4, 0.8};

// A knee that is straighter than this jumps when its leg is shortened, one more bent folds.
constexpr double kStraightKnee = 0.06, kFoldedKnee = 2.6, kKneeLimit = 0.02;
// The foot against the shin, about its own x: toes up, toes down.
constexpr double kToesUp = 0.75, kToesDown = 1.0, kAnkleLimit = 0.04;

class JointSolve {
 public:
  JointSolve(const JointSolveProblem& problem, const std::vector<char>& isFree, Motion& motion)
      : problem_(problem), isFree_(isFree), motion_(motion) {
    if (!problem.keepsAboveFloor) keepToRuns();
  }

  void run(const std::stop_token& stop, int& iterations);

 private:
  using Row = std::vector<RowEntry>;

  std::int64_t frameCount() const { return motion_.frameCount(); }
  bool moves(std::int64_t f) const { return first_ <= f && f < end_ && isFree_[f] != 0; }
  // Beyond the window, where the next one will move.
  bool isLater(std::int64_t f) const { return f >= end_ && end_ < lastEnd_; }
  bool solveWindow(const std::stop_token& stop, int& iterations);
  void keepToRuns();
  void findHolds();
  LegState legState(std::int64_t f, int side) const {
    return legStateOf(*motion_.skeleton, states_[f], side);
  }
  double freedom(std::int64_t f, int side, auto&& missOf) const;
  void updateLegs();
  BlockVector correction(std::int64_t f) const;

  void assemble();
  void addCalm();
  void addPose(std::int64_t f);
  void addLimits(std::int64_t f, int side);
  void addFloorAndSwing(std::int64_t f, int side);
  void addRun(const ContactRun& run);
  void addHolds();
  void addRow(double wanted, double weight);
  void appendPoint(std::int64_t f, int side, const glm::dvec3& point, bool isOfFoot,
                   const glm::dvec3& along);

  double apply();

  const JointSolveProblem& problem_;
  std::vector<char> isFree_;
  Motion& motion_;
  std::int64_t first_ = 0, end_ = 0;  // the window
  std::int64_t lastEnd_ = 0;          // of the last one
  std::vector<FigureState> states_;   // [frames]
  std::vector<std::array<LegState, 2>> legStates_;
  std::vector<std::array<char, 2>> stands_;  // [frames][side]: a toe run
  std::array<SwingHeights, 2> swings_;
  // At this time the home pose is what was asked for.
  struct Hold {
    std::int64_t frame;  // the one before it
    double past;         // of the way to the next
    std::array<bool, 2> legs;
    std::array<LegState, 2> at;  // of the home, at the nearest frame
    double time() const { return double(frame) + past; }
  };
  std::vector<Hold> holds_;
  std::vector<BlockVector> corrections_;  // [frames]
  std::vector<BlockVector> steps_;
  Row row_;
  BlockBand equations_{0};
};

// Without the floor nothing is asked of frames far from the runs.
void JointSolve::keepToRuns() {
  std::vector<char> isNear(isFree_.size(), 0);
  for (const ContactRun& run : problem_.runs) {
    const std::int64_t end = std::min(run.frames.end + kAskedBlend, frameCount());
    for (std::int64_t f = std::max<std::int64_t>(run.frames.start - kAskedBlend, 0); f < end; ++f)
      isNear[f] = 1;
  }
  for (std::size_t f = 0; f < isFree_.size(); ++f) isFree_[f] = isFree_[f] && isNear[f];
}

void JointSolve::updateLegs() {
  legStates_.resize(states_.size());
  for (std::int64_t f = 0; f < frameCount(); ++f) {
    if (f < first_ - 2 || f > end_ + 1) continue;
    for (int side = 0; side < 2; ++side) legStates_[f][side] = legState(f, side);
  }
}

// The correction so far, in the unknowns' own terms.
BlockVector JointSolve::correction(std::int64_t f) const {
  const FigureState& state = states_[f];
  BlockVector x;
  const auto put = [&x](int index, const glm::dvec3& v) {
    for (int i = 0; i < 3; ++i) x[index + i] = v[i];
  };
  put(kRoot, state.root - state.homeRoot);
  put(kHipsTurn, rotationVectorOf(state.hips * glm::conjugate(state.homeHips)));
  for (int side = 0; side < 2; ++side) {
    const FigureState::Turns& turns = state.legs[side];
    put(legIndex(side, kThigh), rotationVectorOf(turns.thigh * glm::conjugate(turns.homeThigh)));
    x[legIndex(side, kKnee)] = turns.bend;
    put(legIndex(side, kFoot), rotationVectorOf(turns.foot * glm::conjugate(turns.homeFoot)));
  }
  return x;
}

void JointSolve::findHolds() {
  const auto hold = [&](Ticks time, std::array<bool, 2> legs) {
    const double place = framePositionOf(motion_, time);
    const auto frame = static_cast<std::int64_t>(std::floor(place));
    const auto nearest = static_cast<std::int64_t>(std::llround(place));
    holds_.push_back({.frame = frame,
                      .past = place - double(frame),
                      .legs = legs,
                      .at = {legState(nearest, 0), legState(nearest, 1)}});
  };
  for (const SolveKey& key : *problem_.keys) {
    if (key.weight >= 1) hold(key.time, {true, true});
  }
  for (const SolveTarget& target : *problem_.targets) {
    if (target.weight < 1) continue;
    std::array<bool, 2> legs{};
    for (int side = 0; side < 2; ++side) {
      const Limb& limb = limbOf(side);
      legs[side] = target.joint == limb.upper || target.joint == limb.lower ||
                   target.joint == limb.end || target.joint == toeOf(side);
    }
    hold(target.time, legs);
  }
}

// A foot that is held where it should not be, `miss` away, is gone into and out of slowly: 0 at the
// hold, 1 from where on nothing of it is left.
double JointSolve::freedom(std::int64_t f, int side, auto&& missOf) const {
  double least = 1;
  for (const Hold& hold : holds_) {
    if (!hold.legs[side] || std::abs(double(f) - hold.time()) > kLongestRoom) continue;
    const double miss = missOf(hold.at[side]);
    if (miss < kFreeMiss) continue;
    least = std::min(
        least, smoothstep(0, std::cbrt(kRoomPerMeter * miss), std::abs(double(f) - hold.time())));
  }
  return least;
}

void JointSolve::addRow(double wanted, double weight) {
  std::erase_if(row_, [](const RowEntry& e) { return e.value == 0; });
  if (!row_.empty()) equations_.addRow(row_, wanted, weight);
  row_.clear();
}

// How a point moves along a direction. Points of the foot turn with it, the ankle does not.
void JointSolve::appendPoint(std::int64_t f, int side, const glm::dvec3& point, bool isOfFoot,
                             const glm::dvec3& along) {
  if (!moves(f)) return;
  const LegState& leg = legStates_[f][side];
  const std::int64_t at = f - first_;
  const auto append = [&](int index, const glm::dvec3& v) {
    for (int i = 0; i < 3; ++i) row_.push_back({at, index + i, v[i]});
  };
  append(kRoot, along);
  append(kHipsTurn, glm::cross(leg.hip - states_[f].root, along));
  append(legIndex(side, kThigh), glm::cross(leg.ankle - leg.hip, along));
  row_.push_back(
      {at, legIndex(side, kKnee), glm::dot(glm::cross(leg.hinge, leg.ankle - leg.knee), along)});
  if (isOfFoot) append(legIndex(side, kFoot), glm::cross(point - leg.ankle, along));
}

void JointSolve::addCalm() {
  static constexpr std::array<double, 3> kSecond = {1, -2, 1};
  static constexpr std::array<double, 2> kFirst = {-1, 1};
  std::array<Calm, kBlockSize> calm;
  calm.fill(kRootCalm);
  calm[kRoot + 1] = kRiseCalm;
  if (problem_.followsPath) calm[kRoot].place = calm[kRoot + 2].place = kPathPlace;
  for (int i = 0; i < 3; ++i) {
    calm[kHipsTurn + i] = kHipsCalm;
    for (int side = 0; side < 2; ++side) {
      calm[legIndex(side, kThigh) + i] = kThighCalm;
      calm[legIndex(side, kFoot) + i] = kFootCalm;
      calm[legIndex(side, kKnee)] = kKneeCalm;
    }
  }
  for (std::int64_t f = first_ - 2; f < end_; ++f) {
    if (f < 0) continue;
    std::array<double, 3> second = kSecond;
    std::array<double, 2> first = kFirst;
    bool any = false;
    for (int i = 0; i < 3; ++i) {
      const bool isMoving = f + i < frameCount() && moves(f + i);
      any = any || isMoving;
      if (!isMoving) second[i] = 0;
      if (!isMoving && i < 2) first[i] = 0;
    }
    if (!any) continue;
    for (int index = 0; index < kBlockSize; ++index) {
      const auto x = [&](std::int64_t frame) { return corrections_[frame][index]; };
      const std::int64_t at = f - first_;
      if (f + 2 < frameCount() && !isLater(f + 2)) {
        equations_.addDifference(at, second, index, -(x(f + 2) - 2 * x(f + 1) + x(f)),
                                 weightOf(calm[index].acceleration));
      }
      if (f + 1 < frameCount() && !isLater(f + 1)) {
        equations_.addDifference(at, first, index, -(x(f + 1) - x(f)), weightOf(calm[index].speed));
      }
      if (moves(f)) {
        const double away = index < kHipsTurn ? 0 : x(f) / kHuberTurn;
        const double huber = 1 / std::sqrt(1 + away * away);
        static constexpr std::array<double, 1> kOne = {1};
        equations_.addDifference(at, kOne, index, -x(f), huber * weightOf(calm[index].place));
      }
    }
  }
}

// The foot keeps its turn against the shin, as well as against the world.
void JointSolve::addPose(std::int64_t f) {
  for (int side = 0; side < 2; ++side) {
    const LegState& leg = legStates_[f][side];
    const BlockVector& x = corrections_[f];
    for (int i = 0; i < 3; ++i) {
      const std::int64_t at = f - first_;
      const int thigh = legIndex(side, kThigh) + i, knee = legIndex(side, kKnee);
      const int foot = legIndex(side, kFoot) + i;
      row_ = {{at, foot, 1}, {at, thigh, -1}, {at, knee, -leg.hinge[i]}};
      addRow(-(x[foot] - x[thigh] - leg.hinge[i] * x[knee]), weightOf(kAnkleTurn));
    }
  }
}

void JointSolve::addLimits(std::int64_t f, int side) {
  const LegState& leg = legStates_[f][side];
  const std::int64_t at = f - first_;
  const double homeBend = leg.bend - states_[f].legs[side].bend;
  const double least = std::min(homeBend, kStraightKnee), most = std::max(homeBend, kFoldedKnee);
  const double bend = std::clamp(leg.bend, least, most) - leg.bend;
  if (bend != 0) {
    row_ = {{at, legIndex(side, kKnee), 1}};
    addRow(bend, weightOf(kKneeLimit));
  }
  // The angle of the foot's length against the shin's, less that of the rest pose.
  const FigureState::Turns& turns = states_[f].legs[side];
  const glm::dquat shin = shinOf(turns, side);
  const glm::dvec3 turn = rotationVectorOf(glm::conjugate(shin) * turns.foot);
  const double toesDown = turn.x;
  const double miss = std::clamp(toesDown, -kToesUp, kToesDown) - toesDown;
  if (miss == 0) return;
  const glm::dvec3 axis = shin * glm::dvec3(1, 0, 0);
  row_ = {{at, legIndex(side, kKnee), -glm::dot(axis, leg.hinge)}};
  for (int i = 0; i < 3; ++i) {
    row_.push_back({at, legIndex(side, kFoot) + i, axis[i]});
    row_.push_back({at, legIndex(side, kThigh) + i, -axis[i]});
  }
  addRow(miss, weightOf(kAnkleLimit));
}

void JointSolve::addFloorAndSwing(std::int64_t f, int side) {
  const LegState& leg = legStates_[f][side];
  const glm::dvec3 up(0, 1, 0);
  if (problem_.keepsAboveFloor) {
    for (std::size_t i = 0; i < leg.soles.size(); ++i) {
      if (leg.soles[i].y >= 0) continue;
      const double share =
          freedom(f, side, [i](const LegState& held) { return -kLiftPerMove * held.soles[i].y; });
      appendPoint(f, side, leg.soles[i], true, up);
      addRow(-share * leg.soles[i].y, weightOf(kFloorDepth));
    }
  }
  if (!problem_.clearsSwing || stands_[f][side]) return;
  const double toe = swings_[side].toe[f] - leg.toe.y, ankle = swings_[side].ankle[f] - leg.ankle.y;
  const double share =
      freedom(f, side, [&](const LegState& held) { return swings_[side].toe[f] - held.toe.y; });
  if (toe > 0) {
    appendPoint(f, side, leg.toe, true, up);
    addRow(share * toe, share * weightOf(kToeSwing));
  }
  if (ankle > 0) {
    appendPoint(f, side, leg.ankle, false, up);
    addRow(share * ankle, share * weightOf(kAnkleSwing));
  }
}

void JointSolve::addRun(const ContactRun& run) {
  const int side = run.contact / 2;
  const bool isToe = run.contact % 2 == 1;
  const auto pointOf = [&](std::int64_t f) {
    return isToe ? legStates_[f][side].toe : legStates_[f][side].ankle;
  };
  const auto shareAt = [&](std::int64_t f) {
    const auto fromEnd = std::size_t(std::min(f - run.frames.start, run.frames.end - 1 - f));
    const bool isCut = (run.frames.start == 0 && f < run.frames.end - 3) ||
                       (run.frames.end == frameCount() && f >= run.frames.start + 3);
    return fromEnd < kRestShare.size() && !isCut ? kRestShare[fromEnd] : 1.0;
  };
  for (std::int64_t f = run.frames.start; f < run.frames.end; ++f) {
    if (f < first_ - 1 || f > end_) continue;
    const double free = freedom(f, side, [&](const LegState& held) {
      if (run.place) return glm::length((isToe ? held.toe : held.ankle) - glm::dvec3(*run.place));
      const double height = contactSole(held, isToe).y;
      return height < 0 ? -kLiftPerMove * height : height - kHover;
    });
    const double share = shareAt(f);
    const double eased = share * free * free * free;
    const glm::dvec3 point = pointOf(f);
    if (run.place) {
      for (int i = 0; i < 3; ++i) {
        glm::dvec3 along(0);
        along[i] = 1;
        appendPoint(f, side, point, isToe, along);
        addRow((*run.place)[i] - point[i], eased * weightOf(kPlace));
      }
      continue;
    }
    if (moves(f)) {
      const glm::dvec3 sole = contactSole(legStates_[f][side], isToe);
      const double onFloor =
          1 - smoothstep(kSurelyFloorMeters, kSurelyStepMeters, std::abs(sole.y));
      const double off = sole.y - std::clamp(sole.y, 0.0, kHover);
      if (onFloor > 0 && off != 0) {
        appendPoint(f, side, sole, true, {0, 1, 0});
        addRow(-off, eased * onFloor * weightOf(kStandHeight));
      }
    }
    if (f + 1 >= run.frames.end || isLater(f + 1) || (!moves(f) && !moves(f + 1))) continue;
    const glm::dvec3 step = pointOf(f + 1) - point;
    const double slide = std::hypot(step.x, step.z);
    const double huber = slide > kHuberSlide ? kHuberSlide / slide : 1.0;
    const double both = std::min(share, shareAt(f + 1)) * huber;
    for (const int axis : {0, 2}) {
      glm::dvec3 along(0);
      along[axis] = 1;
      appendPoint(f, side, point, isToe, -along);
      appendPoint(f + 1, side, pointOf(f + 1), isToe, along);
      addRow(-step[axis], both * weightOf(kStandSpeed));
    }
  }
}

void JointSolve::addHolds() {
  for (const Hold& hold : holds_) {
    if (hold.frame + 1 < first_ || hold.frame >= end_) continue;
    const std::int64_t next = std::min(hold.frame + 1, frameCount() - 1);
    for (int index = 0; index < kBlockSize; ++index) {
      if (index >= kLegs && !hold.legs[std::size_t((index - kLegs) / kLegSize)]) continue;
      double now = 0;
      for (const auto& [frame, share] :
           {std::pair(hold.frame, 1 - hold.past), std::pair(next, hold.past)}) {
        if (share == 0 || !moves(frame)) continue;
        row_.push_back({frame - first_, index, share});
        now += share * corrections_[frame][index];
      }
      addRow(-now, weightOf(kKeyHold));
    }
  }
}

void JointSolve::assemble() {
  static constexpr std::array<double, 1> kOne = {1};
  equations_.clear();
  for (std::int64_t f = std::max<std::int64_t>(first_ - 2, 0); f < std::min(end_ + 2, frameCount());
       ++f) {
    corrections_[f] = correction(f);
  }
  addCalm();
  for (std::int64_t f = first_; f < end_; ++f) {
    if (!isFree_[f]) {
      for (int index = 0; index < kBlockSize; ++index)
        equations_.addDifference(f - first_, kOne, index, 0, 1);
      continue;
    }
    addPose(f);
    for (int side = 0; side < 2; ++side) {
      addLimits(f, side);
      addFloorAndSwing(f, side);
    }
  }
  for (const ContactRun& run : problem_.runs) addRun(run);
  addHolds();
}

// Returns the largest step.
double JointSolve::apply() {
  double largest = 0;
  for (std::int64_t f = first_; f < end_; ++f) {
    if (!isFree_[f]) continue;
    BlockVector& step = steps_[std::size_t(f - first_)];
    for (int i = kHipsTurn; i < kBlockSize; ++i)
      step[i] = std::clamp(step[i], -kLongestStep, kLongestStep);
    largest = std::max(largest, step.cwiseAbs().maxCoeff());
    const auto vector = [&step](int index) {
      return glm::dvec3(step[index], step[index + 1], step[index + 2]);
    };
    FigureState& state = states_[f];
    state.root += vector(kRoot);
    state.hips = glm::normalize(turnOf(vector(kHipsTurn)) * state.hips);
    for (int side = 0; side < 2; ++side) {
      FigureState::Turns& turns = state.legs[side];
      turns.thigh = glm::normalize(turnOf(vector(legIndex(side, kThigh))) * turns.thigh);
      turns.bend += step[legIndex(side, kKnee)];
      turns.foot = glm::normalize(turnOf(vector(legIndex(side, kFoot))) * turns.foot);
    }
  }
  return largest;
}

// False when it was stopped.
bool JointSolve::solveWindow(const std::stop_token& stop, int& iterations) {
  equations_ = BlockBand(end_ - first_);
  for (int i = 0; i < kIterations; ++i) {
    updateLegs();
    assemble();
    if (stop.stop_requested() || !equations_.solve(steps_, stop)) return false;
    ++iterations;
    // Not numbers: what there is so far is better.
    if (!std::all_of(steps_.begin(), steps_.end(),
                     [](const BlockVector& x) { return x.allFinite(); }))
      break;
    if (apply() < kSettled) break;
  }
  return true;
}

void JointSolve::run(const std::stop_token& stop, int& iterations) {
  const auto isSet = [](char c) { return c != 0; };
  const std::int64_t firstFree =
      std::find_if(isFree_.begin(), isFree_.end(), isSet) - isFree_.begin();
  lastEnd_ = isFree_.rend() - std::find_if(isFree_.rbegin(), isFree_.rend(), isSet);
  if (firstFree >= lastEnd_) return;
  for (std::int64_t f = 0; f < frameCount(); ++f) states_.push_back(readFigure(motion_, f));
  findHolds();
  stands_.assign(std::size_t(frameCount()), {});
  for (const ContactRun& run : problem_.runs) {
    if (run.contact % 2 == 0) continue;
    for (std::int64_t f = run.frames.start; f < run.frames.end; ++f)
      stands_[f][std::size_t(run.contact / 2)] = 1;
  }
  for (int side = 0; side < 2; ++side) swings_[side] = swingHeights(motion_, problem_.runs, side);
  corrections_.resize(states_.size());
  for (first_ = firstFree;; first_ += kWindowFrames) {
    // No window is left with less than a look ahead.
    const bool isLast = first_ + kWindowFrames + kAheadFrames >= lastEnd_;
    end_ = isLast ? lastEnd_ : first_ + kWindowFrames + kAheadFrames;
    if (!solveWindow(stop, iterations)) return;
    if (isLast) break;
  }
  for (std::int64_t f = firstFree; f < lastEnd_; ++f) {
    if (isFree_[f]) writeFigure(states_[f], f, motion_);
  }
}

}  // namespace

void solveJointly(const JointSolveProblem& problem, const std::vector<char>& isFree,
                  std::stop_token stop, Motion& motion, int& iterations) {
  JointSolve(problem, isFree, motion).run(stop, iterations);
}

}  // namespace kinescore
