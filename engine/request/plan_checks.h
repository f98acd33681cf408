// What a timeline asks for that no performance can give, found before anything is generated. The engine does its best all the
// same; the author is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/timeline/timeline.h"

namespace kinescore {

struct PlanProblem {
  enum class Kind {
    TwoPlaces,  // of a foot that stands: poses within the contact, or a pose and the place where it is planted
    TooFast,    // a path
  };
  Kind kind = Kind::TwoPlaces;
  std::vector<ObjectId> clips;    // the poses in their order, then the contact; or the path
  std::vector<Ticks> poseTimes;   // document time, as the clips
  TimeRange span;                 // of the contact, or from one point of the path to another
  int contact = 0;                // index in kContactJoints
  double figure = 0;              // metres apart, or metres a second
  bool operator==(const PlanProblem&) const = default;
};

/// A foot that is planted may stray so far; a pose has its own tolerance besides. Metres.
constexpr double kPlantedToleranceMeters = 0.02;

/// Of what is audible and asked for in full, in the order of time. Heel and toes of one foot are one problem.
[[nodiscard]] std::vector<PlanProblem> checkPlan(const Timeline& timeline);

/// "The path needs 9.4 m/s between frames 96 and 128, faster than a person runs.": in frames of this rate, else in seconds.
[[nodiscard]] std::string sentenceOf(const PlanProblem& problem, std::optional<FrameRate> rate = std::nullopt);

}  // namespace kinescore
