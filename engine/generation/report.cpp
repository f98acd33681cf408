#include "engine/generation/report.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <span>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr double kPathToleranceMeters = 0.05;
/// A whole pose is kept when its joints are within the tolerance on average and the worst within
/// twice of it.
constexpr double kWorstJointShare = 2.0;

constexpr std::array<const char*, kJointCount22> kSpokenJoints = {
    "hips",         "left hip",    "right hip",  "lower back",    "left knee",     "right knee",
    "back",         "left ankle",  "right ankle", "chest",        "left toes",     "right toes",
    "neck",         "left collar", "right collar", "head",        "left shoulder", "right shoulder",
    "left elbow",   "right elbow", "left hand",  "right hand"};

std::string centimeters(double meters) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f cm", meters * 100);
  return text;
}
std::string seconds(Ticks time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", secondsOf(time));
  return text;
}
std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

struct PoseMiss {
  double mean = 0, worst = 0;
  int worstJoint = 0;
};
PoseMiss missOf(const Motion& motion, const PoseKeyRequest& key) {
  const WorldPose want = forwardKinematics(*motion.skeleton, key.pose);
  const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, key.time));
  PoseMiss miss;
  for (int j = 0; j < kJointCount22; ++j) {
    const double d = glm::length(glm::dvec3(want.positions[j]) - glm::dvec3(got.positions[j]));
    miss.mean += d / kJointCount22;
    if (d > miss.worst) {
      miss.worst = d;
      miss.worstJoint = j;
    }
  }
  return miss;
}
double missOf(const Motion& motion, const TargetRequest& target) {
  const WorldPose got = forwardKinematics(*motion.skeleton, evaluate(motion, target.time));
  return glm::length(glm::dvec3(target.position) - glm::dvec3(got.positions[target.joint]));
}

class Reporter {
 public:
  Reporter(const GenerationRequest& request, const Motion& before, const Motion& after)
      : request_(request), before_(before), after_(after) {}

  TakeReport make(const SolveFigures& figures) {
    addPoses();
    for (const TargetRequest& target : request_.targets) {
      if (isInside(target.time)) addTarget(target);
    }
    if (misses_ > 0) report_.keyErrorMeanMeters = missSum_ / misses_;
    addPath(figures);
    addPartPrompts();
    report_.footSkateBefore = figures.skateBefore;
    report_.footSkateAfter = figures.skateAfter;
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool isInside(Ticks time) const {
    return !request_.range || request_.range->contains(nearestFrame(time, kEngineRate));
  }

  void add(bool isNote, std::string sentence, std::string detail, Ticks time) {
    report_.lines.push_back({isNote, std::move(sentence), std::move(detail), nearestFrame(time, kEngineRate)});
  }

  void count(double mean, double worst, double worstBefore) {
    missSum_ += mean;
    ++misses_;
    report_.keyErrorWorstMeters = std::max(report_.keyErrorWorstMeters, worst);
    report_.keyErrorBeforeMeters = std::max(report_.keyErrorBeforeMeters, worstBefore);
  }

  /// A hold comes as a key on every frame of it: one line for all.
  void addPoses() {
    const std::vector<PoseKeyRequest>& keys = request_.poses;
    for (std::size_t first = 0; first < keys.size();) {
      std::size_t end = first + 1;
      while (end < keys.size() && keys[end].pose == keys[first].pose &&
             keys[end].time - keys[end - 1].time <= ticksOfFrame(1, kEngineRate)) {
        ++end;
      }
      addPose(std::span(keys).subspan(first, end - first));
      first = end;
    }
  }

  void addPose(std::span<const PoseKeyRequest> hold) {
    PoseMiss worst;
    const PoseKeyRequest* worstKey = nullptr;
    for (const PoseKeyRequest& key : hold) {
      if (!isInside(key.time) || key.strength <= 0) continue;
      const PoseMiss miss = missOf(after_, key);
      // of a weak key it is said how it went, but nothing is counted: it is a wish, not a demand
      if (key.strength >= 1) count(miss.mean, miss.worst, missOf(before_, key).worst);
      if (!worstKey || miss.worst > worst.worst) {
        worst = miss;
        worstKey = &key;
      }
    }
    if (!worstKey) return;
    const std::string joint = spokenJoint(worst.worstJoint);
    const std::string detail = "Joints are " + centimeters(worst.mean) + " off on average, at worst " +
                               centimeters(worst.worst) + " (" + joint + ").";
    const float tolerance = worstKey->toleranceMeters;
    const std::string when = hold.size() == 1 ? "at " + seconds(hold.front().time)
                                              : "held from " + seconds(hold.front().time) + " to " +
                                                    seconds(hold.back().time);
    if (worstKey->strength < 1) {
      add(false, "Pose " + when + " followed in part", detail, worstKey->time);
    } else if (worst.mean > tolerance || worst.worst > kWorstJointShare * tolerance) {
      add(true, capitalised(joint) + " " + centimeters(worst.worst) + " off the pose " + when,
          detail + " Tolerance is " + centimeters(tolerance) + ".", worstKey->time);
    } else {
      add(false, "Pose " + when + " kept", detail, worstKey->time);
    }
  }

  void addTarget(const TargetRequest& target) {
    if (target.strength <= 0) return;
    const double miss = missOf(after_, target);
    const std::string joint = capitalised(spokenJoint(target.joint));
    const std::string detail = "It is " + centimeters(miss) + " off.";
    if (target.strength < 1) {
      add(false, joint + " went towards its target at " + seconds(target.time), detail, target.time);
      return;
    }
    count(miss, miss, missOf(before_, target));
    if (miss > target.toleranceMeters) {
      add(true, joint + " " + centimeters(miss) + " off its target at " + seconds(target.time),
          "Tolerance is " + centimeters(target.toleranceMeters) + ".", target.time);
    } else {
      add(false, joint + " reached its target at " + seconds(target.time), detail, target.time);
    }
  }

  void addPath(const SolveFigures& figures) {
    if (request_.paths.empty()) return;
    report_.pathErrorMeanMeters = figures.pathMeanMeters;
    const std::string detail = "At worst " + centimeters(figures.pathWorstMeters) + ".";
    if (figures.pathMeanMeters > kPathToleranceMeters) {
      report_.lines.push_back({true, "The path was missed by " + centimeters(figures.pathMeanMeters) + " on average",
                               detail, std::nullopt});
    } else {
      report_.lines.push_back({false, "Path kept within " + centimeters(figures.pathMeanMeters) + " on average",
                               detail, std::nullopt});
    }
  }

  void addPartPrompts() {
    for (const TextRequest& text : request_.texts) {
      if (text.part == BodyPart::Whole) continue;
      add(true, "“" + text.prompt + "” moved the whole body, not its part alone",
          "This model reads a part's prompt as one that names the part.", text.span.start);
    }
  }

  const GenerationRequest& request_;
  const Motion& before_;
  const Motion& after_;
  TakeReport report_;
  double missSum_ = 0;
  int misses_ = 0;
};

}  // namespace

const char* spokenJoint(int joint) { return kSpokenJoints[static_cast<std::size_t>(joint)]; }

TakeReport reportOf(const GenerationRequest& request, const Motion& before, const Motion& after,
                    const SolveFigures& figures) {
  return Reporter(request, before, after).make(figures);
}

}  // namespace kinescore
