#include "engine/generation/parts.h"

#include <algorithm>
#include <utility>

#include "engine/generation/report.h"

namespace kinescore {
namespace {

/// A part's progress as that of the whole.
GenerationProgress progressOfWhole(GenerationProgress p, std::size_t part, std::size_t parts, double secondsOfPart) {
  p.step += int(part) * p.steps;
  p.steps *= int(parts);
  p.fraction = (double(part) + p.fraction) / double(parts);
  if (p.secondsLeft >= 0) p.secondsLeft += double(parts - part - 1) * std::max(secondsOfPart, 0.0);
  if (p.phase == GenerationProgress::Phase::Done && part + 1 < parts) p.phase = GenerationProgress::Phase::Sampling;
  return p;
}

void addLines(std::vector<ReportLine>& lines, std::vector<ReportLine> more) {
  for (ReportLine& line : more) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
}

/// What was measured when only some parts were made says nothing about the whole.
void forgetLines(std::vector<ReportLine>& lines, const std::vector<ReportLine>& measured) {
  std::erase_if(lines, [&](const ReportLine& line) { return std::find(measured.begin(), measured.end(), line) != measured.end(); });
}

void addReferences(std::vector<ShownReference>& shown, std::vector<ShownReference> more) {
  for (ShownReference& reference : more) {
    if (std::find(shown.begin(), shown.end(), reference) == shown.end()) shown.push_back(std::move(reference));
  }
}

void addReport(TakeReport& all, TakeReport part) {
  addLines(all.lines, std::move(part.lines));
  addReferences(all.references, std::move(part.references));
  for (double TakeReport::*figure : {&TakeReport::keyErrorMeanMeters, &TakeReport::keyErrorWorstMeters,
                                     &TakeReport::keyErrorBeforeMeters, &TakeReport::pathErrorMeanMeters,
                                     &TakeReport::footSkateBefore, &TakeReport::footSkateAfter}) {
    all.*figure = std::max(all.*figure, part.*figure);
  }
  // Of the whole motion, so the last one's counts.
  all.nearestClipMeters = part.nearestClipMeters;
  all.nearestClipId = std::move(part.nearestClipId);
}

}  // namespace

Result<GeneratedMotion> generateInParts(MotionGenerator& generator, const GenerationRequest& request,
                                        const ProgressSink& progress, std::stop_token stop) {
  if (request.kept.empty()) return generator.generate(request, progress, stop);
  if (Status checked = checkRequest(request); !checked) return checked.error();
  const std::vector<FrameRange> parts = request.madeParts();
  GenerationRequest part = request;
  part.kept.clear();
  GeneratedMotion whole;
  TakeReport all;
  double secondsOfPart = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    part.range = parts[i];
    const ProgressSink report = [&](const GenerationProgress& p) {
      if (progress) progress(progressOfWhole(p, i, parts.size(), secondsOfPart));
    };
    Result<GeneratedMotion> made = generator.generate(part, report, stop);
    if (!made) return made.error();
    part.base = made->motion;
    secondsOfPart = made->seconds;
    forgetLines(made->report.lines, measuredLines(part, *made->motion));
    addReport(all, std::move(made->report));
    made->seconds += whole.seconds;
    made->networkEvaluations += whole.networkEvaluations;
    whole = *std::move(made);
  }
  std::vector<ReportLine> lines = measuredLines(request, *whole.motion);
  addLines(lines, std::move(all.lines));
  all.lines = std::move(lines);
  whole.report = std::move(all);
  return whole;
}

}  // namespace kinescore
