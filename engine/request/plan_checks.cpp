#include "engine/request/plan_checks.h"

#include <algorithm>
#include <cstdio>

#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/path_pace.h"

namespace kinescore {
namespace {

using ClipPointer = std::shared_ptr<const Clip>;

bool isFullWithin(const Clip& clip, TimeRange span) {
  const auto isFull = [&](Ticks time) { return clip.strength.at(time - clip.span.start) >= 1; };
  if (isFull(span.start) || isFull(span.end - Ticks{1})) return true;
  return std::any_of(clip.strength.points.begin(), clip.strength.points.end(), [&](const EnvelopePoint& point) {
    return point.value >= 1 && span.contains(clip.span.start + point.time);
  });
}

const PoseCondition& poseOf(const ClipPointer& clip) { return std::get<PoseCondition>(clip->condition); }

glm::vec3 placeIn(const PoseCondition& pose, int contact) {
  return forwardKinematics(*kinescore22(), pose.pose).positions[std::size_t(kContactJoints[std::size_t(contact)])];
}

/// Looks at every audible clip once, then at what meets in time.
class PlanCheck {
 public:
  explicit PlanCheck(const Timeline& timeline) : timeline_(timeline) {}

  std::vector<PlanProblem> run() {
    collect();
    for (const ClipPointer& contact : contacts_) checkContact(*contact);
    for (const ClipPointer& path : paths_) checkPath(*path);
    std::stable_sort(problems_.begin(), problems_.end(),
                     [](const PlanProblem& a, const PlanProblem& b) { return a.span.start < b.span.start; });
    return std::move(problems_);
  }

 private:
  void collect() {
    for (const auto& track : timeline_.tracks()) {
      if (!timeline_.isAudible(*track)) continue;
      for (const ClipPointer& clip : timeline_.clipsOf(track->id)) {
        if (!clip->muted) take(clip);
      }
    }
    const auto isEarlier = [](const ClipPointer& a, const ClipPointer& b) { return a->span.start < b->span.start; };
    std::stable_sort(poses_.begin(), poses_.end(), isEarlier);
    std::stable_sort(contacts_.begin(), contacts_.end(), isEarlier);
  }

  void take(const ClipPointer& clip) {
    if (const auto* pose = std::get_if<PoseCondition>(&clip->condition)) {
      if (int(pose->pose.localRotations.size()) != kJointCount22) return;
      poses_.push_back(clip);
      longestPose_ = std::max(longestPose_, clip->span.length());
    } else if (const auto* contact = std::get_if<ContactCondition>(&clip->condition)) {
      if (contact->hard) contacts_.push_back(clip);
    } else if (std::holds_alternative<PathCondition>(clip->condition)) {
      paths_.push_back(clip);
    }
  }

  [[nodiscard]] std::vector<ClipPointer> posesWithin(TimeRange span) const {
    const auto isBefore = [](const ClipPointer& clip, Ticks time) { return clip->span.start < time; };
    std::vector<ClipPointer> found;
    for (auto next = std::lower_bound(poses_.begin(), poses_.end(), span.start - longestPose_, isBefore);
         next != poses_.end() && (*next)->span.start < span.end; ++next) {
      const TimeRange shared{std::max((*next)->span.start, span.start), std::min((*next)->span.end, span.end)};
      if (!shared.isEmpty() && isFullWithin(**next, shared)) found.push_back(*next);
    }
    return found;
  }

  void checkContact(const Clip& clip) {
    const auto& contact = std::get<ContactCondition>(clip.condition);
    const std::vector<ClipPointer> poses = posesWithin(clip.span);
    if (poses.empty()) return;
    if (contact.place) checkPlanted(clip, *contact.place, poses);
    else checkStanding(clip, poses);
  }

  /// The pose that is farthest from the place where the foot is planted.
  void checkPlanted(const Clip& clip, glm::vec3 place, const std::vector<ClipPointer>& poses) {
    const int contact = std::get<ContactCondition>(clip.condition).contact;
    ClipPointer worst;
    double farthest = 0;
    for (const ClipPointer& pose : poses) {
      const double apart = double(glm::length(placeIn(poseOf(pose), contact) - place));
      if (apart <= kPlantedToleranceMeters + double(poseOf(pose).toleranceMeters) || apart <= farthest) continue;
      farthest = apart;
      worst = pose;
    }
    if (worst) addTwoPlaces(clip, {worst}, farthest);
  }

  /// A foot has one place while it stands: the first pose within says which, and the one farthest from it says another.
  void checkStanding(const Clip& clip, const std::vector<ClipPointer>& poses) {
    const int contact = std::get<ContactCondition>(clip.condition).contact;
    const PoseCondition& first = poseOf(poses.front());
    const glm::vec3 place = placeIn(first, contact);
    ClipPointer worst;
    double farthest = 0;
    for (std::size_t i = 1; i < poses.size(); ++i) {
      const double apart = double(glm::length(placeIn(poseOf(poses[i]), contact) - place));
      const double allowed = kPlantedToleranceMeters + double(std::max(first.toleranceMeters, poseOf(poses[i]).toleranceMeters));
      if (apart <= allowed || apart <= farthest) continue;
      farthest = apart;
      worst = poses[i];
    }
    if (worst) addTwoPlaces(clip, {poses.front(), worst}, farthest);
  }

  void addTwoPlaces(const Clip& contact, const std::vector<ClipPointer>& poses, double apart) {
    PlanProblem problem;
    for (const ClipPointer& pose : poses) {
      problem.clips.push_back(pose->id);
      problem.poseTimes.push_back(pose->span.start);
    }
    problem.clips.push_back(contact.id);
    problem.span = contact.span;
    problem.contact = std::get<ContactCondition>(contact.condition).contact;
    problem.figure = apart;
    const bool isKnown = std::any_of(problems_.begin(), problems_.end(), [&](const PlanProblem& known) {
      return known.contact / 2 == problem.contact / 2 && known.span == problem.span && known.poseTimes == problem.poseTimes;
    });
    if (!isKnown) problems_.push_back(std::move(problem));
  }

  void checkPath(const Clip& clip) {
    const auto& points = std::get<PathCondition>(clip.condition).points;
    const auto& strength = clip.strength.points;
    const bool isSilent = !strength.empty() && std::all_of(strength.begin(), strength.end(), [](const EnvelopePoint& p) { return p.value <= 0; });
    const TimeRange asked{Ticks{0}, std::min(clip.span.end, timeline_.settings().duration) - clip.span.start};
    if (isSilent || asked.isEmpty()) return;
    for (const PathStretch& stretch : stretchesFasterThan(kRunningMetersPerSecond, points)) {
      if (stretch.span.start >= asked.end || stretch.span.end <= asked.start) continue;
      PlanProblem problem;
      problem.kind = PlanProblem::Kind::TooFast;
      problem.clips = {clip.id};
      problem.span = {clip.span.start + stretch.span.start, clip.span.start + stretch.span.end};
      problem.figure = stretch.metersPerSecond;
      problems_.push_back(std::move(problem));
    }
  }

  const Timeline& timeline_;
  std::vector<ClipPointer> poses_, contacts_, paths_;
  Ticks longestPose_;
  std::vector<PlanProblem> problems_;
};

std::string number(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// Times in the words of a sentence.
class TimeWords {
 public:
  explicit TimeWords(std::optional<FrameRate> rate) : rate_(rate) {}

  /// "152" or "5.07 s".
  [[nodiscard]] std::string moment(Ticks time) const {
    return rate_ ? std::to_string(nearestFrame(time, *rate_)) : number("%.2f s", secondsOf(time));
  }
  /// "150 to 160", the first and the last frame, or "5.00 to 5.37 s".
  [[nodiscard]] std::string run(TimeRange span) const {
    if (!rate_) return number("%.2f", secondsOf(span.start)) + " to " + moment(span.end);
    const std::int64_t first = nearestFrame(span.start, *rate_);
    return std::to_string(first) + " to " + std::to_string(std::max(first, nearestFrame(span.end, *rate_) - 1));
  }
  /// "frames 96 and 128" or "3.20 and 4.27 s".
  [[nodiscard]] std::string ends(TimeRange span) const {
    return rate_ ? "frames " + moment(span.start) + " and " + moment(span.end)
                 : number("%.2f", secondsOf(span.start)) + " and " + moment(span.end);
  }

 private:
  std::optional<FrameRate> rate_;
};

}  // namespace

std::vector<PlanProblem> checkPlan(const Timeline& timeline) { return PlanCheck(timeline).run(); }

std::string sentenceOf(const PlanProblem& problem, std::optional<FrameRate> rate) {
  const TimeWords words(rate);
  if (problem.kind == PlanProblem::Kind::TooFast) {
    return "The path needs " + number("%.1f m/s", problem.figure) + " between " + words.ends(problem.span) + ", faster than a person runs.";
  }
  const std::string foot = problem.contact / 2 == 0 ? "the left foot" : "the right foot";
  if (problem.poseTimes.size() == 1) {
    return "Pose at " + words.moment(problem.poseTimes[0]) + " and contact at " + words.run(problem.span) +
           " ask for two different places of " + foot + ".";
  }
  return "Poses at " + words.moment(problem.poseTimes[0]) + " and " + words.moment(problem.poseTimes[1]) +
         " ask for two different places of " + foot + ", which stands from " + words.run(problem.span) + ".";
}

}  // namespace kinescore
