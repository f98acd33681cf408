#include "app/part_options.h"

#include <algorithm>

#include "engine/request/changed_spans.h"
#include "engine/request/prompt_syntax.h"

namespace kinescore {
namespace {

Result<PartPlan> borrow(const TimeRange& range, int number, const Take& shown, const ProjectDocument& document,
                        RequestOptions& options) {
  for (const TakeEntry& entry : document.takes) {
    if (entry.number != number || !entry.take) continue;
    FrameRange frames = framesCovering(range, kEngineRate);
    frames.end = std::min(frames.end, shown.result.motion->frameCount());
    Result<Splice> splice = spliceTakes(shown, *entry.take, frames, splicePlacing(document.timeline, frames));
    if (!splice) return splice.error();
    askForJoins(options, *splice, frames, kChangeMargin, kChangeMargin);
    return PartPlan{spliceLine(*splice, *entry.take, frames)};
  }
  return Error{ErrorCode::NotFound, "The project has no take " + std::to_string(number) + "."};
}

Result<PartPlan> onlyChanged(const Take& shown, const ProjectDocument& document, RequestOptions& options) {
  const Result<GenerationRequest> now = buildRequest(document.timeline, options);
  if (!now) return now.error();
  const auto find = [&](const std::string& id) -> const Take* {
    const TakeEntry* entry = document.findTake(id);
    return entry != nullptr ? entry->take.get() : nullptr;
  };
  const auto spans = changedSince(shown, *now, find);
  if (spans && spans->empty()) return PartPlan{std::nullopt, true};
  askForSpans(options, spans.value_or(std::vector<TimeRange>{}), now->span);
  return PartPlan{};
}

}  // namespace

Result<PartPlan> askForParts(const PartWishes& wishes, const ProjectDocument& document, RequestOptions& options) {
  if (wishes.isEmpty()) return PartPlan{};
  if (wishes.changed && (!wishes.range.empty() || wishes.fromTake != 0)) {
    return Error{ErrorCode::InvalidArgument, "Use either --changed or --range, not both."};
  }
  if (wishes.fromTake != 0 && wishes.range.empty()) {
    return Error{ErrorCode::InvalidArgument, "Say with --range which part of take " + std::to_string(wishes.fromTake) + " is wanted."};
  }
  const TakeEntry* shown = document.shownTake();
  if (!shown || !shown->take) {
    return Error{ErrorCode::BadInput, std::string("There is no take yet to change a part of; generate the whole first, without ") +
                                          (wishes.changed ? "--changed." : "--range.")};
  }
  options.base = shown->take;
  if (wishes.changed) return onlyChanged(*shown->take, document, options);
  const Result<TimeRange> range = parseTimeRange(wishes.range, document.timeline.settings().rate);
  if (!range) return range.error();
  if (wishes.fromTake != 0) return borrow(*range, wishes.fromTake, *shown->take, document, options);
  options.timeSelection = *range;
  return PartPlan{};
}

}  // namespace kinescore
