// Which clips the network is shown, and when: those on the timeline, those pinned to prompts, those found
// for them, and the author's own draft.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/generation/planner.h"
#include "engine/request/take.h"

namespace kinescore {

struct Ensemble;

struct ReferencePlacement {
  std::vector<PlacedReference> placed;  // the most wanted first: a window has room for few
  std::vector<ShownReference> shown;    // what pins and prompts led to
  std::vector<ReportLine> notes;
};

/// What the model was not trained to look at is left out with a note.
[[nodiscard]] Result<ReferencePlacement> placeReferences(const GenerationRequest& request, const Ensemble& ensemble,
                                                         const std::stop_token& stop);

}  // namespace kinescore
