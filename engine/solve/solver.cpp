#include "engine/solve/solver.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/motion/kinematics.h"
#include "engine/solve/contact_runs.h"
#include "engine/solve/floor_solve.h"
#include "engine/solve/join_solve.h"
#include "engine/solve/joint_solve.h"
#include "engine/solve/key_solve.h"
#include "engine/solve/path_solve.h"

namespace kinescore {
namespace {

Error invalid(std::string sentence) {
  return {ErrorCode::InvalidArgument, std::move(sentence)};
}

bool isFinite(const glm::vec3& v) {
  return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z);
}
bool isRotation(const glm::quat& q) {
  const float length = glm::dot(q, q);
  return std::isfinite(length) && length > 0.25f && length < 4.0f;
}
bool isPose(const Pose& pose) {
  return int(pose.localRotations.size()) == kJointCount22 && isFinite(pose.rootPosition) &&
         std::all_of(pose.localRotations.begin(), pose.localRotations.end(), isRotation);
}

Status check(const SolveProblem& problem) {
  const Motion& motion = problem.motion;
  const auto frames = static_cast<std::size_t>(motion.frameCount());
  if (motion.jointCount() != kJointCount22 ||
      motion.localRotations.size() != frames * kJointCount22) {
    return invalid("Only motions of the 22-joint skeleton can be solved.");
  }
  if (frames == 0 || !motion.rate.isValid()) return invalid("There is no frame to solve.");
  if (!motion.contacts.empty() && motion.contacts.size() != 4 * frames) {
    return invalid("The motion's contacts do not match its frames.");
  }
  if (!problem.contactProbabilities.empty() && problem.contactProbabilities.size() != 4 * frames) {
    return invalid("The contact probabilities do not match the motion's frames.");
  }
  if (!std::all_of(motion.rootPositions.begin(), motion.rootPositions.end(), isFinite) ||
      !std::all_of(motion.localRotations.begin(), motion.localRotations.end(), isRotation)) {
    return Error{
        ErrorCode::EngineFailed,
        "The generated motion holds values that are not numbers: generate with another seed."};
  }
  for (const SolveKey& key : problem.keys) {
    if (!isPose(key.pose) || !std::isfinite(key.weight))
      return invalid("A pose key holds values that are not numbers.");
  }
  for (const SolveTarget& target : problem.targets) {
    const bool isJoint = 0 <= target.joint && target.joint < kJointCount22;
    if (!isJoint || !isFinite(target.position) || !std::isfinite(target.weight) ||
        (target.rotation && !isRotation(*target.rotation))) {
      return invalid("A target names an unknown joint or holds values that are not numbers.");
    }
  }
  for (const SolvePathSample& sample : problem.path) {
    if (!isFinite({sample.position, sample.heading.value_or(0)}) || !std::isfinite(sample.weight)) {
      return invalid("The path holds values that are not numbers.");
    }
  }
  for (const SolveContact& contact : problem.contacts) {
    if (contact.contact < 0 || contact.contact >= 4 ||
        (contact.place && !isFinite(*contact.place))) {
      return invalid("A contact names an unknown foot or holds values that are not numbers.");
    }
  }
  return {};
}

struct Errors {
  double mean = 0, worst = 0;
};

// Joints of keys against the pose that evaluate() gives at their time; keys of full weight only.
Errors keyErrors(const SolveProblem& problem, const Motion& motion) {
  Errors errors;
  std::int64_t count = 0;
  for (const SolveKey& key : problem.keys) {
    if (key.weight < 1) continue;
    const WorldPose want = forwardKinematics(*motion.skeleton, key.pose);
    const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
    for (int j = 0; j < kJointCount22; ++j) {
      const double miss = glm::length(glm::dvec3(want.positions[j]) - glm::dvec3(got.positions[j]));
      errors.mean += miss;
      errors.worst = std::max(errors.worst, miss);
      ++count;
    }
  }
  if (count > 0) errors.mean /= double(count);
  return errors;
}

Errors targetErrors(const SolveProblem& problem, const Motion& motion) {
  Errors errors;
  std::int64_t count = 0;
  for (const SolveTarget& target : problem.targets) {
    if (target.weight < 1) continue;
    const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, target.time));
    const double miss =
        glm::length(glm::dvec3(target.position) - glm::dvec3(got.positions[target.joint]));
    errors.mean += miss;
    errors.worst = std::max(errors.worst, miss);
    ++count;
  }
  if (count > 0) errors.mean /= double(count);
  return errors;
}

Errors pathErrors(const SolveProblem& problem, const Motion& motion) {
  Errors errors;
  const std::vector<glm::dvec2> root = smoothedRoot(motion);
  std::int64_t count = 0;
  for (const SolvePathSample& sample : problem.path) {
    if (sample.weight < 1 || sample.frame < 0 || sample.frame >= motion.frameCount()) continue;
    const double miss = glm::length(glm::dvec2(sample.position) - root[sample.frame]);
    errors.mean += miss;
    errors.worst = std::max(errors.worst, miss);
    ++count;
  }
  if (count > 0) errors.mean /= double(count);
  return errors;
}

double largestChange(const Motion& before, const Motion& after) {
  const std::vector<glm::vec3> a = worldPositions(before), b = worldPositions(after);
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, glm::length(glm::dvec3(a[i]) - glm::dvec3(b[i])));
  }
  return largest;
}

// Contacts of the result: flags that came with the motion stay where nobody says otherwise.
void fillContacts(const SolveProblem& problem, const std::vector<ContactRun>& runs,
                  Motion& motion) {
  std::vector<std::uint8_t> flags = flagsOf(runs, motion.frameCount());
  const std::vector<std::uint8_t>& given = problem.motion.contacts;
  for (std::int64_t f = 0; f < motion.frameCount() && !given.empty(); ++f) {
    const bool isFree = !problem.free || problem.free->contains(f);
    for (int c = 0; c < 4; ++c) {
      std::uint8_t& flag = flags[f * 4 + c];
      if (!isFree) {
        flag = given[f * 4 + c];
      } else if (problem.contactProbabilities.empty()) {
        flag = flag | given[f * 4 + c];
      }
    }
  }
  motion.contacts = std::move(flags);
}

}  // namespace

Result<SolveResult> solve(SolveProblem problem, std::stop_token stop) {
  if (const Status checked = check(problem); !checked) return checked.error();
  SolveResult result;
  SolveFigures& figures = result.figures;
  Motion motion = problem.motion;
  std::vector<char> isFree(std::size_t(motion.frameCount()), 1);
  if (problem.free) {
    for (std::int64_t f = 0; f < motion.frameCount(); ++f) isFree[f] = problem.free->contains(f);
  }
  const Error stopped{ErrorCode::Cancelled, "The solve was stopped."};

  std::vector<ContactRun> runs = findContactRuns(problem);
  if (problem.free) {
    const FrameRange inside{std::max<std::int64_t>(problem.free->start, 0),
                            std::min(problem.free->end, motion.frameCount())};
    joinAtBorders(inside, motion);
  }
  if (stop.stop_requested()) return stopped;
  followPath(problem.path, problem.keys, isFree, stop, motion, figures.iterations);
  if (stop.stop_requested()) return stopped;
  if (problem.footLock) standOnFloor(runs, problem.keys, problem.targets, isFree, motion);
  const Motion beforeKeys = motion;
  meetKeysAndTargets(problem.keys, problem.targets, beforeKeys, isFree, stop, motion,
                     figures.iterations);
  if (stop.stop_requested()) return stopped;

  std::vector<ContactRun> held;
  for (const ContactRun& run : runs) {
    if (problem.footLock || run.isAsked) held.push_back(run);
  }
  if (!held.empty() || problem.footLock) {
    const JointSolveProblem joint{.runs = std::move(held),
                                  .keys = &problem.keys,
                                  .targets = &problem.targets,
                                  .keepsAboveFloor = problem.footLock,
                                  .clearsSwing = problem.footLock && problem.swingClearance,
                                  .followsPath = !problem.path.empty()};
    solveJointly(joint, isFree, stop, motion, figures.iterations);
    if (stop.stop_requested()) return stopped;
    // What the feet took from keys and targets, a few tenths of a millimetre, is given back. Weak
    // ones had their share.
    std::erase_if(problem.keys, [](const SolveKey& key) { return key.weight < 1; });
    std::erase_if(problem.targets, [](const SolveTarget& target) { return target.weight < 1; });
    meetKeysAndTargets(problem.keys, problem.targets, beforeKeys, isFree, stop, motion,
                       figures.iterations);
    if (stop.stop_requested()) return stopped;
  }
  fillContacts(problem, runs, motion);

  figures.keyWorstBeforeMeters = keyErrors(problem, problem.motion).worst;
  const Errors keys = keyErrors(problem, motion);
  figures.keyMeanMeters = keys.mean;
  figures.keyWorstMeters = keys.worst;
  const Errors targets = targetErrors(problem, motion);
  figures.targetMeanMeters = targets.mean;
  figures.targetWorstMeters = targets.worst;
  const Errors path = pathErrors(problem, motion);
  figures.pathMeanMeters = path.mean;
  figures.pathWorstMeters = path.worst;
  figures.skateBefore = measureFootSkate(problem.motion).meanMillimetersPerFrame;
  figures.skateAfter = measureFootSkate(motion).meanMillimetersPerFrame;
  figures.largestChangeMeters = largestChange(problem.motion, motion);
  result.motion = std::move(motion);
  return result;
}

}  // namespace kinescore
