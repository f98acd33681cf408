#include "engine/generation/report.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <iterator>
#include <span>

#include "engine/generation/foot_report.h"
#include "engine/generation/fulfilment.h"
#include "engine/generation/join_report.h"
#include "engine/request/report_text.h"

namespace kinescore {
namespace {

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
std::string capitalised(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// The sentences about the whole motion.
class Lines {
 public:
  Lines(const GenerationRequest& request, const Motion& motion) : request_(request), motion_(motion) {}

  std::vector<ReportLine> make() {
    addPoses();
    for (const TargetRequest& target : request_.targets) {
      if (target.strength > 0) lines_.push_back(lineOf(target, motion_));
    }
    addPath();
    addFaintPrompts();
    append(footLines(request_, motion_));
    append(joinLines(request_, motion_));
    return std::move(lines_);
  }

 private:
  void add(bool isNote, std::string sentence, std::string detail, Ticks time) {
    lines_.push_back({isNote, std::move(sentence), std::move(detail), nearestFrame(time, kEngineRate)});
  }
  void append(std::vector<ReportLine> more) { std::move(more.begin(), more.end(), std::back_inserter(lines_)); }

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
    double worstShare = 0;
    const PoseKeyRequest* worstKey = nullptr;
    for (const PoseKeyRequest& key : hold) {
      if (key.strength <= 0) continue;
      const PoseMiss miss = missOf(motion_, key);
      const double share = inTolerances(miss, key.toleranceMeters);
      if (!worstKey || share > worstShare) {
        worst = miss;
        worstShare = share;
        worstKey = &key;
      }
    }
    if (!worstKey) return;
    const std::string joint = spokenJoint(worst.worstJoint);
    const std::string detail = "Joints are " + centimeters(worst.mean) + " off on average, at worst " +
                               centimeters(worst.worst) + " (" + joint + ").";
    const std::string when = hold.size() == 1
                                 ? "at " + placeMark(hold.front().time)
                                 : "of " + placeMark(TimeRange{hold.front().time, hold.back().time + ticksOfFrame(1, kEngineRate)});
    if (worstKey->strength < 1) {
      add(false, "Pose " + when + " followed in part", detail, worstKey->time);
    } else if (worstShare > 1) {
      add(true, capitalised(joint) + " " + centimeters(worst.worst) + " off the pose " + when,
          detail + " Tolerance is " + centimeters(worstKey->toleranceMeters) + ".", worstKey->time);
    } else {
      add(false, "Pose " + when + " kept", detail, worstKey->time);
    }
  }

  /// Of its own span; a curve may go on beyond it.
  void addFaintPrompts() {
    for (const TextRequest& text : request_.texts) {
      std::vector<float> strengths = {text.strength.at(Ticks{0}), text.strength.at(text.span.length())};
      for (const EnvelopePoint& point : text.strength.points) {
        if (Ticks{0} < point.time && point.time < text.span.length()) strengths.push_back(point.value);
      }
      const auto [least, most] = std::minmax_element(strengths.begin(), strengths.end());
      if (*most >= kFaintStrength) continue;
      char strength[64];
      std::snprintf(strength, sizeof strength, *least == *most ? "Strength is %.2g there." : "Strength is at most %.2g there.", double(*most));
      add(true, "“" + text.prompt + "”" + (*most > 0 ? " barely shows" : " does not show"), strength, text.span.start);
    }
  }

  void addPath() {
    for (const bool inFull : {true, false}) {
      const std::vector<PathMiss> misses = pathMisses(motion_, request_.paths, inFull);
      if (misses.empty()) continue;
      double mean = 0;
      const PathMiss* worst = &misses.front();
      for (const PathMiss& miss : misses) {
        mean += miss.meters / double(misses.size());
        if (miss.meters > worst->meters) worst = &miss;
      }
      const bool isMissed = inFull && inTolerances(worst->meters, kPathToleranceMeters) > 1;
      const std::string off = centimeters(worst->meters), average = centimeters(mean) + " off on average.";
      const std::string tolerance = " Tolerance is " + centimeters(kPathToleranceMeters) + ".";
      const Ticks where = ticksOfFrame(worst->frame, kEngineRate);
      if (isMissed) add(true, "The path was missed by " + off + " at " + placeMark(where), average + tolerance, where);
      else if (inFull) add(false, "Path kept within " + off, average + tolerance, where);
      else add(false, "Path followed in part", average + " At worst " + off + ".", where);
    }
  }

  const GenerationRequest& request_;
  const Motion& motion_;
  std::vector<ReportLine> lines_;
};

/// What was asked for within what was made anew, in numbers.
class Figures {
 public:
  Figures(const GenerationRequest& request, const Motion& before, const Motion& after)
      : request_(request), before_(before), after_(after) {}

  void writeTo(TakeReport& report) {
    // of a weak key it is said how it went, but nothing is counted: it is a wish, not a demand
    for (const PoseKeyRequest& key : request_.poses) {
      if (!isInside(key.time) || key.strength < 1) continue;
      const PoseMiss miss = missOf(after_, key);
      count(report, miss.mean, miss.worst, missOf(before_, key).worst);
    }
    for (const TargetRequest& target : request_.targets) {
      if (!isInside(target.time) || target.strength < 1) continue;
      const double miss = missOf(after_, target);
      count(report, miss, miss, missOf(before_, target));
    }
    if (misses_ > 0) report.keyErrorMeanMeters = missSum_ / misses_;
  }

 private:
  [[nodiscard]] bool isInside(Ticks time) const {
    return !request_.range || request_.range->contains(nearestFrame(time, kEngineRate));
  }
  void count(TakeReport& report, double mean, double worst, double worstBefore) {
    missSum_ += mean;
    ++misses_;
    report.keyErrorWorstMeters = std::max(report.keyErrorWorstMeters, worst);
    report.keyErrorBeforeMeters = std::max(report.keyErrorBeforeMeters, worstBefore);
  }

  const GenerationRequest& request_;
  const Motion& before_;
  const Motion& after_;
  double missSum_ = 0;
  int misses_ = 0;
};

void addPartPrompts(const GenerationRequest& request, std::vector<ReportLine>& lines) {
  for (const TextRequest& text : request.texts) {
    if (text.part == BodyPart::Whole) continue;
    lines.push_back({true, "“" + text.prompt + "” moved the whole body, not its part alone",
                     "This model reads a part's prompt as one that names the part.", nearestFrame(text.span.start, kEngineRate)});
  }
}

}  // namespace

const char* spokenJoint(int joint) { return kSpokenJoints[static_cast<std::size_t>(joint)]; }

ReportLine lineOf(const TargetRequest& target, const Motion& motion) {
  const double miss = missOf(motion, target);
  const std::string joint = spokenJoint(target.joint), when = " at " + placeMark(target.time);
  const std::string off = "It is " + centimeters(miss) + " off.", tolerance = "Tolerance is " + centimeters(target.toleranceMeters) + ".";
  const auto line = [&](bool isNote, std::string sentence, std::string detail) {
    return ReportLine{isNote, std::move(sentence), std::move(detail), nearestFrame(target.time, kEngineRate)};
  };
  if (target.strength < 1) return line(false, capitalised(joint) + " went towards its target" + when, off);
  if (inTolerances(miss, target.toleranceMeters) <= 1) return line(false, capitalised(joint) + " reached its target" + when, off);
  if (const auto beyond = beyondReach(motion, target)) {
    return line(true, "The " + joint + " cannot reach its target" + when + ": it is " + centimeters(*beyond) + " too far", tolerance);
  }
  return line(true, capitalised(joint) + " " + centimeters(miss) + " off its target" + when, tolerance);
}

std::vector<ReportLine> measuredLines(const GenerationRequest& request, const Motion& motion) {
  return Lines(request, motion).make();
}

TakeReport reportOf(const GenerationRequest& request, const Motion& before, const Motion& after,
                    const SolveFigures& figures) {
  TakeReport report;
  report.lines = measuredLines(request, after);
  addPartPrompts(request, report.lines);
  Figures(request, before, after).writeTo(report);
  if (!request.paths.empty()) report.pathErrorMeanMeters = figures.pathMeanMeters;
  report.footSkateBefore = figures.skateBefore;
  report.footSkateAfter = figures.skateAfter;
  return report;
}

}  // namespace kinescore
