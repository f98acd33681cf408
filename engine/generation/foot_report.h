// Feet on the ground: where they slide, and whether those that were asked to stand do. One measure for the report's
// sentences and for the contact bars under the timeline.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/request/take.h"

namespace kinescore {

/// A part of a foot that is said to stand slides while it moves over the floor faster than this. Slower ones only drift.
constexpr double kSlideMetersPerSecond = 0.05;
/// Shorter ways are no slide: neither hatched nor told.
constexpr double kSlideMeters = 0.015;
/// A contact that was asked for may stray this far from its own middle, and from its place where it has one.
constexpr double kContactToleranceMeters = 0.02;

struct FootSlide {
  int contact = 0;  // index in kContactJoints
  FrameRange frames;
  double meters = 0;  // how far it comes from where it began
};
/// In order of contact and time, each within one run of the motion's contacts. None without contacts.
[[nodiscard]] std::vector<FootSlide> footSlides(const Motion& motion);

struct ContactMiss {
  double strayMeters = 0;
  double placeMeters = 0;  // off its place at its start; 0 without a place
  [[nodiscard]] double worst() const { return std::max(strayMeters, placeMeters); }
  [[nodiscard]] bool isMet() const { return worst() <= kContactToleranceMeters; }
};
/// In the order of `asked`; of one that lies outside the motion all is 0.
[[nodiscard]] std::vector<ContactMiss> contactMisses(const std::vector<ContactRequest>& asked, const Motion& motion);

/// What was asked of the feet, met or not, then the worst slides.
[[nodiscard]] std::vector<ReportLine> footLines(const GenerationRequest& request, const Motion& motion);

}  // namespace kinescore
