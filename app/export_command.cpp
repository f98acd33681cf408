#include "app/export_command.h"

#include <algorithm>
#include <cstdio>

#include "engine/core/frame_rates.h"
#include "engine/io/export_motion.h"
#include "engine/project/project.h"
#include "engine/request/prompt_syntax.h"

namespace kinescore {
namespace {

Result<std::shared_ptr<const Take>> findTake(const ProjectDocument& document, int number) {
  const TakeEntry* entry = nullptr;
  if (number == 0) {
    entry = document.shownTake();
    if (!entry) return Error{ErrorCode::BadInput, "The project has no take yet; run “kinescore generate” on it first."};
  } else {
    const auto it = std::find_if(document.takes.begin(), document.takes.end(), [&](const TakeEntry& t) { return t.number == number; });
    if (it == document.takes.end()) return Error{ErrorCode::BadInput, "The project has no take " + std::to_string(number) + "."};
    entry = &*it;
  }
  if (!entry->take) return Error{ErrorCode::NotFound, entry->name + " is missing from the project's folder; generate it again."};
  return entry->take;
}

Result<ExportOptions> exportOptionsFor(const ExportCommandOptions& options, FrameRate projectRate) {
  ExportOptions out;
  out.rate = projectRate;
  out.centimeters = !options.meters;
  if (!options.rate.empty()) {
    const auto rate = frameRateNamed(options.rate);
    if (!rate) return Error{ErrorCode::InvalidArgument, "“" + options.rate + "” is not a frame rate; use 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60 or 120."};
    out.rate = *rate;
  }
  if (!options.range.empty()) {
    const auto range = parseTimeRange(options.range, projectRate);
    if (!range) return range.error();
    out.range = *range;
  }
  return out;
}

Status exportAll(const ExportCommandOptions& options) {
  if (options.outputs.empty()) return Error{ErrorCode::InvalidArgument, "Name the file to write with -o, for example -o walk.bvh."};
  const Result<OpenedProject> opened = openProject(options.project);
  if (!opened) return opened.error();
  const auto take = findTake(opened->document, options.take);
  if (!take) return take.error();
  Result<ExportOptions> exportOptions = exportOptionsFor(options, opened->document.timeline.settings().rate);
  if (!exportOptions) return exportOptions.error();
  for (const auto& output : options.outputs) {
    const auto format = exportFormatOf(output);
    if (!format) return format.error();
    exportOptions->format = *format;
    if (const Status saved = exportMotion(*(*take)->result.motion, output, *exportOptions); !saved) return saved.error();
    std::printf("written: %s\n", output.c_str());
  }
  return {};
}

}  // namespace

int runExport(const ExportCommandOptions& options) {
  const Status done = exportAll(options);
  if (done) return 0;
  std::fprintf(stderr, "kinescore: %s\n", done.error().message.c_str());
  return exitCodeOf(done.error().code);
}

}  // namespace kinescore
