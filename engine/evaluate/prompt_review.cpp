#include "engine/evaluate/prompt_review.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/evaluate/gait_figures.h"
#include "engine/evaluate/mbench.h"
#include "engine/generation/features.h"
#include "engine/solve/solver.h"
#include "engine/train/contact_sheet.h"
#include "engine/train/probe.h"

namespace kinescore {
namespace {

MotionFigures figuresOf(const Motion& motion) {
  MotionFigures figures;
  motionSpeeds(featuresFromMotion(motion).values, figures.rootSpeed, figures.poseSpeed);
  const FootSkate skate = measureFootSkate(motion);
  figures.skateBefore = figures.skateAfter = skate.meanMillimetersPerFrame;
  figures.lowToeShare = skate.lowToeShare;
  figures.fastToes = fastToeHeights(motion);
  if (const auto mbench = mbenchFiguresOf(motion)) figures.mbench = mbench->values();
  return figures;
}

// Mean distance of the joints about the root, heading taken away; the shorter one counts.
double distanceBetween(const Motion& a, const Motion& b) {
  const MotionFeatures x = featuresFromMotion(a), y = featuresFromMotion(b);
  const std::int64_t frames = std::min(x.frames, y.frames);
  double sum = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    const std::size_t at = std::size_t(f) * kFeatureCount + kPositionChannel;
    for (int j = 0; j < kJointCount22; ++j) {
      const float *p = x.values.data() + at + 3 * j, *q = y.values.data() + at + 3 * j;
      sum += std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
    }
  }
  return frames > 0 ? sum / (double(frames) * kJointCount22) : 0;
}

void add(MotionFigures& sum, const MotionFigures& one, double share) {
  sum.rootSpeed += share * one.rootSpeed;
  sum.poseSpeed += share * one.poseSpeed;
  sum.skateBefore += share * one.skateBefore;
  sum.skateAfter += share * one.skateAfter;
  sum.lowToeShare += share * one.lowToeShare;
  sum.fastToes.insert(sum.fastToes.end(), one.fastToes.begin(), one.fastToes.end());
  for (std::size_t m = 0; m < sum.mbench.size(); ++m) sum.mbench[m] += share * one.mbench[m];
}

template <class... Values>
std::string line(const char* format, Values... values) {
  char text[400];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string tableOf(const PromptReview& review, const MotionFigures& captures) {
  std::string text =
      "| prompt | root, m/s | pose, m/s | seeds differ, cm | skate before, mm/frame | skate after | toes low | nearest clip, cm |\n"
      "|---|---|---|---|---|---|---|---|\n";
  const auto row = [&](const std::string& name, const MotionFigures& f, double diversity, const std::string& clip) {
    const std::string nearest =
        f.nearestMeters < 0 ? "" : line("%.1f", 100 * f.nearestMeters) + (clip.empty() ? "" : " (" + clip + ")");
    const std::string apart = diversity > 0 ? line("%.1f", 100 * diversity) : "";
    text += "| " + name +
            line(" | %.2f | %.2f | %s | %.2f | %.2f | %.2f | %s |\n", f.rootSpeed, f.poseSpeed, apart.c_str(), f.skateBefore,
                 f.skateAfter, f.lowToeShare, nearest.c_str());
  };
  for (const PromptRow& r : review.rows) row(r.prompt, r.mean, r.diversity, r.nearestClipId);
  row("**all**", review.mean, review.diversity, "");
  row("clean captures, val", captures, 0, "");
  text += "\n| MBench, 20 frames a second |";
  for (const std::string_view name : kMBenchNames) text += " " + std::string(name) + " |";
  text += "\n|---|---|---|---|---|---|\n";
  for (const auto& [name, f] : {std::pair{"performed", &review.mean}, std::pair{"clean captures, val", &captures}}) {
    text += std::string("| ") + name + " |";
    for (const double value : f->mbench) text += line(" %.4f |", value);
    text += "\n";
  }
  text += "\n| toes faster than 1 m/s, cm above the floor | lowest tenth below | half below | number |\n|---|---|---|---|\n";
  for (const auto& [name, f] : {std::pair{"performed", &review.mean}, std::pair{"clean captures, val", &captures}}) {
    text += std::string("| ") + name +
            line(" | %.1f | %.1f | %zu |\n", 100 * quantileOf(f->fastToes, 0.1), 100 * quantileOf(f->fastToes, 0.5),
                 f->fastToes.size());
  }
  return text;
}

}  // namespace

Result<PromptReview> reviewPrompts(MotionGenerator& generator, const PromptList& list, Quality quality,
                                   int references, const ReviewProgress& progress, std::stop_token stop) {
  PromptReview review;
  const int all = int(list.prompts.size() * list.seeds.size());
  int done = 0;
  for (const std::string& prompt : list.prompts) {
    PromptRow row;
    row.prompt = prompt;
    GenerationRequest request;
    request.span.end = ticksFromSeconds(list.seconds);
    request.texts.push_back({request.span, prompt, BodyPart::Whole, {}});
    request.quality = quality;
    request.automaticReferences = references;
    const double share = 1.0 / double(list.seeds.size());
    for (const std::uint64_t seed : list.seeds) {
      request.seed = seed;
      auto made = generator.generate(request, {}, stop);
      if (!made) return made.error();
      MotionFigures one = figuresOf(*made->motion);
      one.skateBefore = made->report.footSkateBefore;
      one.skateAfter = made->report.footSkateAfter;
      add(row.mean, one, share);
      const double nearest = made->report.nearestClipMeters;
      if (nearest >= 0 && (row.mean.nearestMeters < 0 || nearest < row.mean.nearestMeters)) {
        row.mean.nearestMeters = nearest;
        row.nearestClipId = made->report.nearestClipId;
      }
      row.motions.push_back(made->motion);
      review.modelHash = made->modelHash;
      review.deviceName = made->deviceName;
      if (progress) progress(++done, all);
    }
    int pairs = 0;
    for (std::size_t i = 0; i < row.motions.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k, ++pairs) row.diversity += distanceBetween(*row.motions[i], *row.motions[k]);
    }
    if (pairs > 0) row.diversity /= pairs;
    review.rows.push_back(std::move(row));
  }
  const double share = 1.0 / double(review.rows.size());
  double nearest = 0;
  bool measured = true;
  for (const PromptRow& row : review.rows) {
    add(review.mean, row.mean, share);
    review.diversity += share * row.diversity;
    nearest += share * row.mean.nearestMeters;
    measured &= row.mean.nearestMeters >= 0;
  }
  review.mean.nearestMeters = measured ? nearest : -1;
  return review;
}

MotionFigures figuresOfCaptures(const Library& library, Split split) {
  MotionFigures sum;
  double frames = 0;
  for (const LibraryClip& clip : library.clips) {
    if (clip.split != split || clip.quality != ClipQuality::Clean || !clip.flatFloor) continue;
    const double length = double(clip.motion.frameCount());
    add(sum, figuresOf(clip.motion), length);
    frames += length;
  }
  MotionFigures mean;
  if (frames > 0) add(mean, sum, 1 / frames);
  return mean;
}

Status writePromptReview(const PromptReview& review, const PromptList& list, const MotionFigures& captures,
                         const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  }
  std::string text = "# " + std::to_string(review.rows.size()) + " prompts, " + std::to_string(list.seeds.size()) +
                     line(" seeds each, %.1f s\n\nWeights %.12s, %s.\n\n", list.seconds, review.modelHash.c_str(),
                          review.deviceName.c_str()) +
                     tableOf(review, captures);
  for (std::size_t s = 0; s < list.seeds.size(); ++s) {
    std::vector<Motion> motions;
    for (const PromptRow& row : review.rows) motions.push_back(*row.motions[s]);
    const std::string name = "sheet-seed-" + std::to_string(list.seeds[s]) + ".png";
    if (auto saved = saveFileSafely(folder / name, pngFromPicture(contactSheet(motions))); !saved) return saved;
    text += "\n![seed " + std::to_string(list.seeds[s]) + "](" + name + ")\n";
  }
  return saveFileSafely(folder / "report.md", text);
}

}  // namespace kinescore
