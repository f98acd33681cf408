#include "engine/generation/foot_report.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <optional>

#include <glm/geometric.hpp>
#include <glm/vec2.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/report_text.h"

namespace kinescore {
namespace {

constexpr int kContacts = int(kContactJoints.size());
/// A foot that rests for fewer frames slides on.
constexpr std::int64_t kRestFrames = 4;
/// So many of the worst are told; the rest is a number.
constexpr std::size_t kMostTold = 3;

constexpr std::array<const char*, kContacts> kSpoken = {"left heel", "left toes", "right heel", "right toes"};

bool isToes(int contact) { return contact % 2 == 1; }

/// Where the parts of the feet stand, seen from above.
class FootPrints {
 public:
  explicit FootPrints(const Motion& motion) : positions_(worldPositions(motion)), joints_(motion.jointCount()) {}
  [[nodiscard]] glm::dvec2 at(std::int64_t frame, int contact) const {
    const glm::vec3& p = positions_[std::size_t(frame) * std::size_t(joints_) + std::size_t(kContactJoints[std::size_t(contact)])];
    return {p.x, p.z};
  }

 private:
  std::vector<glm::vec3> positions_;
  int joints_;
};

double wayOf(const FootPrints& prints, int contact, FrameRange frames) {
  double way = 0;
  for (std::int64_t f = frames.start; f < frames.end; ++f) {
    way = std::max(way, glm::length(prints.at(f, contact) - prints.at(frames.start, contact)));
  }
  return way;
}

/// The slides of one run of contact.
void addSlides(const FootPrints& prints, int contact, FrameRange run, double framesPerSecond, std::vector<FootSlide>& slides) {
  std::optional<FrameRange> moving;
  const auto end = [&] {
    // from where it rested before to where it rests again
    const double way = moving ? wayOf(prints, contact, {std::max(run.start, moving->start - 1), std::min(run.end, moving->end + 1)}) : 0;
    if (way > kSlideMeters) slides.push_back({contact, *moving, way});
    moving.reset();
  };
  for (std::int64_t f = run.start; f < run.end; ++f) {
    const std::int64_t before = std::max(run.start, f - 1), after = std::min(run.end - 1, f + 1);
    if (after == before) continue;
    const double speed =
        glm::length(prints.at(after, contact) - prints.at(before, contact)) * framesPerSecond / double(after - before);
    if (speed <= kSlideMetersPerSecond) continue;
    if (moving && f - moving->end >= kRestFrames) end();
    moving = FrameRange{moving ? moving->start : f, f + 1};
  }
  end();
}

double strayOf(const FootPrints& prints, int contact, FrameRange frames) {
  glm::dvec2 mean(0);
  for (std::int64_t f = frames.start; f < frames.end; ++f) mean += prints.at(f, contact) / double(frames.length());
  double stray = 0;
  for (std::int64_t f = frames.start; f < frames.end; ++f) stray = std::max(stray, glm::length(prints.at(f, contact) - mean));
  return stray;
}

std::string centimeters(double meters) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f cm", meters * 100);
  return text;
}

std::string capitalised(std::string text) {
  text[0] = char(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// Heel and toes of a foot slide together: of slides at the same time the longest one counts.
std::vector<FootSlide> worstOfEachFoot(std::vector<FootSlide> slides) {
  std::stable_sort(slides.begin(), slides.end(), [](const FootSlide& a, const FootSlide& b) { return a.meters > b.meters; });
  std::vector<FootSlide> worst;
  for (const FootSlide& slide : slides) {
    const bool isTold = std::any_of(worst.begin(), worst.end(), [&](const FootSlide& told) {
      return told.contact / 2 == slide.contact / 2 && told.frames.start < slide.frames.end && slide.frames.start < told.frames.end;
    });
    if (!isTold) worst.push_back(slide);
  }
  return worst;
}

void addSlideLines(const Motion& motion, std::vector<ReportLine>& lines) {
  const std::vector<FootSlide> slides = worstOfEachFoot(footSlides(motion));
  const std::size_t told = std::min(slides.size(), kMostTold);
  for (std::size_t i = 0; i < told; ++i) {
    const FootSlide& slide = slides[i];
    std::string detail = "While standing. Tolerance is " + centimeters(kSlideMeters) + ".";
    const std::size_t more = slides.size() - told;
    if (i + 1 == told && more > 0) detail += " " + std::to_string(more) + " smaller " + (more == 1 ? "slide" : "slides") + " besides.";
    const std::string sentence = capitalised(kSpoken[std::size_t(slide.contact)]) + (isToes(slide.contact) ? " slide " : " slides ") +
                                 centimeters(slide.meters) + ", " + placeMark(slide.frames);
    lines.push_back({true, sentence, detail, slide.frames.start});
  }
}

std::string whyUnmet(const ContactMiss& miss) {
  const std::string tolerance = " Tolerance is " + centimeters(kContactToleranceMeters) + ".";
  return (miss.placeMeters > miss.strayMeters ? "It stands " + centimeters(miss.placeMeters) + " off its place."
                                              : "It strays by " + centimeters(miss.strayMeters) + ".") +
         tolerance;
}

void addContactLines(const GenerationRequest& request, const Motion& motion, std::vector<ReportLine>& lines) {
  const std::vector<ContactMiss> misses = contactMisses(request.contacts, motion);
  std::vector<std::size_t> unmet;
  for (std::size_t i = 0; i < misses.size(); ++i) {
    if (!misses[i].isMet()) unmet.push_back(i);
  }
  std::stable_sort(unmet.begin(), unmet.end(), [&](std::size_t a, std::size_t b) { return misses[a].worst() > misses[b].worst(); });
  for (std::size_t i = 0; i < std::min(unmet.size(), kMostTold); ++i) {
    const ContactRequest& asked = request.contacts[unmet[i]];
    const std::string sentence = capitalised(kSpoken[std::size_t(asked.contact)]) + (isToes(asked.contact) ? " do" : " does") +
                                 " not stand as asked, " + placeMark(asked.span);
    lines.push_back({true, sentence, whyUnmet(misses[unmet[i]]), frameAtOrAfter(asked.span.start, motion.rate)});
  }
  const std::size_t all = misses.size(), met = all - unmet.size();
  if (all == 0 || met == 0) return;
  const std::string sentence = unmet.empty() ? (all == 1 ? "The contact that was asked for is kept"
                                                         : "All " + std::to_string(all) + " contacts that were asked for are kept")
                                             : std::to_string(met) + " of " + std::to_string(all) +
                                                   " contacts that were asked for " + (met == 1 ? "is kept" : "are kept");
  double worst = 0;
  for (const ContactMiss& miss : misses) worst = miss.isMet() ? std::max(worst, miss.worst()) : worst;
  lines.push_back({false, sentence, "At worst " + centimeters(worst) + " off.", std::nullopt});
}

}  // namespace

std::vector<FootSlide> footSlides(const Motion& motion) {
  std::vector<FootSlide> slides;
  const std::int64_t frames = motion.frameCount();
  if (motion.contacts.size() != std::size_t(frames) * kContacts) return slides;
  const FootPrints prints(motion);
  for (int contact = 0; contact < kContacts; ++contact) {
    const auto stands = [&](std::int64_t f) { return motion.contacts[std::size_t(f) * kContacts + std::size_t(contact)] != 0; };
    for (std::int64_t start = 0; start < frames; ++start) {
      if (!stands(start)) continue;
      std::int64_t end = start;
      while (end < frames && stands(end)) ++end;
      addSlides(prints, contact, {start, end}, motion.rate.fps(), slides);
      start = end;
    }
  }
  return slides;
}

std::vector<ContactMiss> contactMisses(const std::vector<ContactRequest>& asked, const Motion& motion) {
  std::vector<ContactMiss> misses(asked.size());
  if (asked.empty()) return misses;
  const FootPrints prints(motion);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const ContactRequest& contact = asked[i];
    // the frames that the solver holds
    const FrameRange frames{std::max<std::int64_t>(0, frameAtOrAfter(contact.span.start, motion.rate)),
                            std::min(frameAtOrAfter(contact.span.end, motion.rate), motion.frameCount())};
    if (frames.isEmpty()) continue;
    misses[i].strayMeters = strayOf(prints, contact.contact, frames);
    if (contact.place) {
      misses[i].placeMeters =
          glm::length(prints.at(frames.start, contact.contact) - glm::dvec2(contact.place->x, contact.place->z));
    }
  }
  return misses;
}

std::vector<ReportLine> footLines(const GenerationRequest& request, const Motion& motion) {
  std::vector<ReportLine> lines;
  addContactLines(request, motion, lines);
  addSlideLines(motion, lines);
  return lines;
}

}  // namespace kinescore
